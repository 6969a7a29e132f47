//! The porch: what arrives is written to a temporary file, counted and hashed on the way.
//!
//! Only what is here in full gets a digest, and only what has a digest can enter a store.
//! Memory does not grow with the file. What nobody keeps is removed when it is dropped.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};

use super::Digest;
use crate::error::{Answer, Failure};

/// Read at a time; large enough that hashing and writing, not the turns, set the pace.
const CHUNK: usize = 64 * 1024;

/// How much of the beginning is remembered, for looking at what kind of file it is.
const OPENING: usize = 2048;

/// Who sends nothing for this long has gone.
const IDLE: Duration = Duration::from_secs(30);

/// The folder in which uploads wait until they are whole.
#[derive(Debug, Clone)]
pub struct Staging {
    folder: PathBuf,
}

/// A whole file that waits to be kept; dropped, it is gone.
#[derive(Debug)]
pub struct Staged {
    path: TempPath,
    digest: Digest,
    size: u64,
    opening: Vec<u8>,
}

impl Staging {
    pub async fn open(folder: impl Into<PathBuf>) -> Answer<Self> {
        let folder = folder.into();
        tokio::fs::create_dir_all(&folder).await.map_err(|cause| not_writable(&folder, cause))?;
        Ok(Self { folder })
    }

    /// Takes in everything the reader gives, up to `limit` bytes.
    pub async fn receive(&self, reader: impl AsyncRead, limit: u64) -> Answer<Staged> {
        let (staged, cut) = self.receive_what_comes(reader, limit).await?;
        cut.map_or(Ok(staged), Err)
    }

    /// Takes in what the reader gives until it breaks off; why it did is told beside it.
    pub async fn receive_what_comes(
        &self,
        reader: impl AsyncRead,
        limit: u64,
    ) -> Answer<(Staged, Option<Failure>)> {
        let mut reader = std::pin::pin!(reader);
        let (mut file, path) = self.new_file().await?;
        let mut hash = Sha256::new();
        let mut size = 0;
        let mut opening = Vec::new();

        let mut chunk = vec![0; CHUNK];
        let cut = loop {
            let read = tokio::time::timeout(IDLE, reader.read(&mut chunk));
            let Ok(Ok(count)) = read.await else { break Some(broke_off()) };
            if count == 0 {
                break None;
            }
            let piece = &chunk[..count];

            size += count as u64;
            if size > limit {
                return Err(too_large(limit));
            }

            opening.extend_from_slice(&piece[..count.min(OPENING - opening.len())]);
            hash.update(piece);
            file.write_all(piece).await.map_err(|cause| not_writable(&self.folder, cause))?;
        };
        file.flush().await.map_err(|cause| not_writable(&self.folder, cause))?;

        Ok((Staged { path, digest: hash.into(), size, opening }, cut))
    }

    /// Removes what a crash left behind, if it was last touched before this moment.
    pub async fn sweep(&self, untouched_since: SystemTime) -> Answer<u32> {
        sweep(&self.folder, untouched_since)
            .await
            .with_context(|| format!("sweeping {}", self.folder.display()))
            .map_err(Failure::internal)
    }

    async fn new_file(&self) -> Answer<(File, TempPath)> {
        let folder = self.folder.clone();
        let (file, path) =
            tokio::task::spawn_blocking(move || tempfile::NamedTempFile::new_in(folder))
                .await
                .map_err(Failure::internal)?
                .map_err(|cause| not_writable(&self.folder, cause))?
                .into_parts();
        Ok((File::from_std(file), path))
    }
}

impl Staged {
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where the bytes are for as long as this lives.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The first bytes, enough to tell what kind of file it is.
    pub fn opening(&self) -> &[u8] {
        &self.opening
    }
}

/// Removes the files of a folder that nobody has touched since, and counts them.
pub(super) async fn sweep(folder: &Path, untouched_since: SystemTime) -> io::Result<u32> {
    let mut removed = 0;
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        // An upload may finish while we look; what has gone needs no removing.
        let Ok(about) = entry.metadata().await else { continue };
        let abandoned = about.is_file() && about.modified()? < untouched_since;
        if abandoned && tokio::fs::remove_file(entry.path()).await.is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}

/// A full disk is mended by making room, and then the same request succeeds.
pub(super) fn not_writable(folder: &Path, cause: io::Error) -> Failure {
    let full = matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    let cause = anyhow::Error::new(cause).context(format!("writing to {}", folder.display()));
    if full { Failure::unavailable(cause) } else { Failure::internal(cause) }
}

/// What is said of a file that is larger than is taken.
pub fn too_large(limit: u64) -> Failure {
    let limit = if limit < 1024 * 1024 {
        format!("{limit} bytes")
    } else {
        format!("{} MiB", limit / (1024 * 1024))
    };
    Failure::bad_input(
        "file",
        format!(
            "The file is larger than {limit}; send a smaller one. \
             Die Datei ist größer als {limit}; bitte eine kleinere senden."
        ),
    )
}

fn broke_off() -> Failure {
    Failure::bad_input(
        "file",
        "The upload broke off before the file was complete; send it again. \
         Die Übertragung ist abgebrochen; bitte noch einmal senden.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_arrives_is_counted_hashed_and_removed_when_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::open(folder.path().join("staging")).await.unwrap();
        let sent: Vec<u8> = (0..300_000u32).map(|n| n as u8).collect();

        let staged = staging.receive(&sent[..], 300_000).await.unwrap();

        assert_eq!(staged.size(), 300_000);
        assert_eq!(*staged.digest(), Digest::of(&sent));
        assert_eq!(staged.opening(), &sent[..2048]);
        assert_eq!(std::fs::read(staged.path()).unwrap(), sent);

        let path = staged.path().to_owned();
        drop(staged);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn nothing_stays_of_a_file_that_is_too_large_or_breaks_off() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::open(folder.path()).await.unwrap();

        let too_large = staging.receive(&[0; 1001][..], 1000).await;
        assert!(matches!(too_large, Err(Failure::BadInput(_))));

        let torn = connection_that_breaks();
        assert!(matches!(staging.receive(torn, 1000).await, Err(Failure::BadInput(_))));

        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn only_what_was_left_long_ago_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::open(folder.path()).await.unwrap();
        let staged = staging.receive(&b"here"[..], 10).await.unwrap();
        std::fs::write(folder.path().join(".tmpLeft"), "left by a crash").unwrap();
        let written = staged.path().metadata().unwrap().modified().unwrap();

        assert_eq!(staging.sweep(written - Duration::from_secs(60)).await.unwrap(), 0);
        assert_eq!(staging.sweep(written + Duration::from_secs(60)).await.unwrap(), 2);
    }

    /// Gives a few bytes and then fails, as a connection does that is lost.
    fn connection_that_breaks() -> impl AsyncRead {
        let pieces = [Ok(&b"half"[..]), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
        tokio_util::io::StreamReader::new(futures_util::stream::iter(pieces))
    }
}
