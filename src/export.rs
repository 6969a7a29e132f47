//! Export: the whole collection as files that `koffer import` reads back to an equal state.
//!
//! The folder holds
//!
//! - `koffer.json`: format, version, when and by what it was written, and how many entries it has;
//! - `{kind}.jsonl`: one entry a line, with all its editions: what is live, and the draft where it
//!   is newer than that;
//! - `files.jsonl`: one file a line, with its name, its facts and the SHA-256 of its bytes;
//! - `files/{sha256}`: the bytes.
//!
//! Texts are document trees as in the API (`RichText.json`); ids stay the same, so links hold.
//! Revisions before the newest, accounts and the log are not part of it; `koffer backup` keeps all.

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use entity::{edition, entry, file, revision};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::{
    app::App,
    clock,
    content::{
        edition::{Language, Register},
        file::exception::Exception,
    },
    error::{Answer, Failure},
    files::Digest,
};

/// The name of the form, so that nobody takes another folder for an export.
pub const FORMAT: &str = "koffer-export";
/// Grows when an older Koffer could not read the form any more.
pub const VERSION: u32 = 1;

/// `koffer.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    pub koffer: String,
    pub written_at: DateTime<Utc>,
    pub entries: u64,
    pub files: u64,
}

/// A line of `{kind}.jsonl`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedEntry {
    pub id: Uuid,
    pub key: Option<String>,
    pub kind: String,
    pub editions: Vec<ExportedEdition>,
}

/// An edition of an entry.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedEdition {
    pub language: Language,
    pub register: Register,
    pub slug: Option<String>,
    pub first_published_at: Option<DateTime<Utc>>,
    /// What the public sees.
    pub live: Option<Value>,
    /// What is newer than that, or all there is.
    pub draft: Option<Value>,
}

/// A line of `files.jsonl`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedFile {
    pub id: Uuid,
    pub key: Option<String>,
    pub sha256: String,
    pub size: i64,
    pub name: String,
    /// Why it may be public although screen readers cannot read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Exception>,
    /// What editors say about it.
    #[serde(default, flatten)]
    pub said: Said,
}

/// What editors say about a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub decorative: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Which point of a picture stays in sight where it is cut: across and down, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal_point: Option<[f64; 2]>,
}

impl Said {
    pub fn of(row: &file::Model) -> Self {
        Self {
            title: row.title.clone(),
            language: row.language.clone(),
            alt: row.alt.clone(),
            decorative: row.decorative,
            credit: row.credit.clone(),
            licence: row.licence.clone(),
            focal_point: row.focal_x.zip(row.focal_y).map(|(x, y)| [x, y]),
        }
    }

    /// Writes it on the row of a file that comes in.
    pub fn write_on(self, row: &mut file::Model) {
        row.title = self.title;
        row.language = self.language;
        row.alt = self.alt;
        row.decorative = self.decorative;
        row.credit = self.credit;
        row.licence = self.licence;
        row.focal_x = self.focal_point.map(|[x, _]| x);
        row.focal_y = self.focal_point.map(|[_, y]| y);
    }
}

/// What was written.
#[derive(Debug)]
pub struct Report {
    pub folder: PathBuf,
    pub entries: u64,
    pub files: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} entries and {} files are in {}",
            self.entries,
            self.files,
            self.folder.display()
        )
    }
}

/// How many entries are in memory at once.
const AT_ONCE: u64 = 500;

/// Writes everything into a new folder.
pub async fn run(app: &App, path: &Path) -> Answer<Report> {
    let not_written = |cause| {
        Failure::bad_input(path.display().to_string(), format!("cannot be written: {cause}"))
    };
    if std::fs::read_dir(path).is_ok_and(|mut folder| folder.next().is_some()) {
        return Err(Failure::bad_input(
            path.display().to_string(),
            "is not empty; name a new folder",
        ));
    }
    tokio::fs::create_dir_all(path.join("files")).await.map_err(not_written)?;

    let mut entries = 0;
    for door in app.doors {
        entries += kind(app, door.kind(), &path.join(format!("{}.jsonl", door.kind()))).await?;
    }
    let files = files(app, path).await?;
    let manifest = Manifest {
        format: FORMAT.into(),
        version: VERSION,
        koffer: env!("CARGO_PKG_VERSION").into(),
        written_at: clock::now(),
        entries,
        files,
    };
    // Last, so that a folder without it is known to be unfinished.
    let manifest = serde_json::to_vec_pretty(&manifest).map_err(Failure::internal)?;
    tokio::fs::write(path.join("koffer.json"), manifest).await.map_err(not_written)?;
    Ok(Report { folder: path.into(), entries, files })
}

async fn kind(app: &App, kind: &str, path: &Path) -> Answer<u64> {
    let mut out =
        tokio::io::BufWriter::new(tokio::fs::File::create(path).await.map_err(Failure::internal)?);
    let (mut count, mut last) = (0, Uuid::nil());
    loop {
        let entries = entry::Entity::find()
            .filter(entry::Column::Kind.eq(kind))
            .filter(entry::Column::Id.gt(last))
            .order_by_asc(entry::Column::Id)
            .limit(AT_ONCE)
            .all(app.db.pool())
            .await?;
        let Some(end) = entries.last() else { break };
        last = end.id;
        for entry in exported(app, entries).await? {
            let mut line = serde_json::to_vec(&entry).map_err(Failure::internal)?;
            line.push(b'\n');
            out.write_all(&line).await.map_err(Failure::internal)?;
            count += 1;
        }
    }
    out.flush().await.map_err(Failure::internal)?;
    Ok(count)
}

async fn exported(app: &App, entries: Vec<entry::Model>) -> Answer<Vec<ExportedEntry>> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let editions = edition::Entity::find()
        .filter(edition::Column::EntryId.is_in(ids))
        .order_by_asc(edition::Column::Language)
        .order_by_asc(edition::Column::Register)
        .all(app.db.pool())
        .await?;
    let mut lines: Vec<ExportedEntry> = entries
        .into_iter()
        .map(|entry| ExportedEntry {
            id: entry.id,
            key: entry.key,
            kind: entry.kind,
            editions: Vec::new(),
        })
        .collect();
    for edition in editions {
        let line = lines.iter_mut().find(|line| line.id == edition.entry_id);
        if let Some(line) = line {
            line.editions.push(exported_edition(app, edition).await?);
        }
    }
    Ok(lines)
}

async fn exported_edition(app: &App, edition: edition::Model) -> Answer<ExportedEdition> {
    let snapshot = async |number: i32| -> Answer<Option<Value>> {
        let revision = revision::Entity::find()
            .filter(revision::Column::EditionId.eq(edition.id))
            .filter(revision::Column::Number.eq(number))
            .one(app.db.pool())
            .await?;
        Ok(revision.map(|revision| revision.snapshot))
    };
    let live = match edition.live {
        Some(number) => snapshot(number).await?,
        None => None,
    };
    let draft =
        if edition.live == Some(edition.latest) { None } else { snapshot(edition.latest).await? };
    Ok(ExportedEdition {
        language: edition.language.parse().map_err(|_| broken("language", &edition))?,
        register: Register::from_name(&edition.register)
            .ok_or_else(|| broken("register", &edition))?,
        slug: edition.slug,
        first_published_at: edition.first_published_at,
        live,
        draft,
    })
}

async fn files(app: &App, folder: &Path) -> Answer<u64> {
    let rows = file::Entity::find().order_by_asc(file::Column::Id).all(app.db.pool()).await?;
    let mut lines = Vec::new();
    let mut written = BTreeSet::new();
    let count = rows.len() as u64;
    for row in rows {
        if written.insert(row.digest.clone()) {
            bytes(app, &row, &folder.join("files").join(&row.digest)).await?;
        }
        let line = ExportedFile {
            exception: Exception::of(&row),
            said: Said::of(&row),
            id: row.id,
            key: row.key,
            sha256: row.digest,
            size: row.size,
            name: row.name,
        };
        lines.extend(serde_json::to_vec(&line).map_err(Failure::internal)?);
        lines.push(b'\n');
    }
    tokio::fs::write(folder.join("files.jsonl"), lines).await.map_err(Failure::internal)?;
    Ok(count)
}

async fn bytes(app: &App, row: &file::Model, path: &Path) -> Answer<()> {
    let digest: Digest =
        row.digest.parse().map_err(|cause: anyhow::Error| Failure::internal(cause))?;
    let opened = app.store.open(&digest, None).await?;
    let opened = opened.ok_or_else(|| {
        Failure::internal(anyhow::anyhow!(
            "the bytes of „{}“ ({}) are not in the store",
            row.name,
            row.digest
        ))
    })?;
    let mut out = tokio::fs::File::create(path).await.map_err(Failure::internal)?;
    tokio::io::copy(&mut opened.checked(&digest).stream, &mut out)
        .await
        .map_err(Failure::internal)?;
    out.sync_all().await.map_err(Failure::internal)
}

fn broken(column: &str, edition: &edition::Model) -> Failure {
    Failure::internal(anyhow::anyhow!("the {column} of edition {} does not read", edition.id))
}
