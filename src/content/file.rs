//! Kept files as the house knows them: their rows, and what was found inside.

use entity::{file, file_page};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, Iterable, QueryFilter, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    app::App,
    clock,
    error::{Answer, Failure},
    files::{
        Facts, MediaType, Staged,
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
    /// Looks into a file that has come in whole. Whose it is and how an import calls it is for the
    /// caller to say.
    pub async fn look(
        app: &App,
        id: Uuid,
        name: String,
        media_type: MediaType,
        staged: &Staged,
    ) -> Answer<Self> {
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
            created_at: now,
            updated_at: now,
        };
        Self::of(row, app.workshop.inspect(staged.path(), media_type).await?)
    }

    /// The row with what was found inside.
    fn of(row: file::Model, facts: Facts) -> Answer<Self> {
        match facts {
            Facts::Closed => Ok(Self { row, pages: Vec::new() }),
            Facts::Picture(PictureFacts { width, height }) => {
                let (width, height) = (i32::try_from(width).ok(), i32::try_from(height).ok());
                Ok(Self { row: file::Model { width, height, ..row }, pages: Vec::new() })
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

/// One page of a document.
pub async fn page(
    db: &impl ConnectionTrait,
    file: Uuid,
    number: i32,
) -> Answer<Option<file_page::Model>> {
    Ok(file_page::Entity::find_by_id((file, number)).one(db).await?)
}

/// Writes a file's row and pages whole.
pub async fn put(tx: &DatabaseTransaction, incoming: Incoming) -> Answer<()> {
    let Incoming { row, pages } = incoming;
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
