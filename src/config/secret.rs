//! A value that must not be seen: neither in the log nor by `koffer doctor`.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Its own text only for those who ask for it by name.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A token that a program shows to be let in.
    pub(super) fn token(text: &str) -> Result<Self, String> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.len() < 32 || !printable {
            return Err(
                "it needs at least 32 printable characters; `openssl rand -hex 32` makes some"
                    .into(),
            );
        }
        Ok(Self(text.to_owned()))
    }

    /// What somebody else has given us; how strong it is was theirs to decide.
    pub(super) fn given(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }

    /// The secret itself, for the one place that uses it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether this is it. Digests are compared, so the time taken tells nothing about the secret.
    #[must_use]
    pub fn is(&self, shown: &str) -> bool {
        Sha256::digest(&self.0) == Sha256::digest(shown)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
