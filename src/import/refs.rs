//! Which entry or file a key stands for.

use std::collections::HashMap;

use entity::{entry, file};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{db::Db, error::Answer, id};

/// Keys and the ids that they stand for: those in the database, and new ones for what is to come.
#[derive(Debug, Default)]
pub struct Refs {
    entries: HashMap<(String, String), Uuid>,
    files: HashMap<String, Uuid>,
}

impl Refs {
    /// Gives every key an id: the one it has, or a new one.
    pub async fn assign<'k>(
        db: &Db,
        entries: impl Iterator<Item = (&'k str, &'k str)>,
        files: impl Iterator<Item = &'k str>,
    ) -> Answer<Self> {
        let mut known = HashMap::new();
        for entry in
            entry::Entity::find().filter(entry::Column::Key.is_not_null()).all(db.pool()).await?
        {
            known.insert((entry.kind, entry.key.unwrap_or_default()), entry.id);
        }
        let mut refs = Self::default();
        for (kind, key) in entries {
            let name = (kind.to_owned(), key.to_owned());
            let id = known.get(&name).copied().unwrap_or_else(id::new);
            refs.entries.insert(name, id);
        }

        let mut known = HashMap::new();
        for file in
            file::Entity::find().filter(file::Column::Key.is_not_null()).all(db.pool()).await?
        {
            known.insert(file.key.unwrap_or_default(), file.id);
        }
        for key in files {
            refs.files.insert(key.to_owned(), known.get(key).copied().unwrap_or_else(id::new));
        }
        Ok(refs)
    }

    pub fn entry(&self, kind: &str, key: &str) -> Option<Uuid> {
        self.entries.get(&(kind.to_owned(), key.to_owned())).copied()
    }

    pub fn file(&self, key: &str) -> Option<Uuid> {
        self.files.get(key).copied()
    }
}
