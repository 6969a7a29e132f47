//! What can be done to content whose kind is known only at run time.
//!
//! `Of<C>` is the one bridge from a kind's name to its type.

use std::marker::PhantomData;

use futures_util::future::BoxFuture;
use sea_orm::DatabaseTransaction;
use serde_json::Value;

use super::{Content, open, problem::Problems, publish};
use crate::error::{Answer, Failure};

pub trait Door: Send + Sync {
    fn kind(&self) -> &'static str;

    /// The snapshot in its present shape, with nothing in it that the kind does not have.
    fn canonical(&self, snapshot: &Value) -> Answer<Value>;

    /// What stands in the way of publishing this snapshot.
    fn problems(&self, snapshot: &Value) -> Answer<Problems>;

    /// Writes the public rows of an edition.
    fn put<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        going_live: publish::GoingLive<'a>,
    ) -> BoxFuture<'a, Answer<()>>;

    /// Takes the kind's own public row away.
    fn take<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        edition: uuid::Uuid,
    ) -> BoxFuture<'a, Answer<()>>;
}

/// The door of one kind.
pub struct Of<C>(PhantomData<fn() -> C>);

impl<C> Of<C> {
    #[expect(clippy::new_without_default, reason = "a const is wanted, and Default has none")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C: Content> Door for Of<C> {
    fn kind(&self) -> &'static str {
        C::KIND
    }

    fn canonical(&self, snapshot: &Value) -> Answer<Value> {
        serde_json::to_value(open::<C>(snapshot)?).map_err(Failure::internal)
    }

    fn problems(&self, snapshot: &Value) -> Answer<Problems> {
        let written = open::<C>(snapshot)?;
        let mut found = Problems::default();
        written.head.check(&mut found);
        for (field, text) in written.fields.texts() {
            found.text(field, text);
        }
        written.fields.check(&written.head, &mut found);
        Ok(found)
    }

    fn put<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        going_live: publish::GoingLive<'a>,
    ) -> BoxFuture<'a, Answer<()>> {
        Box::pin(publish::put::<C>(tx, going_live))
    }

    fn take<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        edition: uuid::Uuid,
    ) -> BoxFuture<'a, Answer<()>> {
        Box::pin(publish::take::<C>(tx, edition))
    }
}
