//! What a backup consists of, and what its bytes were when it was made.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Component, Path},
};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use sea_orm::DbBackend;
use serde::{Deserialize, Serialize};

use crate::{clock, files::Digest};

const NAME: &str = "manifest.json";
const FORMAT: &str = "koffer-backup";

/// `manifest.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    format: String,
    /// Grows when an older Koffer could not read it any more.
    version: u32,
    koffer: String,
    pub made_at: DateTime<Utc>,
    pub database: Database,
    /// The database first, then the files.
    pub files: Vec<Listed>,
    /// Files that the database names and the store had lost.
    pub missing: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Database {
    Sqlite,
    Postgres,
}

/// One file of a backup.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub path: String,
    pub size: u64,
    pub sha256: Digest,
}

impl Manifest {
    pub fn new(backend: DbBackend) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: 1,
            koffer: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: clock::now(),
            database: Database::from(backend),
            files: Vec::new(),
            missing: Vec::new(),
        }
    }

    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let mut file = File::create_new(folder.join(NAME))?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        Ok(file.sync_all()?)
    }

    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(NAME);
        let text = fs::read(&path).with_context(|| {
            format!("{} is no backup: {} cannot be read", folder.display(), path.display())
        })?;
        let manifest: Self = serde_json::from_slice(&text)
            .with_context(|| format!("{} does not read", path.display()))?;
        ensure!(
            manifest.format == FORMAT && manifest.version == 1,
            "{} is of a form that this Koffer does not know; a newer one may",
            path.display()
        );
        for listed in &manifest.files {
            let inside = Path::new(&listed.path)
                .components()
                .all(|step| matches!(step, Component::Normal(_)));
            ensure!(
                inside,
                "{} names {:?}, which is not inside the backup",
                path.display(),
                listed.path
            );
        }
        Ok(manifest)
    }
}

impl From<DbBackend> for Database {
    fn from(backend: DbBackend) -> Self {
        if backend == DbBackend::Postgres { Self::Postgres } else { Self::Sqlite }
    }
}
