//! Files on the disk beside the database: the store of a single machine.
//!
//! A file appears under its name in one step, and only when all of it is on the disk.
//! Killed at any moment, the worst that stays is a nameless file in `incoming`.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use async_trait::async_trait;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::staged::{not_writable, sweep};
use super::{Digest, Opened, Staged, Store};
use crate::error::{Answer, Failure};

/// Keeps files in a folder.
#[derive(Debug, Clone)]
pub struct DiskStore {
    root: PathBuf,
    /// Where copies grow; on the same file system, so that a rename is one step.
    incoming: PathBuf,
}

impl DiskStore {
    pub async fn open(root: impl Into<PathBuf>) -> Answer<Self> {
        let root = root.into();
        let incoming = root.join("incoming");
        tokio::fs::create_dir_all(&incoming).await.map_err(|cause| not_writable(&root, cause))?;
        Ok(Self { root, incoming })
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.root.join(digest.address())
    }

    /// Does blocking work on the folder, away from the threads that serve requests.
    async fn write(
        &self,
        work: impl FnOnce(&Self) -> io::Result<()> + Send + 'static,
    ) -> Answer<()> {
        let store = self.clone();
        tokio::task::spawn_blocking(move || work(&store))
            .await
            .map_err(Failure::internal)?
            .map_err(|cause| not_writable(&self.root, cause))
    }

    fn keep_copy(&self, from: &Path, digest: &Digest, size: u64) -> io::Result<()> {
        let path = self.path(digest);
        let folder = path.parent().unwrap_or(&self.root);

        // A name is a promise about the bytes; only a damaged disk gives it another size.
        let here = fs::metadata(&path).is_ok_and(|there| there.len() == size);
        if !here {
            fs::create_dir_all(folder)?;
            let mut copy = NamedTempFile::new_in(&self.incoming)?;
            io::copy(&mut fs::File::open(from)?, &mut copy)?;
            copy.as_file().sync_all()?;
            copy.persist(&path)?;
        }

        // Also when it was here before: whoever put it here may not have come this far yet.
        sync_folder(folder)?;
        sync_folder(&self.root)
    }

    fn remove_copy(&self, digest: &Digest) -> io::Result<()> {
        let path = self.path(digest);
        match fs::remove_file(&path) {
            Ok(()) => sync_folder(path.parent().unwrap_or(&self.root)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(cause) => Err(cause),
        }
    }
}

#[async_trait]
impl Store for DiskStore {
    async fn keep(&self, staged: &Staged) -> Answer<()> {
        let (from, digest, size) = (staged.path().to_owned(), *staged.digest(), staged.size());
        self.write(move |store| store.keep_copy(&from, &digest, size)).await
    }

    async fn open(&self, digest: &Digest, range: Option<Range<u64>>) -> Answer<Option<Opened>> {
        let path = self.path(digest);
        let open = async {
            let mut file = tokio::fs::File::open(&path).await?;
            let size = file.metadata().await?.len();
            let range = range.unwrap_or(0..size);
            if range.start > 0 {
                file.seek(io::SeekFrom::Start(range.start)).await?;
            }
            let stream = Box::pin(file.take(range.end.saturating_sub(range.start)));
            Ok(Opened { size, stream })
        };
        unless_absent(open.await, &path)
    }

    async fn remove(&self, digest: &Digest) -> Answer<()> {
        let digest = *digest;
        self.write(move |store| store.remove_copy(&digest)).await
    }

    async fn size(&self, digest: &Digest) -> Answer<Option<u64>> {
        let path = self.path(digest);
        unless_absent(tokio::fs::metadata(&path).await.map(|about| about.len()), &path)
    }

    async fn probe(&self) -> Answer<()> {
        self.write(|store| NamedTempFile::new_in(&store.incoming)?.close()).await
    }

    fn describe(&self) -> String {
        self.root.display().to_string()
    }

    async fn sweep(&self, untouched_since: SystemTime) -> Answer<u32> {
        sweep(&self.incoming, untouched_since)
            .await
            .with_context(|| format!("sweeping {}", self.incoming.display()))
            .map_err(Failure::internal)
    }
}

/// Makes the names in a folder survive a power cut; `fsync` of a file does not cover its name.
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn unless_absent<T>(found: io::Result<T>, path: &Path) -> Answer<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => {
            let cause = anyhow::Error::new(cause).context(format!("reading {}", path.display()));
            Err(Failure::internal(cause))
        }
    }
}
