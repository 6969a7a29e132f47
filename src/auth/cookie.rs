//! The cookie in which the refresh token travels.
//!
//! A browser takes a cookie whose name begins with `__Host-` only over TLS, from this very host and
//! for all of it. On this machine alone, without TLS, it goes by another name and without that; on
//! a public address it never does.

use chrono::TimeDelta;

use crate::config::Config;

/// A cookie of ours: one for sessions, one for the way to a provider of identities and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    Session,
    Provider,
}

impl Cookie {
    fn name(self, config: &Config) -> &'static str {
        match (self, config.is_plain_on_this_machine()) {
            (Self::Session, false) => "__Host-koffer",
            (Self::Session, true) => "koffer-dev",
            (Self::Provider, false) => "__Host-koffer-oidc",
            (Self::Provider, true) => "koffer-oidc-dev",
        }
    }

    /// The line that sets it.
    #[must_use]
    pub fn set(self, config: &Config, value: &str, kept_for: TimeDelta) -> String {
        let secure = if config.is_plain_on_this_machine() { "" } else { " Secure;" };
        let site = match self {
            Self::Session => "Strict",
            // The provider sends the browser back to us from its own site.
            Self::Provider => "Lax",
        };
        format!(
            "{}={value}; HttpOnly;{secure} SameSite={site}; Path=/; Max-Age={}",
            self.name(config),
            kept_for.num_seconds()
        )
    }

    /// The line that takes it away.
    #[must_use]
    pub fn clear(self, config: &Config) -> String {
        self.set(config, "", TimeDelta::zero())
    }

    /// Its value among the cookies of a request. Two of the same name are none: one is not ours.
    #[must_use]
    pub fn read<'h>(
        self,
        config: &Config,
        headers: impl Iterator<Item = &'h str>,
    ) -> Option<&'h str> {
        let name = self.name(config);
        let mut values = headers.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then_some(value)
        });
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(public_url: &str) -> Config {
        Config::from_variables([("KOFFER_PUBLIC_URL", public_url)]).unwrap()
    }

    #[test]
    fn only_this_machine_may_do_without_tls() {
        let day = TimeDelta::days(1);
        assert_eq!(
            Cookie::Session.set(&config("https://cms.example.org"), "x", day),
            "__Host-koffer=x; HttpOnly; Secure; SameSite=Strict; Path=/; Max-Age=86400"
        );
        assert_eq!(
            Cookie::Session.set(&config("http://127.0.0.1:8080"), "x", day),
            "koffer-dev=x; HttpOnly; SameSite=Strict; Path=/; Max-Age=86400"
        );
        // Not encrypted and not here: no browser will keep it, and that is right.
        for public in ["http://cms.example.org", "https://localhost"] {
            let line = Cookie::Session.set(&config(public), "x", day);
            assert!(line.starts_with("__Host-") && line.contains("Secure"), "{line}");
        }
    }

    #[test]
    fn one_of_a_name_is_read_and_two_are_none() {
        let config = config("https://cms.example.org");
        let read = |lines: &[&'static str]| Cookie::Session.read(&config, lines.iter().copied());
        assert_eq!(read(&["a=b; __Host-koffer=x; c=d"]), Some("x"));
        assert_eq!(read(&["__Host-koffer=x; __Host-koffer=y"]), None);
        assert_eq!(read(&["__Host-koffer=x", "__Host-koffer=y"]), None);
        assert_eq!(read(&["koffer-dev=x"]), None);
    }
}
