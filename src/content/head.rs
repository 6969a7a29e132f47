//! What every edition has, whatever its kind.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::problem::Problems;
use crate::error::{Answer, Failure};

/// The fields that all kinds share, as an editor writes them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Head {
    pub title: String,
    /// One or two sentences for lists: plain text, never Markdown.
    pub summary: Option<String>,
    /// The last part of the address; made from the title where nobody chose one.
    pub slug: Option<String>,
    /// Other names by which people look for it.
    pub aliases: Vec<String>,
    pub cover: Option<Cover>,
    pub licence: Option<Licence>,
    pub attribution: Option<String>,
    pub source_url: Option<String>,
    pub further_sources: Vec<String>,
    /// Addresses that it had before; they lead here.
    pub old_paths: Vec<String>,
    pub review_by: Option<NaiveDate>,
}

/// A picture that stands for the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cover {
    pub file: Uuid,
    #[serde(default)]
    pub alt: Option<String>,
    /// The picture says nothing that the text does not; readers may skip it.
    #[serde(default)]
    pub decorative: bool,
    #[serde(default)]
    pub credit: Option<String>,
    /// Which page of it, where the file is a document; the first where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

/// Terms under which content may be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Licence {
    #[serde(rename = "CC0-1.0")]
    Cc0,
    #[serde(rename = "CC-BY-4.0")]
    CcBy,
    #[serde(rename = "CC-BY-SA-4.0")]
    CcBySa,
    #[serde(rename = "CC-BY-ND-4.0")]
    CcByNd,
    #[serde(rename = "CC-BY-NC-4.0")]
    CcByNc,
    #[serde(rename = "CC-BY-NC-SA-4.0")]
    CcByNcSa,
    #[serde(rename = "DL-DE-BY-2.0")]
    DlDeBy,
    #[serde(rename = "DL-DE-ZERO-2.0")]
    DlDeZero,
    #[serde(rename = "ALL-RIGHTS-RESERVED")]
    AllRightsReserved,
}

impl Licence {
    /// Identifier (SPDX where there is one), name and address of the terms.
    pub fn describe(self) -> (&'static str, &'static str, Option<&'static str>) {
        match self {
            Self::Cc0 => (
                "CC0-1.0",
                "CC0 1.0 Universell",
                Some("https://creativecommons.org/publicdomain/zero/1.0/deed.de"),
            ),
            Self::CcBy => (
                "CC-BY-4.0",
                "Creative Commons Namensnennung 4.0 International",
                Some("https://creativecommons.org/licenses/by/4.0/deed.de"),
            ),
            Self::CcBySa => (
                "CC-BY-SA-4.0",
                "Creative Commons Namensnennung – Weitergabe unter gleichen Bedingungen 4.0 International",
                Some("https://creativecommons.org/licenses/by-sa/4.0/deed.de"),
            ),
            Self::CcByNd => (
                "CC-BY-ND-4.0",
                "Creative Commons Namensnennung – Keine Bearbeitungen 4.0 International",
                Some("https://creativecommons.org/licenses/by-nd/4.0/deed.de"),
            ),
            Self::CcByNc => (
                "CC-BY-NC-4.0",
                "Creative Commons Namensnennung – Nicht kommerziell 4.0 International",
                Some("https://creativecommons.org/licenses/by-nc/4.0/deed.de"),
            ),
            Self::CcByNcSa => (
                "CC-BY-NC-SA-4.0",
                "Creative Commons Namensnennung – Nicht kommerziell – Weitergabe unter gleichen Bedingungen 4.0 International",
                Some("https://creativecommons.org/licenses/by-nc-sa/4.0/deed.de"),
            ),
            Self::DlDeBy => (
                "DL-DE-BY-2.0",
                "Datenlizenz Deutschland – Namensnennung – Version 2.0",
                Some("https://www.govdata.de/dl-de/by-2-0"),
            ),
            Self::DlDeZero => (
                "DL-DE-ZERO-2.0",
                "Datenlizenz Deutschland – Zero – Version 2.0",
                Some("https://www.govdata.de/dl-de/zero-2-0"),
            ),
            Self::AllRightsReserved => ("ALL-RIGHTS-RESERVED", "Alle Rechte vorbehalten", None),
        }
    }

    pub fn by_id(id: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::from(id)).ok()
    }
}

const LONGEST_SUMMARY: usize = 500;
const LONGEST_TITLE: usize = 300;

impl Head {
    /// The head of a snapshot, whatever its kind.
    pub fn of(snapshot: &serde_json::Value) -> Answer<Self> {
        Self::deserialize(snapshot).map_err(Failure::internal)
    }

    pub fn check(&self, found: &mut Problems) {
        found.empty("title", &self.title, "Der Titel fehlt.");
        found.longer_than("title", &self.title, LONGEST_TITLE);
        found.longer_than("summary", self.summary.as_deref().unwrap_or_default(), LONGEST_SUMMARY);
        if let Some(cover) = &self.cover
            && !cover.decorative
        {
            found.empty(
                "cover",
                cover.alt.as_deref().unwrap_or_default(),
                "Das Titelbild braucht einen Alternativtext oder die Angabe „dekorativ“.",
            );
        }
    }
}
