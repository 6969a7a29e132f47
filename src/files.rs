//! The file rooms: bytes come in, are named after their digest, and stay as they are.
//!
//! A store knows digests and bytes, nothing else.
//! Names, languages and who may see a file are rows in the database; a replaced file is
//! a row that points at another digest, so nothing in a store is ever overwritten or stale.

mod checked;
pub mod clamd;
mod delivery;
mod digest;
mod disk;
pub mod name;
pub mod office;
pub mod pdf;
pub mod picture;
mod plain;
mod s3;
pub mod sniff;
mod staged;
pub mod workshop;

use std::ops::Range;
use std::path::Path;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use tokio::io::AsyncRead;

use crate::error::Answer;

pub use clamd::{Scanner, Verdict};
pub use delivery::{ADDRESS_IS_GOOD_FOR, Delivery, Shown};
pub use digest::Digest;
pub use disk::DiskStore;
pub use picture::PictureFormat;
pub use s3::{Bucket, S3Store};
pub use sniff::MediaType;
pub use staged::{Staged, Staging, too_large};
pub use workshop::{Facts, Workshop};

/// Where published and unpublished files are kept.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Keeps the staged bytes for good; doing so twice is harmless.
    ///
    /// When this returns, the bytes survive a power cut.
    async fn keep(&self, staged: &Staged) -> Answer<()>;

    /// Opens the bytes for reading, or a part of them; positions past the end are left out.
    async fn open(&self, digest: &Digest, range: Option<Range<u64>>) -> Answer<Option<Opened>>;

    /// Removes the bytes for good; what is not there needs no removing.
    async fn remove(&self, digest: &Digest) -> Answer<()>;

    /// An address at which the store itself hands out the bytes, to whoever has it and for
    /// [`ADDRESS_IS_GOOD_FOR`]; none where they are to go through us.
    async fn presigned(&self, _digest: &Digest, _shown: &Shown<'_>) -> Answer<Option<String>> {
        Ok(None)
    }

    /// How many bytes there are, without opening them.
    async fn size(&self, digest: &Digest) -> Answer<Option<u64>>;

    /// Whether the store answers and may be used, for readiness and `koffer doctor`.
    async fn probe(&self) -> Answer<()>;

    /// Where the files are, for people who operate the house.
    fn describe(&self) -> String;

    /// Removes what a crash left half-written, if it was last touched before this moment.
    async fn sweep(&self, _untouched_since: SystemTime) -> Answer<u32> {
        Ok(0)
    }
}

/// A file that is open for reading.
pub struct Opened {
    /// The size of the whole file, also when only a part is read.
    pub size: u64,
    pub stream: Pin<Box<dyn AsyncRead + Send>>,
}

/// The place that `KOFFER_FILES` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the folder `files` of the data folder.
    Disk,
    S3(Bucket),
}

impl Place {
    /// Makes the place ready; an S3 bucket is not spoken to yet, that is what `probe` is for.
    pub async fn open(&self, data: &Path, delivery: Delivery) -> Answer<Arc<dyn Store>> {
        Ok(match self {
            Self::Disk => Arc::new(DiskStore::open(data.join("files")).await?),
            Self::S3(bucket) => {
                let store = S3Store::from_environment(bucket.clone()).await;
                Arc::new(store.with_delivery(delivery))
            }
        })
    }
}

impl FromStr for Place {
    type Err = anyhow::Error;

    fn from_str(setting: &str) -> Result<Self, Self::Err> {
        match setting {
            "disk" => Ok(Self::Disk),
            _ => setting.parse().map(Self::S3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_names_the_disk_or_a_bucket() {
        assert_eq!("disk".parse::<Place>().unwrap(), Place::Disk);
        for (setting, described) in [
            ("s3://koffer", "s3://koffer"),
            ("s3://koffer/", "s3://koffer"),
            ("s3://koffer/stadt/files/", "s3://koffer/stadt/files"),
        ] {
            let Place::S3(bucket) = setting.parse().unwrap() else { panic!("{setting} is S3") };
            assert_eq!(bucket.to_string(), described);
        }
        for unusable in
            ["", "Disk", "s3:/koffer", "s3://", "s3:///prefix", "s3://a b", "s3://k/../x"]
        {
            assert!(unusable.parse::<Place>().is_err(), "{unusable}");
        }
    }
}
