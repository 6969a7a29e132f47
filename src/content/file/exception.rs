//! Exceptions: why a PDF may be public that screen readers cannot read, what will be done about it,
//! and until when.
//!
//! An exception belongs to the bytes: where these are replaced, it is over. It is public, because
//! the law wants such things said in the statement on accessibility.

use chrono::NaiveDate;
use entity::file;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, Set, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::care;
use crate::{
    app::App,
    auth::principal::Principal,
    clock,
    content::{
        collation,
        log::{self, Deed},
        problem::Problems,
    },
    error::{Answer, Failure},
};

/// The longest reason and the longest plan.
const WORDS: usize = 2000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    pub reason: String,
    /// What will be done about it.
    pub plan: String,
    /// The last day on which it counts.
    pub until: NaiveDate,
}

impl Exception {
    /// What was said of this file, whether it still counts or not.
    pub fn of(file: &file::Model) -> Option<Self> {
        serde_json::from_value(file.exception.clone()?).ok()
    }

    pub fn counts(&self) -> bool {
        clock::today() <= self.until
    }

    fn check(&self) -> Problems {
        let mut found = Problems::default();
        found.empty("reason", &self.reason, "Bitte begründen Sie die Ausnahme.");
        found.longer_than("reason", &self.reason, WORDS);
        found.empty("plan", &self.plan, "Bitte schreiben Sie, wie und wann es behoben wird.");
        found.longer_than("plan", &self.plan, WORDS);
        if !self.counts() {
            found.add("until", "IN_THE_PAST", "Bitte nennen Sie einen Tag, der noch kommt.");
        }
        found
    }
}

/// Writes an exception down, or takes it back.
pub async fn document(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    file: Uuid,
    exception: Option<Exception>,
) -> Answer<(file::Model, Problems)> {
    let row = file::Entity::find_by_id(file).one(tx).await?.ok_or(Failure::NotFound)?;
    care::may_describe(tx, app, who, &row).await?;
    let mut problems = exception.as_ref().map(Exception::check).unwrap_or_default();
    if exception.is_some() && row.tagged != Some(false) {
        let message = "Diese Datei braucht keine Ausnahme: Sie ist kein PDF ohne Tags.";
        problems.add("file", "NOT_NEEDED", message);
    }
    if problems.any() {
        return Ok((row, problems));
    }
    let detail = exception.as_ref().map(|exception| exception.reason.clone());
    let action = if exception.is_some() { "document-exception" } else { "withdraw-exception" };
    let mut next = row.into_active_model();
    next.exception =
        Set(exception.map(serde_json::to_value).transpose().map_err(Failure::internal)?);
    let row = next.update(tx).await?;
    let deed = Deed {
        action,
        subject_kind: "file",
        subject: file,
        revision: None,
        detail: detail.as_deref(),
    };
    log::append(tx, &who.actor(), deed).await?;
    Ok((row, problems))
}

/// The public files with an exception that still counts, by name.
pub async fn in_public(db: &impl ConnectionTrait) -> Answer<Vec<file::Model>> {
    let is_public = "EXISTS (SELECT 1 FROM link l WHERE l.target_id = file.id)";
    let excepted = file::Entity::find()
        .filter(file::Column::Exception.is_not_null())
        .filter(Expr::cust(is_public));
    let mut public = excepted.all(db).await?;
    public.retain(|row| Exception::of(row).is_some_and(|exception| exception.counts()));
    public.sort_by_cached_key(|row| collation::sort_key(&row.name));
    Ok(public)
}
