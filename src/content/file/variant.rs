//! Variants: pictures that are made of a file once, when somebody asks for one, and then kept.
//!
//! There are only so many of each file: the picture itself or the pages of a document, in a few widths
//! and two formats. They are made one at a time, and one that was lost with a store is made again.

use entity::{file, variant};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, sea_query::OnConflict};

use super::blob;
use crate::{
    app::App,
    clock,
    error::{Answer, Failure},
    files::{Digest, MediaType, PictureFormat, workshop::Task},
};

/// The widths in which pictures are made, in pixels.
pub const WIDTHS: [u32; 7] = [160, 320, 480, 640, 960, 1280, 1920];

/// A picture that can be made of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// Which page, of a document.
    page: Option<u32>,
    pub width: u32,
    pub format: PictureFormat,
}

/// What somebody would like to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// Which page of a document; the first where nobody says.
    pub page: Option<u32>,
    /// The width that is needed; the largest where nobody says.
    pub width: Option<u32>,
    pub format: PictureFormat,
}

impl Wish {
    /// A page of a document.
    pub fn page(page: u32, width: u32) -> Self {
        Self { page: Some(page), width: Some(width), ..Self::default() }
    }
}

impl Variant {
    /// The variant that comes closest and is not smaller; nothing where none can be made.
    pub fn of(file: &file::Model, wish: Wish) -> Option<Self> {
        let needed = wish.width.unwrap_or(u32::MAX);
        let format = wish.format;
        if let Some(pages) = file.pages.filter(|_| is_pdf(file)) {
            let page = wish.page.unwrap_or(1);
            let is_there = (1..=pages.unsigned_abs()).contains(&page);
            return is_there.then(|| Self { page: Some(page), width: width_for(needed), format });
        }
        // Nothing is enlarged: from its own width on, all variants are the same.
        let own = file.width.filter(|_| wish.page.is_none())?.unsigned_abs();
        Some(Self { page: None, width: width_for(needed.min(own)), format })
    }

    /// The widths in which a file can be had, and how wide each then really is.
    pub fn widths(file: &file::Model) -> Vec<(u32, u32)> {
        let own = file.width.map_or(u32::MAX, i32::unsigned_abs);
        let smaller = WIDTHS.into_iter().filter(|width| *width <= width_for(own));
        smaller.map(|width| (width, width.min(own))).collect()
    }

    /// What it is called in the database.
    pub fn name(self) -> String {
        let Self { page, width, format } = self;
        let ending = format.extension();
        match page {
            Some(page) => format!("page-{page}-{width}.{ending}"),
            None => format!("{width}.{ending}"),
        }
    }

    fn task(self, media_type: MediaType) -> Task {
        let Self { page, width, format } = self;
        match page {
            Some(page) => Task::Draw { page, width, format },
            None => Task::Render { media_type, width, format },
        }
    }
}

/// The smallest width that is at least as large as what somebody needs.
fn width_for(needed: u32) -> u32 {
    WIDTHS.into_iter().find(|width| *width >= needed).unwrap_or(WIDTHS[WIDTHS.len() - 1])
}

fn is_pdf(file: &file::Model) -> bool {
    file.media_type == MediaType::Pdf.name()
}

/// Something that was made and lies in the store.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    pub digest: Digest,
    pub size: u64,
}

/// The variant of a file, made where it is not there yet; nothing where it cannot be made.
pub async fn made(app: &App, file: &file::Model, variant: Variant) -> Answer<Option<Made>> {
    if let Some(made) = kept(app, &file.digest, variant).await? {
        return Ok(Some(made));
    }
    let hopeless = format!("{}/{}", file.digest, variant.name());
    if app.workshop.has_given_up(&hopeless) {
        return Ok(None);
    }
    match make(app, file, variant).await {
        Ok(made) => Ok(Some(made)),
        // What cannot be drawn is not tried again with every request.
        Err(Failure::BadInput(_)) => {
            app.workshop.gives_up(hopeless);
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

async fn kept(app: &App, source: &str, wanted: Variant) -> Answer<Option<Made>> {
    let key = (source.to_owned(), wanted.name());
    let row = variant::Entity::find_by_id(key).one(app.db.pool()).await?;
    let Some(row) = row else { return Ok(None) };
    let made = Made { digest: blob::digest(&row.digest)?, size: row.size.unsigned_abs() };
    // A restored house may know of pictures that were not in the backup.
    let is_there = app.store.size(&made.digest).await? == Some(made.size);
    Ok(is_there.then_some(made))
}

async fn make(app: &App, file: &file::Model, wanted: Variant) -> Answer<Made> {
    let source = file.digest.clone();
    let media_type = MediaType::from_name(&file.media_type)
        .ok_or_else(|| Failure::bad_input("file", "Nothing can be made of this file."))?;
    let _turn = app.workshop.turn_to_draw().await?;
    // Somebody else may have had it drawn meanwhile.
    if let Some(made) = kept(app, &source, wanted).await? {
        return Ok(made);
    }
    let original = blob::fetch(app, &source).await?;
    let drawn = app.workshop.render(original.path(), wanted.task(media_type), &app.staging).await?;
    blob::keep(app, &drawn).await?;
    let made = Made { digest: *drawn.digest(), size: drawn.size() };
    let row = variant::Model {
        source,
        name: wanted.name(),
        digest: made.digest.to_string(),
        size: i64::try_from(made.size).map_err(Failure::internal)?,
        created_at: clock::now(),
    };
    app.db
        .write(move |tx| {
            Box::pin(async move {
                variant::Entity::insert(row.into_active_model().reset_all())
                    .on_conflict(
                        OnConflict::columns([variant::Column::Source, variant::Column::Name])
                            .update_columns([variant::Column::Digest, variant::Column::Size])
                            .to_owned(),
                    )
                    .exec_without_returning(tx)
                    .await?;
                Ok(())
            })
        })
        .await?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_larger_width_is_taken() {
        for (needed, width) in [(1, 160), (160, 160), (161, 320), (1000, 1280), (5000, 1920)] {
            assert_eq!(width_for(needed), width);
        }
    }
}
