//! Variants: pictures that are made of a file once, when somebody asks for one, and then kept.
//!
//! There are only so many of each file: its pages, in a few widths. They are made one at a time, and
//! a variant that was lost with a store is made again.

use entity::{file, variant};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, sea_query::OnConflict};

use crate::{
    app::App,
    clock,
    error::{Answer, Failure},
    files::Digest,
};

/// The widths in which pictures are made, in pixels.
pub const WIDTHS: [u32; 7] = [160, 320, 480, 640, 960, 1280, 1920];

/// The largest file of which something is made.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The smallest width that is at least as large as what somebody needs.
pub fn width_for(needed: u32) -> u32 {
    WIDTHS.into_iter().find(|width| *width >= needed).unwrap_or(WIDTHS[WIDTHS.len() - 1])
}

/// A page of a document, drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PagePicture {
    pub page: u32,
    pub width: u32,
}

impl PagePicture {
    /// What it is called in addresses and in the database.
    pub fn name(self) -> String {
        format!("page-{}-{}.webp", self.page, self.width)
    }

    /// Reads such a name; one that cannot be made is none.
    pub fn from_name(name: &str) -> Option<Self> {
        let (page, width) = name.strip_prefix("page-")?.strip_suffix(".webp")?.split_once('-')?;
        let picture = Self { page: page.parse().ok()?, width: width.parse().ok()? };
        (WIDTHS.contains(&picture.width) && picture.name() == name).then_some(picture)
    }
}

/// Something that was made and lies in the store.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    pub digest: Digest,
    pub size: u64,
}

/// A page of a PDF as a picture; nothing where there is no such page, or none that can be drawn.
pub async fn page(app: &App, file: &file::Model, wanted: PagePicture) -> Answer<Option<Made>> {
    let has_page =
        file.pages.is_some_and(|pages| (1..=pages.unsigned_abs()).contains(&wanted.page));
    if !has_page {
        return Ok(None);
    }
    if let Some(made) = kept(app, &file.digest, wanted).await? {
        return Ok(Some(made));
    }
    let hopeless = format!("{}/{}", file.digest, wanted.name());
    if app.workshop.has_given_up(&hopeless) {
        return Ok(None);
    }
    match make(app, &file.digest, wanted).await {
        Ok(made) => Ok(Some(made)),
        // What cannot be drawn is not tried again with every request.
        Err(Failure::BadInput(_)) => {
            app.workshop.gives_up(hopeless);
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

async fn kept(app: &App, source: &str, wanted: PagePicture) -> Answer<Option<Made>> {
    let key = (source.to_owned(), wanted.name());
    let row = variant::Entity::find_by_id(key).one(app.db.pool()).await?;
    let Some(row) = row else { return Ok(None) };
    let made = Made { digest: digest(&row.digest)?, size: row.size.unsigned_abs() };
    // A restored house may know of pictures that were not in the backup.
    let is_there = app.store.size(&made.digest).await? == Some(made.size);
    Ok(is_there.then_some(made))
}

async fn make(app: &App, source: &str, wanted: PagePicture) -> Answer<Made> {
    let _turn = app.workshop.turn_to_draw().await?;
    // Somebody else may have had it drawn meanwhile.
    if let Some(made) = kept(app, source, wanted).await? {
        return Ok(made);
    }
    let opened = app.store.open(&digest(source)?, None).await?;
    let opened = opened.ok_or_else(|| {
        Failure::internal(anyhow::anyhow!("{source} is not in {}", app.store.describe()))
    })?;
    let original = app.staging.receive(opened.stream, LARGEST).await;
    let original = original.map_err(|failure| broken_off(source, failure))?;
    let drawn = app.workshop.draw(original.path(), wanted.page, wanted.width).await?;

    let staged = app.staging.receive(&drawn[..], LARGEST).await?;
    app.store.keep(&staged).await?;
    let made = Made { digest: *staged.digest(), size: staged.size() };
    let row = variant::Model {
        source: source.to_owned(),
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

/// A store that breaks off is not the file's fault.
fn broken_off(source: &str, failure: Failure) -> Failure {
    match failure {
        Failure::BadInput(bad) => {
            Failure::unavailable(anyhow::anyhow!("reading {source}: {}", bad.message))
        }
        other => other,
    }
}

fn digest(text: &str) -> Answer<Digest> {
    text.parse().map_err(|_| Failure::internal(anyhow::anyhow!("{text} is no digest")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_pictures_that_can_be_made_are_read() {
        let picture = PagePicture { page: 12, width: 640 };
        assert_eq!(PagePicture::from_name("page-12-640.webp"), Some(picture));
        for none in [
            "page-12-641.webp",
            "page-012-640.webp",
            "page--640.webp",
            "page-1-640.png",
            "page-99999999999-640.webp",
            "page-+1-640.webp",
            "bild.webp",
            "",
        ] {
            assert_eq!(PagePicture::from_name(none), None, "{none}");
        }
    }

    #[test]
    fn the_next_larger_width_is_taken() {
        for (needed, width) in [(1, 160), (160, 160), (161, 320), (1000, 1280), (5000, 1920)] {
            assert_eq!(width_for(needed), width);
        }
    }
}
