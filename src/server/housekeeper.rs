//! The housekeeper: throws away what is worth nothing any more, once an hour.
//!
//! Every process has one. What two of them throw away at once is thrown away all the same.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use chrono::TimeDelta;
use entity::{idempotency, one_time_token, preview_token, session, upload};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::IntoCondition,
};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    app::App,
    clock,
    content::{
        file::{blob, resumable, scan},
        idempotency::MEMORY,
    },
    db,
    error::Answer,
    shutdown::Stop,
};

const ROUND: Duration = Duration::from_secs(60 * 60);

/// How long a file waits that could not be checked for viruses, before that is tried again.
const NEXT_CHECK: Duration = Duration::from_secs(20);

/// An upload that nobody has gone on with for this long has been given up.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// How long it can be seen that there was a session or a preview. No session lasts half as long.
const SEEN_FOR: TimeDelta = TimeDelta::days(30);

/// Runs until the house closes.
pub async fn run(app: Arc<App>, stop: Stop) {
    let tidying = again_and_again(ROUND, &stop, async || {
        if let Err(failure) = db::uncounted(tidies(&app)).await {
            let cause = failure.into_report();
            tracing::error!("what is worth nothing any more could not be removed: {cause:#}");
        }
    });
    let checking = again_and_again(NEXT_CHECK, &stop, async || {
        if let Err(failure) = db::uncounted(scan::look_again(&app)).await {
            let cause = failure.into_report();
            tracing::warn!("files that wait could not be checked for viruses: {cause:#}");
        }
    });
    tokio::join!(tidying, checking);
}

async fn again_and_again(after: Duration, stop: &Stop, work: impl AsyncFn()) {
    let mut rounds = interval(after);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => work().await,
        }
    }
}

async fn tidies(app: &App) -> Answer<()> {
    let untouched_since = SystemTime::from(clock::now()) - GIVEN_UP_AFTER;
    let left = app.staging.sweep(untouched_since).await?;
    let left = left + app.store.sweep(untouched_since).await?;
    if left > 0 {
        tracing::info!(files = left, "removed what broken uploads had left behind");
    }
    if is_something_old(app).await? {
        app.db.write(move |tx| Box::pin(forget_what_is_old(tx))).await?;
    }
    let swept = blob::sweep(app).await?;
    if swept > 0 {
        tracing::info!(swept, "threw away bytes that nothing needs any more");
    }
    Ok(())
}

/// Nobody has to wait for a writer that has nothing to do.
async fn is_something_old(app: &App) -> Answer<bool> {
    let pool = app.db.pool();
    Ok(session::Entity::find().filter(old_sessions()).count(pool).await? > 0
        || preview_token::Entity::find().filter(old_previews()).count(pool).await? > 0
        || one_time_token::Entity::find().filter(old_tokens()).count(pool).await? > 0
        || idempotency::Entity::find().filter(old_keys()).count(pool).await? > 0
        || upload::Entity::find().filter(resumable::given_up()).count(pool).await? > 0)
}

async fn forget_what_is_old(tx: &DatabaseTransaction) -> Answer<()> {
    session::Entity::delete_many().filter(old_sessions()).exec(tx).await?;
    preview_token::Entity::delete_many().filter(old_previews()).exec(tx).await?;
    one_time_token::Entity::delete_many().filter(old_tokens()).exec(tx).await?;
    idempotency::Entity::delete_many().filter(old_keys()).exec(tx).await?;
    resumable::forget_what_was_given_up(tx).await
}

fn old_sessions() -> Condition {
    session::Column::LastUsedAt.lt(clock::now() - SEEN_FOR).into_condition()
}

fn old_previews() -> Condition {
    preview_token::Column::ExpiresAt.lt(clock::now() - SEEN_FOR).into_condition()
}

fn old_tokens() -> Condition {
    one_time_token::Column::ExpiresAt.lt(clock::now()).into_condition()
}

fn old_keys() -> Condition {
    idempotency::Column::CreatedAt.lt(clock::now() - MEMORY).into_condition()
}
