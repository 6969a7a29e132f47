//! How an input says which edition is meant, and which revision of it.

use async_graphql::{ID, InputObject};

use super::target;
use crate::{api::filter::Register, content::life::Target, error::Answer};

/// An edition, whatever its newest revision.
#[derive(InputObject)]
pub struct TargetInput {
    /// The edition's id, or the entry's.
    pub id: ID,
    /// Which edition of the entry is meant, where the id is the entry's.
    pub language: Option<String>,
    /// Which edition of the entry is meant, where the id is the entry's.
    pub register: Option<Register>,
}

/// A step with the newest revision of an edition.
#[derive(InputObject)]
pub struct EditionInput {
    #[graphql(flatten)]
    pub target: TargetInput,
    /// The number of the revision that you have before you.
    pub expected_revision: i32,
}

impl TargetInput {
    pub fn meant(&self) -> Answer<Target> {
        target(&self.id, self.language.as_deref(), self.register)
    }
}
