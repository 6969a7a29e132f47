//! The bucket, and where in it: `s3://bucket/prefix`.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context as _, ensure};

use crate::files::Digest;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    pub(super) name: String,
    prefix: String,
}

impl Bucket {
    /// Where a file is in it.
    pub(super) fn key(&self, digest: &Digest) -> String {
        match self.prefix.as_str() {
            "" => digest.address(),
            prefix => format!("{prefix}/{}", digest.address()),
        }
    }
}

impl FromStr for Bucket {
    type Err = anyhow::Error;

    fn from_str(setting: &str) -> Result<Self, Self::Err> {
        let address = setting.strip_prefix("s3://").with_context(|| {
            format!(
                "files are kept on the \"disk\" or in \"s3://bucket/prefix\", not in {setting:?}"
            )
        })?;
        let (name, prefix) = address.split_once('/').unwrap_or((address, ""));

        let named = (3..=63).contains(&name.len())
            && name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '.'));
        ensure!(
            named,
            "{name:?} is not the name of a bucket (3 to 63 of a-z, 0-9, \"-\" and \".\")"
        );

        let prefix = prefix.trim_end_matches('/');
        let plain = prefix.is_empty()
            || prefix.split('/').all(|step| {
                !matches!(step, "" | "." | "..")
                    && step.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
            });
        ensure!(
            plain,
            "the prefix {prefix:?} may have folders of a-z, A-Z, 0-9, \"-\", \".\" and \"_\""
        );

        Ok(Self { name: name.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix.as_str() {
            "" => write!(f, "s3://{}", self.name),
            prefix => write!(f, "s3://{}/{prefix}", self.name),
        }
    }
}
