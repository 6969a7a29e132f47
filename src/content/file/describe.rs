//! What editors say about a file: its title and language, what a picture shows, who made it, and on
//! what terms it may be used again.

use entity::file;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, IntoActiveModel};
use uuid::Uuid;

use super::{by_id, care, words};
use crate::{
    app::App,
    auth::principal::Principal,
    content::{
        edition::Language,
        head::Licence,
        log::{self, Deed},
        problem::Problems,
    },
    error::{Answer, Failure},
    files::MediaType,
};

const LONGEST_TITLE: usize = 200;
const LONGEST_ALT: usize = 500;
const LONGEST_CREDIT: usize = 300;

/// A point of a picture, from 0 to 1 across and down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Focus {
    pub x: f64,
    pub y: f64,
}

impl Focus {
    pub fn of(row: &file::Model) -> Option<Self> {
        Some(Self { x: row.focal_x?, y: row.focal_y? })
    }
}

/// What is to be said; what is not given stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Description {
    pub title: Option<Option<String>>,
    pub language: Option<Option<Language>>,
    pub alt: Option<Option<String>>,
    pub decorative: Option<bool>,
    pub credit: Option<Option<String>>,
    pub licence: Option<Option<Licence>>,
    pub focus: Option<Option<Focus>>,
}

impl Description {
    fn written_on(self, mut row: file::Model) -> file::Model {
        let said = |text: Option<String>| {
            text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        if let Some(title) = self.title {
            row.title = said(title);
        }
        if let Some(language) = self.language {
            row.language = language.map(|language| language.as_str().to_owned());
        }
        if let Some(alt) = self.alt {
            row.alt = said(alt);
        }
        if let Some(decorative) = self.decorative {
            row.decorative = decorative;
        }
        if let Some(credit) = self.credit {
            row.credit = said(credit);
        }
        if let Some(licence) = self.licence {
            row.licence = licence.map(|licence| licence.describe().0.to_owned());
        }
        if let Some(focus) = self.focus {
            (row.focal_x, row.focal_y) = (focus.map(|focus| focus.x), focus.map(|focus| focus.y));
        }
        row.folded = words(&row);
        row
    }
}

fn check(row: &file::Model) -> Problems {
    let mut found = Problems::default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    found.longer_than("title", &text(&row.title), LONGEST_TITLE);
    found.longer_than("alt", &text(&row.alt), LONGEST_ALT);
    found.longer_than("credit", &text(&row.credit), LONGEST_CREDIT);
    if row.decorative && row.alt.is_some() {
        let message = "Ein Bild ist dekorativ, oder es hat einen Alternativtext; bitte eines von beiden angeben.";
        found.add("decorative", "CONTRADICTION", message);
    }
    let inside = |part: Option<f64>| part.is_none_or(|part| (0.0..=1.0).contains(&part));
    if !inside(row.focal_x) || !inside(row.focal_y) {
        let message =
            "Der Bildschwerpunkt liegt außerhalb des Bildes; bitte Werte von 0 bis 1 angeben.";
        found.add("focalPoint", "INVALID", message);
    }
    let is_picture = MediaType::from_name(&row.media_type).is_some_and(MediaType::is_image);
    if !is_picture && (row.alt.is_some() || row.decorative || row.focal_x.is_some()) {
        let message = "Alternativtext, „dekorativ“ und Bildschwerpunkt gibt es nur bei Bildern.";
        found.add("alt", "NOT_A_PICTURE", message);
    }
    found
}

/// Writes down what is said. Where the file is public, so is this at once.
pub async fn describe(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    file: Uuid,
    description: Description,
) -> Answer<(file::Model, Problems)> {
    let before = by_id(tx, file).await?.ok_or(Failure::NotFound)?;
    care::may_describe(tx, app, who, &before).await?;
    let row = description.written_on(before.clone());
    let problems = check(&row);
    if problems.any() || row == before {
        return Ok((before, problems));
    }
    let row = row.into_active_model().reset_all().update(tx).await?;
    let deed = Deed {
        action: "describe-file",
        subject_kind: "file",
        subject: file,
        revision: None,
        detail: None,
    };
    log::append(tx, &who.actor(), deed).await?;
    care::tell(tx, file, "Angaben zu einer Datei geändert").await?;
    Ok((row, problems))
}
