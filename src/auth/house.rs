//! Whether the processes around one database hold the same key.
//!
//! With different keys nothing is broken into, but people are signed out whenever they meet the
//! other process, and second factors cannot be read. So the first key leaves its fingerprint, and
//! whoever comes with another one says so.

use entity::house;
use sea_orm::{ConnectionTrait, EntityTrait as _, IntoActiveModel as _};

use super::keyring::Keyring;
use crate::{db::Db, error::Answer};

/// The one row.
const ROW: i32 = 1;

/// What the fingerprint in the database says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Same,
    /// Sessions and second factors of the other key are worth nothing with this one.
    Other,
    /// Nobody has left a fingerprint yet.
    First,
}

/// Compares, and writes nothing.
pub async fn compare(db: &impl ConnectionTrait, keys: &Keyring) -> Answer<Key> {
    let kept = house::Entity::find_by_id(ROW).one(db).await?;
    Ok(match kept {
        None => Key::First,
        Some(kept) if kept.key_fingerprint == keys.fingerprint() => Key::Same,
        Some(_) => Key::Other,
    })
}

/// Leaves the fingerprint where there is none, and says of another key what it means.
pub async fn agree(db: &Db, keys: &Keyring) -> Answer<()> {
    match compare(db.pool(), keys).await? {
        Key::Same => {}
        Key::First => {
            let row = house::Model { id: ROW, key_fingerprint: keys.fingerprint() };
            db.write(move |tx| {
                Box::pin(async move {
                    house::Entity::insert(row.into_active_model())
                        .exec_without_returning(tx)
                        .await?;
                    Ok(())
                })
            })
            .await?;
        }
        Key::Other => tracing::warn!(
            "this key is not the one that the database was used with: sessions end and second factors cannot be read; give all processes the same KOFFER_SECRET_KEY, or put back koffer.key"
        ),
    }
    Ok(())
}
