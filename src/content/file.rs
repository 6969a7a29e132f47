//! Kept files as the house knows them: their rows, and what was found inside.
//!
//! How a file comes in, what editors say of it, what is made of it and what was there before it has
//! a room each.

pub mod address;
pub mod blob;
pub mod care;
pub mod delete;
pub mod describe;
pub mod exception;
pub mod library;
pub mod replace;
pub mod resumable;
pub mod scan;
pub mod seen;
pub mod twin;
pub mod upload;
pub mod variant;
pub mod version;

use std::collections::HashMap;

use entity::{file, file_page};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, Iterable, QueryFilter, QueryOrder, sea_query::OnConflict,
};
use uuid::Uuid;

use super::collation::folded;
use crate::{
    app::App,
    clock,
    error::{Answer, Failure},
    files::{
        Facts, MediaType, Staged, name,
        pdf::{Page, PdfFacts},
        picture::PictureFacts,
    },
};

/// A file as it comes in: its row, and its pages if it has any.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub row: file::Model,
    pub pages: Vec<Page>,
}

impl Incoming {
    /// Looks into a file that has come in whole, and gives it back as it is to be kept: a picture
    /// without what cameras write into it. Whose it is and how an import calls it is for the caller
    /// to say.
    pub async fn look(
        app: &App,
        id: Uuid,
        name: String,
        media_type: MediaType,
        staged: Staged,
    ) -> Answer<(Self, Staged)> {
        let scan = scan::look(app, &staged).await?;
        let facts = app.workshop.inspect(staged.path(), media_type).await?;
        let staged = if facts.need_cleaning() {
            let limit = app.config.largest_upload;
            app.workshop.clean(staged.path(), media_type, &app.staging, limit).await?
        } else {
            staged
        };
        let now = clock::now();
        let row = file::Model {
            id,
            key: None,
            digest: staged.digest().to_string(),
            size: i64::try_from(staged.size()).map_err(Failure::internal)?,
            media_type: media_type.name().into(),
            name,
            pages: None,
            document_title: None,
            document_language: None,
            tagged: None,
            exception: None,
            facts: None,
            has_text: None,
            width: None,
            height: None,
            uploaded_by: None,
            title: None,
            language: None,
            alt: None,
            decorative: false,
            credit: None,
            licence: None,
            focal_x: None,
            focal_y: None,
            blurhash: None,
            colour: None,
            scan: scan.name().map(Into::into),
            version: 1,
            folded: String::new(),
            created_at: now,
            updated_at: now,
        };
        Ok((Self::of(row, facts)?, staged))
    }

    /// The row with what was found inside.
    fn of(row: file::Model, facts: Facts) -> Answer<Self> {
        match facts {
            Facts::Picture(PictureFacts { width, height, blurhash, colour, .. }) => {
                let row = file::Model {
                    width: i32::try_from(width).ok(),
                    height: i32::try_from(height).ok(),
                    blurhash: Some(blurhash),
                    colour: Some(colour),
                    ..row
                };
                Ok(Self { row, pages: Vec::new() })
            }
            Facts::Document(facts) => {
                let row = file::Model {
                    pages: facts.pages.and_then(|pages| i32::try_from(pages).ok()),
                    document_title: facts.title.clone(),
                    document_language: facts.language.clone(),
                    facts: Some(serde_json::to_value(&facts).map_err(Failure::internal)?),
                    ..row
                };
                Ok(Self { row, pages: Vec::new() })
            }
            Facts::Pdf(mut facts) => {
                let pages = std::mem::take(&mut facts.pages);
                let row = file::Model {
                    pages: i32::try_from(pages.len()).ok(),
                    document_title: facts.title.clone(),
                    document_language: facts.language.clone(),
                    tagged: Some(facts.tagged),
                    has_text: Some(pages.iter().any(|page| !page.text.is_empty())),
                    facts: Some(serde_json::to_value(&facts).map_err(Failure::internal)?),
                    ..row
                };
                Ok(Self { row, pages })
            }
        }
    }
}

/// What was found in a PDF, but for its pages; nothing of other files.
pub fn found(file: &file::Model) -> Option<PdfFacts> {
    serde_json::from_value(file.facts.clone()?).ok()
}

/// Who has written several documents, of any kind, as they say themselves.
pub async fn authors(db: &impl ConnectionTrait, ids: &[Uuid]) -> Answer<HashMap<Uuid, String>> {
    let files = of(db, ids).await?;
    let author = |file: &file::Model| {
        let author = file.facts.as_ref()?.get("author")?.as_str()?;
        Some((file.id, author.to_owned()))
    };
    Ok(files.iter().filter_map(author).collect())
}

pub async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Answer<Option<file::Model>> {
    Ok(file::Entity::find_by_id(id).one(db).await?)
}

/// Those of these ids that are files.
pub async fn of(db: &impl ConnectionTrait, ids: &[Uuid]) -> Answer<Vec<file::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let files = file::Entity::find().filter(file::Column::Id.is_in(ids.iter().copied()));
    Ok(files.all(db).await?)
}

/// What was found in several PDFs, but for their pages.
pub async fn found_in(db: &impl ConnectionTrait, ids: &[Uuid]) -> Answer<HashMap<Uuid, PdfFacts>> {
    let files = of(db, ids).await?;
    Ok(files.iter().filter_map(|file| Some((file.id, found(file)?))).collect())
}

/// The page with this number of several documents.
pub async fn pages_numbered(
    db: &impl ConnectionTrait,
    files: &[Uuid],
    number: i32,
) -> Answer<HashMap<Uuid, file_page::Model>> {
    let pages = file_page::Entity::find()
        .filter(file_page::Column::FileId.is_in(files.iter().copied()))
        .filter(file_page::Column::Number.eq(number));
    Ok(pages.all(db).await?.into_iter().map(|page| (page.file_id, page)).collect())
}

/// All pages of a document, in order.
pub async fn pages(db: &impl ConnectionTrait, file: Uuid) -> Answer<Vec<file_page::Model>> {
    let pages = file_page::Entity::find().filter(file_page::Column::FileId.eq(file));
    Ok(pages.order_by_asc(file_page::Column::Number).all(db).await?)
}

/// What a file is called: as editors call it, or as the document says, if that is a title.
pub fn title(file: &file::Model) -> Option<&str> {
    let said = file.document_title.as_deref().filter(|title| is_title(title));
    file.title.as_deref().or(said)
}

/// Programs write the name of the file, or their own, where nobody gives a title.
fn is_title(said: &str) -> bool {
    let said = said.trim().to_lowercase();
    let is_a_name = [".doc", ".docx", ".indd", ".odt", ".pdf", ".ppt", ".pptx", ".qxd", ".rtf"]
        .iter()
        .any(|ending| said.ends_with(ending));
    let is_empty = ["", "untitled", "unbenannt", "ohne titel", "dokument1", "document1"];
    !is_a_name && !said.starts_with("microsoft ") && !is_empty.contains(&said.as_str())
}

/// The name under which a visitor saves it: its title, and the ending of its type.
pub fn saved_as(file: &file::Model) -> String {
    let ending = MediaType::from_name(&file.media_type).map(|found| found.extensions()[0]);
    let named = title(file).and_then(|title| name::harmless(&title.replace(['/', '\\'], "-")).ok());
    match (named, ending) {
        (Some(named), Some(ending)) => format!("{named}.{ending}"),
        _ => file.name.clone(),
    }
}

/// The language it is in: as the document declares it, or as editors say.
pub fn language(file: &file::Model) -> Option<&str> {
    file.language.as_deref().or(file.document_language.as_deref())
}

/// All the words by which editors look for it.
fn words(file: &file::Model) -> String {
    let said = [&file.title, &file.document_title, &file.alt, &file.credit];
    let words = said.into_iter().flatten().chain([&file.name]);
    folded(&words.map(String::as_str).collect::<Vec<_>>().join(" "))
}

/// Writes a file's row and pages whole.
pub async fn put(tx: &DatabaseTransaction, incoming: Incoming) -> Answer<()> {
    let Incoming { mut row, pages } = incoming;
    row.folded = words(&row);
    let file = row.id;
    file::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(file::Column::Id).update_columns(file::Column::iter()).to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    file_page::Entity::delete_many().filter(file_page::Column::FileId.eq(file)).exec(tx).await?;
    for some in pages.chunks(AT_ONCE).enumerate().map(|(turn, some)| rows(file, turn, some)) {
        file_page::Entity::insert_many(some).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// How many pages are written in one statement.
const AT_ONCE: usize = 100;

fn rows(file: Uuid, turn: usize, pages: &[Page]) -> Vec<file_page::ActiveModel> {
    let row = |(place, page): (usize, &Page)| {
        let number = turn * AT_ONCE + place + 1;
        file_page::Model {
            file_id: file,
            number: i32::try_from(number).unwrap_or(i32::MAX),
            width: page.width,
            height: page.height,
            text: page.text.clone(),
        }
        .into_active_model()
        .reset_all()
    };
    pages.iter().enumerate().map(row).collect()
}
