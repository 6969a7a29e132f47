//! What can be done to content whose kind is known only at run time.
//!
//! `Of<C>` is the one bridge from a kind's name to its type.

use std::marker::PhantomData;

use futures_util::future::BoxFuture;
use sea_orm::DatabaseTransaction;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Content,
    link::Links,
    open,
    problem::Problems,
    rows::{self, Shelf, Showing},
    view::Columns,
};
use crate::{
    error::{Answer, Failure},
    rich_text::Document,
};

pub trait Door: Send + Sync {
    fn kind(&self) -> &'static str;

    /// The columns of the kind's own table.
    fn columns(&self) -> Columns;

    /// The snapshot in its present shape, with nothing in it that the kind does not have.
    fn canonical(&self, snapshot: &Value) -> Answer<Value>;

    /// What stands in the way of publishing this snapshot.
    fn problems(&self, snapshot: &Value) -> Answer<Problems>;

    /// Everything that the snapshot points at, by field.
    fn links(&self, snapshot: &Value) -> Answer<Links>;

    /// The rich texts in the snapshot, by field.
    fn texts(&self, snapshot: &Value) -> Answer<Vec<(&'static str, Document)>>;

    /// Writes the rows that readers ask for.
    fn put<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        showing: Showing<'a>,
    ) -> BoxFuture<'a, Answer<()>>;

    /// Writes the rows of editions that have none yet, all of them on one shelf.
    fn put_new<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        shelf: Shelf,
        all: &'a [Showing<'a>],
    ) -> BoxFuture<'a, Answer<()>>;

    /// Takes them away.
    fn take<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        shelf: Shelf,
        row: Uuid,
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

    fn columns(&self) -> Columns {
        Columns::of::<C::Table>()
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

    fn links(&self, snapshot: &Value) -> Answer<Links> {
        let written = open::<C>(snapshot)?;
        Ok(rows::links(&written.head, &written.fields))
    }

    fn texts(&self, snapshot: &Value) -> Answer<Vec<(&'static str, Document)>> {
        let written = open::<C>(snapshot)?;
        let texts = written.fields.texts();
        Ok(texts.into_iter().map(|(field, text)| (field, text.clone())).collect())
    }

    fn put<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        showing: Showing<'a>,
    ) -> BoxFuture<'a, Answer<()>> {
        Box::pin(rows::put::<C>(tx, showing))
    }

    fn put_new<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        shelf: Shelf,
        all: &'a [Showing<'a>],
    ) -> BoxFuture<'a, Answer<()>> {
        Box::pin(rows::put_new::<C>(tx, shelf, all))
    }

    fn take<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        shelf: Shelf,
        row: Uuid,
    ) -> BoxFuture<'a, Answer<()>> {
        Box::pin(rows::take::<C>(tx, shelf, row))
    }
}
