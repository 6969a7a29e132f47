//! What pictures are made into for readers.

use serde::{Deserialize, Serialize};

use crate::files::MediaType;

/// The format of a picture that the house makes itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PictureFormat {
    #[default]
    WebP,
    Avif,
}

impl PictureFormat {
    pub const ALL: [Self; 2] = [Self::WebP, Self::Avif];

    pub fn media_type(self) -> MediaType {
        match self {
            Self::WebP => MediaType::WebP,
            Self::Avif => MediaType::Avif,
        }
    }

    pub fn by_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }

    /// How the name of such a file ends.
    pub fn extension(self) -> &'static str {
        self.media_type().extensions()[0]
    }
}
