//! The name of a file in a store: what its bytes are, not what somebody called it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a file's bytes, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Where a store keeps it: `ab/cdef…`, so that no folder grows beyond what people can list.
    pub fn address(&self) -> String {
        let hex = self.to_string();
        let (room, rest) = hex.split_at(2);
        format!("{room}/{rest}")
    }
}

impl From<Sha256> for Digest {
    fn from(running: Sha256) -> Self {
        Self(running.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)
            .map_err(|_| anyhow::anyhow!("a digest has 64 hexadecimal digits, this is {text:?}"))?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn it_is_written_and_read_in_hex() {
        let digest = Digest::of(b"");

        assert_eq!(digest.to_string(), OF_NOTHING);
        assert_eq!(OF_NOTHING.parse::<Digest>().unwrap(), digest);
        assert_eq!(serde_json::to_string(&digest).unwrap(), format!("\"{OF_NOTHING}\""));
        assert_eq!(serde_json::from_str::<Digest>(&format!("\"{OF_NOTHING}\"")).unwrap(), digest);
        assert_eq!(digest.address(), format!("e3/{}", &OF_NOTHING[2..]));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "e3", &OF_NOTHING[1..], "../../etc/passwd", &"g".repeat(64)] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
    }
}
