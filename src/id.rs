//! The only place that makes ids, so that all of them sort by the time they were made.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The same id for the same words, so that what is asked for twice is made once (version 8).
#[must_use]
pub fn of_words(words: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for word in words {
        hash.update((word.len() as u64).to_be_bytes());
        hash.update(word);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A new id (version 7: time first, then chance).
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
pub fn new() -> Uuid {
    Uuid::now_v7()
}
