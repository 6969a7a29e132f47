//! An e-mail address as an account's name: written in one way, so that nobody has two.

use std::{fmt, str::FromStr};

/// In lower case, without spaces around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Only what would surely not be an address is refused; whether it is one, a letter must tell.
impl FromStr for Email {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_lowercase();
        let plausible = text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
        let odd = |letter: char| letter.is_whitespace() || letter.is_control();
        if !plausible || text.contains(odd) || text.len() > 254 {
            return Err("write an e-mail address, such as `name@example.org`".into());
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_in_one_way() {
        let email: Email = " Erika.Müller@Example.ORG\n".parse().unwrap();
        assert_eq!(email.as_str(), "erika.müller@example.org");
        assert!("admin@koffer.localhost".parse::<Email>().is_ok());
    }

    #[test]
    fn what_cannot_be_one_is_refused() {
        for text in ["", "admin", "@example.org", "a@", "a@b@c", "a b@c", "a@.org", "a@b\u{7}"] {
            assert!(text.parse::<Email>().is_err(), "{text:?}");
        }
        assert!(format!("{}@example.org", "a".repeat(250)).parse::<Email>().is_err());
    }
}
