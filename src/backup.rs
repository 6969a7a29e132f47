//! Backups: the database and all files in one folder that says of itself whether it is whole.
//!
//! A backup is made while Koffer runs. It grows in `PATH.partial` and gets its name only when
//! everything is on the disk, so a half one is never taken for a whole one. A restore compares
//! every checksum before it touches anything, and puts the database in place last of all.

mod database;
mod manifest;

use std::{
    collections::BTreeMap,
    fmt,
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use entity::{file, file_version};
use indicatif::ProgressBar;
use sea_orm::EntityTrait as _;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use self::manifest::{Listed, Manifest};
use crate::{
    app::App,
    config::Config,
    error::Failure,
    files::{Digest, Opened},
    opening::{self, InUse},
};

/// What a restore does with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    Keep,
    Replace,
}

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    path: PathBuf,
    manifest: Manifest,
}

/// A backup that was put in place.
#[derive(Debug)]
pub struct Restored {
    manifest: Manifest,
}

/// Copies database and files into a folder that must not be there yet, or be empty.
pub async fn make(app: &App, path: &Path) -> anyhow::Result<Made> {
    let path = std::path::absolute(path)?;
    let partial = beside(&path)?;
    ensure!(
        is_free(&path)?,
        "{} is there already; name a folder that is not, or an empty one",
        path.display()
    );
    // Everybody's password hashes and drafts will lie here.
    DirBuilder::new().mode(0o700).create(&partial).with_context(|| match partial.exists() {
        true => format!(
            "{} is left from a backup that was broken off, or one is running; remove it first",
            partial.display()
        ),
        false => format!("{} cannot be made", partial.display()),
    })?;

    let made = fill(app, &partial).await;
    let manifest = match made.and_then(|manifest| name_it(&partial, &path).map(|()| manifest)) {
        Ok(manifest) => manifest,
        Err(cause) => {
            // What it would tell is told already.
            fs::remove_dir_all(&partial).ok();
            return Err(cause);
        }
    };
    Ok(Made { path, manifest })
}

async fn fill(app: &App, folder: &Path) -> anyhow::Result<Manifest> {
    // Somebody may delete a file meanwhile; its bytes stay for a week.
    let mut digests = digests(app).await?;
    let dump = database::dump(app, folder).await?;
    let mut manifest = Manifest::new(app.db.backend());
    manifest.files.push(listed(folder, dump)?);

    // Nothing is removed from a store while a row names it, so what was listed before the database
    // was copied and what is listed now hold at least what the copy names.
    digests.extend(self::digests(app).await?);
    let progress = ProgressBar::new(digests.len() as u64);
    for (digest, name) in digests {
        let digest: Digest = digest.parse()?;
        match app.store.open(&digest, None).await.map_err(Failure::into_report)? {
            Some(opened) => manifest.files.push(copied(opened, &digest, folder).await?),
            None => manifest.missing.push(format!("{name} ({digest})")),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();

    manifest.write(folder)?;
    sync_folders(folder)?;
    Ok(manifest)
}

/// The bytes that rows name, each with the name of a file that has them.
async fn digests(app: &App) -> anyhow::Result<BTreeMap<String, String>> {
    let earlier = file_version::Entity::find().all(app.db.pool()).await?;
    let newest = file::Entity::find().all(app.db.pool()).await?;
    let earlier = earlier.into_iter().map(|row| (row.digest, row.name));
    Ok(earlier.chain(newest.into_iter().map(|row| (row.digest, row.name))).collect())
}

async fn copied(opened: Opened, digest: &Digest, folder: &Path) -> anyhow::Result<Listed> {
    let name = format!("files/{}", digest.address());
    let path = folder.join(&name);
    fs::create_dir_all(path.parent().unwrap_or(folder))?;
    let mut copy = tokio::fs::File::create_new(&path).await?;
    let (mut stream, mut hash, mut size) = (opened.stream, Sha256::new(), 0);

    let mut chunk = vec![0; 64 * 1024];
    loop {
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            break;
        }
        hash.update(&chunk[..count]);
        copy.write_all(&chunk[..count]).await?;
        size += count as u64;
    }
    copy.sync_all().await?;

    ensure!(
        Digest::from(hash) == *digest,
        "the store gives other bytes for {digest} than were kept; it is damaged"
    );
    Ok(Listed { path: name, size, sha256: *digest })
}

/// Puts a backup in place: first the files, which hurt nobody, then the database in one step.
pub async fn restore(config: Config, path: &Path, existing: Existing) -> anyhow::Result<Restored> {
    let manifest = Manifest::read(path)?;
    check(path, &manifest)?;

    opening::make_data_folder(&config.data)?;
    let alone = InUse::alone(&config.data)?;
    let app = opening::open(config).await.map_err(Failure::into_report)?;
    database::fits(&app, &manifest)?;
    database::is_left_alone(&app).await?;
    if existing == Existing::Keep && !database::is_empty(&app).await? {
        bail!(
            "{} holds content already; `--replace` puts the backup in its place",
            app.config.database()
        );
    }

    let files = manifest.files.iter().filter(|listed| listed.path.starts_with("files/"));
    for listed in files {
        let bytes = tokio::fs::File::open(path.join(&listed.path)).await?;
        let staged = app.staging.receive(bytes, listed.size).await.map_err(Failure::into_report)?;
        app.store.keep(&staged).await.map_err(Failure::into_report)?;
    }
    database::put_back(&app, path).await?;
    drop(alone);
    Ok(Restored { manifest })
}

/// Whether everything is there, to the byte.
fn check(folder: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let progress = ProgressBar::new(manifest.files.len() as u64);
    for expected in &manifest.files {
        let found = listed(folder, expected.path.clone()).with_context(|| {
            format!("the backup is not whole: {} cannot be read", expected.path)
        })?;
        ensure!(
            found == *expected,
            "the backup is damaged: {} has changed since it was made",
            expected.path
        );
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

/// A file of a backup as it is on the disk.
fn listed(folder: &Path, path: String) -> anyhow::Result<Listed> {
    let mut file = File::open(folder.join(&path))?;
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let count = io::Read::read(&mut file, &mut chunk)?;
        if count == 0 {
            break;
        }
        hash.update(&chunk[..count]);
        size += count as u64;
    }
    Ok(Listed { path, size, sha256: hash.into() })
}

fn beside(path: &Path) -> anyhow::Result<PathBuf> {
    let mut name =
        path.file_name().with_context(|| format!("{} has no name", path.display()))?.to_owned();
    name.push(".partial");
    Ok(path.with_file_name(name))
}

fn is_free(path: &Path) -> io::Result<bool> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// From here on it is a backup.
fn name_it(partial: &Path, path: &Path) -> anyhow::Result<()> {
    fs::rename(partial, path)?;
    if let Some(parent) = path.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

/// Makes the names in all folders survive a power cut.
fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    File::open(folder)?.sync_all()
}

impl Made {
    /// A backup is better than none, but whoever watches over it must learn what the store has lost.
    pub fn check(&self) -> anyhow::Result<()> {
        let missing = &self.manifest.missing;
        ensure!(
            missing.is_empty(),
            "these files are not in the store any more: {}",
            missing.join(", ")
        );
        Ok(())
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} holds the database and {} files.",
            self.path.display(),
            self.manifest.files.len() - 1
        )
    }
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (made_at, files) =
            (self.manifest.made_at.format("%Y-%m-%d %H:%M UTC"), self.manifest.files.len() - 1);
        write!(f, "The backup of {made_at} is in place, with {files} files.")
    }
}
