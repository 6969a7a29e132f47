//! The addresses of files and of what is made of them.
//!
//! For the public they stay as they are for ever. For an editor, who sees a file before it is public,
//! they are sealed and good for a short while.

use chrono::{TimeDelta, Utc};
use entity::file;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::variant::Wish;
use crate::{
    app::App,
    auth::keyring::{Keyring, Purpose},
    clock,
    files::PictureFormat,
};

/// How long a sealed address is good.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(15);

/// For whom an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Everybody,
    /// Whoever may see the file now.
    Editors,
}

/// What of a file is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'p> {
    /// The newest version, under this name.
    File(&'p str),
    /// An earlier version, by its digest.
    Version { name: &'p str, digest: &'p str },
    /// A picture made of it. Without a format, whoever loads it chooses.
    Picture { page: Option<u32>, width: u32, format: Option<PictureFormat> },
}

/// Where it can be loaded.
pub fn of(app: &App, file: Uuid, part: Part<'_>, reach: Reach) -> String {
    let mut query = Serializer::new(String::new());
    let path = match part {
        Part::File(name) => app.config.file_url(file, name),
        Part::Version { name, digest } => {
            query.append_pair("sha256", digest);
            app.config.file_url(file, name)
        }
        Part::Picture { page, width, format } => {
            query.append_pair("w", &width.to_string());
            if let Some(page) = page {
                query.append_pair("page", &page.to_string());
            }
            if let Some(format) = format {
                query.append_pair("format", format.extension());
            }
            app.config.image_url(file)
        }
    };
    if reach == Reach::Editors {
        let (until, seal) = seal(app, file);
        query.append_pair("until", &until.to_string()).append_pair("seal", &seal);
    }
    match query.finish().as_str() {
        "" => path,
        query => format!("{path}?{query}"),
    }
}

/// The name of the page that says in HTML what a document says.
pub fn twin_name(file: &file::Model) -> String {
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    format!("{stem}.html")
}

fn seal(app: &App, file: Uuid) -> (i64, String) {
    let until = (clock::now() + GOOD_FOR).with_timezone(&Utc).timestamp();
    let parts: [&[u8]; 2] = [file.as_bytes(), &until.to_be_bytes()];
    (until, hex::encode(app.keys.seal_of(Purpose::FileAddress, &parts)))
}

/// What an address asks for, besides the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub width: Option<u32>,
    pub page: Option<u32>,
    pub format: Option<PictureFormat>,
    pub digest: Option<String>,
    leave: Option<Leave>,
}

/// Leave to load a file until a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Leave {
    until: i64,
    seal: Vec<u8>,
}

impl Asked {
    /// Reads what stands behind the question mark; nothing where something of ours does not read.
    pub fn read(query: &str) -> Option<Self> {
        let (mut asked, mut until, mut seal) = (Self::default(), None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "w" => asked.width = Some(value.parse().ok().filter(|width| *width > 0)?),
                "page" => asked.page = Some(value.parse().ok()?),
                "format" => asked.format = Some(PictureFormat::by_extension(&value)?),
                "sha256" => asked.digest = Some(value.into_owned()),
                "until" => until = value.parse().ok(),
                "seal" => seal = hex::decode(&*value).ok(),
                _ => {}
            }
        }
        asked.leave = until.zip(seal).map(|(until, seal)| Leave { until, seal });
        Some(asked)
    }

    /// Whether it carries leave for this file that is still good.
    pub fn has_leave(&self, keys: &Keyring, file: Uuid) -> bool {
        let Some(Leave { until, seal }) = &self.leave else { return false };
        *until >= clock::now().timestamp()
            && keys.is_seal_of(Purpose::FileAddress, &[file.as_bytes(), &until.to_be_bytes()], seal)
    }

    /// The picture that is asked for, in this format where the address names none.
    pub fn picture(&self, preferred: PictureFormat) -> Wish {
        let Self { page, width, format, .. } = self;
        Wish { page: *page, width: *width, format: format.unwrap_or(preferred) }
    }
}
