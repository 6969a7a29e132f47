//! What sorting and filtering need, worked out anew for everything that is public.
//!
//! ICU may sort differently in a new version, and Unicode may know more letters; then what was
//! stored when an edition was published no longer fits what is worked out today. The content is
//! not touched, so the feed has no line about it: a running server goes on sorting as before until
//! it is started again. The search index will be made anew from here as well.

use std::fmt;

use entity::{live, term};
use indicatif::ProgressBar;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use uuid::Uuid;

use crate::{
    app::App,
    content::collation::{folded, sort_key},
    error::Answer,
};

/// Written together, so that readers wait for none of it for long.
const AT_ONCE: u64 = 500;

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub editions: u64,
    pub changed: u64,
}

/// Goes through all public editions.
pub async fn run(app: &App) -> Answer<Report> {
    // On a terminal only; indicatif sees to that.
    let progress = ProgressBar::new(live::Entity::find().count(app.db.pool()).await?);
    let mut report = Report::default();
    let mut after = Uuid::nil();
    loop {
        let (rows, changed, last) = app.db.write(move |tx| Box::pin(some(tx, after))).await?;
        let Some(last) = last else { break };
        after = last;
        report.editions += rows;
        report.changed += changed;
        progress.inc(rows);
    }
    progress.finish_and_clear();
    Ok(report)
}

/// The next few editions: how many there were, how many were changed, and the last of them.
async fn some(tx: &sea_orm::DatabaseTransaction, after: Uuid) -> Answer<(u64, u64, Option<Uuid>)> {
    let rows = live::Entity::find()
        .filter(live::Column::EditionId.gt(after))
        .order_by_asc(live::Column::EditionId)
        .limit(AT_ONCE)
        .all(tx)
        .await?;
    let (count, last) = (rows.len() as u64, rows.last().map(|row| row.edition_id));
    let editions: Vec<Uuid> = rows.iter().map(|row| row.edition_id).collect();

    let mut changed = 0;
    for row in rows {
        changed += u64::from(refresh(tx, row).await?);
    }
    let terms =
        term::Entity::find().filter(term::Column::EditionId.is_in(editions)).all(tx).await?;
    for row in terms.into_iter().filter(|row| row.folded != folded(&row.value)) {
        let now = folded(&row.value);
        let mut row = row.into_active_model();
        row.folded = Set(now);
        row.update(tx).await?;
        changed += 1;
    }
    Ok((count, changed, last))
}

async fn refresh(tx: &sea_orm::DatabaseTransaction, row: live::Model) -> Answer<bool> {
    let key = sort_key(&row.title);
    let title = folded(&row.title);
    let summary = row.summary.as_deref().map(folded);
    if (&row.title_key, &row.title_folded, &row.summary_folded) == (&key, &title, &summary) {
        return Ok(false);
    }

    let mut row = row.into_active_model();
    row.title_key = Set(key);
    row.title_folded = Set(title);
    row.summary_folded = Set(summary);
    row.update(tx).await?;
    Ok(true)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} published editions looked at, {} values worked out anew.",
            self.editions, self.changed
        )
    }
}
