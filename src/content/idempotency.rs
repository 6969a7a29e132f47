//! Making a thing once, however often the request comes: for clients that did not hear the answer.
//!
//! What was made is remembered under the caller's key in the transaction that made it, so a crash
//! in between leaves both or neither.

use chrono::TimeDelta;
use entity::idempotency;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    clock,
    error::{Answer, Failure},
};

/// How long a key is remembered.
pub const MEMORY: TimeDelta = TimeDelta::days(2);

/// A caller's key, and what it was sent with.
#[derive(Debug, Clone)]
pub struct Once {
    caller: Uuid,
    key: String,
    fingerprint: String,
}

impl Once {
    /// The key of a request that wants this.
    pub fn new(caller: Uuid, key: &str, wanted: &str) -> Answer<Self> {
        if key.is_empty() || key.len() > 128 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Failure::bad_input(
                "Idempotency-Key",
                "An Idempotency-Key has 1 to 128 printable characters without spaces.",
            ));
        }
        Ok(Self { caller, key: key.into(), fingerprint: hex::encode(Sha256::digest(wanted)) })
    }
}

/// What was made under this key already.
pub async fn made(tx: &DatabaseTransaction, once: Option<&Once>) -> Answer<Option<Uuid>> {
    let Some(once) = once else { return Ok(None) };
    let known = idempotency::Entity::find_by_id((once.caller, once.key.clone())).one(tx).await?;
    match known {
        None => Ok(None),
        Some(known) if known.fingerprint == once.fingerprint => Ok(Some(known.subject_id)),
        Some(_) => Err(Failure::bad_input(
            "Idempotency-Key",
            "This key was used for another request; take a new one.",
        )),
    }
}

/// Remembers what was made.
pub async fn keep(tx: &DatabaseTransaction, once: Option<&Once>, subject: Uuid) -> Answer<()> {
    let Some(once) = once else { return Ok(()) };
    let line = idempotency::Model {
        account_id: once.caller,
        key: once.key.clone(),
        fingerprint: once.fingerprint.clone(),
        subject_id: subject,
        created_at: clock::now(),
    };
    idempotency::Entity::insert(line.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
