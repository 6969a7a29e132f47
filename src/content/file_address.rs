//! Addresses under which an editor loads a file that is not public: for a short while, and sealed.

use chrono::{TimeDelta, Utc};
use entity::file;
use uuid::Uuid;

use crate::{
    app::App,
    auth::keyring::{Keyring, Purpose},
    clock,
};

/// How long such an address is good.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(15);

/// Leave to load a file until a moment, as it stands behind the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    until: i64,
    seal: Vec<u8>,
}

impl Leave {
    /// Reads `until=…&seal=…`; what is no leave is none.
    pub fn read(query: &str) -> Option<Self> {
        let parts: Vec<(_, _)> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let named = |wanted: &str| parts.iter().find(|(name, _)| name == wanted);
        let until = named("until")?.1.parse().ok()?;
        Some(Self { until, seal: hex::decode(&*named("seal")?.1).ok()? })
    }

    /// Whether it is leave for this file, and still good.
    pub fn is_good(&self, keys: &Keyring, file: Uuid) -> bool {
        let until = self.until.to_be_bytes();
        self.until >= clock::now().timestamp()
            && keys.is_seal_of(Purpose::FileAddress, &[file.as_bytes(), &until], &self.seal)
    }
}

/// The address of a file, or of something made of it, for somebody who may see it now.
pub fn sealed(app: &App, file: &file::Model, name: &str) -> String {
    let until = (clock::now() + GOOD_FOR).with_timezone(&Utc).timestamp();
    let parts: [&[u8]; 2] = [file.id.as_bytes(), &until.to_be_bytes()];
    let seal = hex::encode(app.keys.seal_of(Purpose::FileAddress, &parts));
    format!("{}?until={until}&seal={seal}", app.config.file_url(file.id, name))
}
