//! Presence: who has an edition open, and who of them is writing.
//!
//! Everybody has a row for each window, as long as they follow who is there. One window writes at a
//! time; another takes over when somebody says so, and the first one is told. Nothing is locked:
//! whoever saves an old revision learns so from `life.rs`.
//!
//! A process that dies leaves its rows behind. They are worth nothing once they were not renewed
//! for half a minute.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{account, presence};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr,
};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    follow::still,
    life::{Desk, Target},
    problem::Problems,
    workspace::Opened,
};
use crate::{
    app::App,
    auth::{policy::Action, principal::Principal},
    clock,
    db::watch::Watch,
    error::Answer,
    id,
};

/// Whoever was not seen for so long is gone.
const GONE_AFTER: TimeDelta = TimeDelta::seconds(30);

/// How often somebody says that they are still there.
const RENEWED: Duration = Duration::from_secs(10);

/// What somebody wants to do with the edition that they open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    Read,
    /// To write, unless somebody else does.
    Write,
}

/// Somebody in one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    pub window: Uuid,
    pub account: Uuid,
    pub name: String,
    pub writing: bool,
    pub since: DateTime<Utc>,
}

/// Everybody who has an edition open, the one who came first before the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// The window of who asks.
    pub window: Uuid,
    pub present: Vec<Present>,
}

/// One's own window: there as long as this lives.
pub struct Window {
    app: Arc<App>,
    who: Arc<Principal>,
    edition: Uuid,
    id: Uuid,
    since: DateTime<Utc>,
    watch: Watch,
    renewed: Instant,
    seen: Option<Gathering>,
}

impl Window {
    /// Comes in, if the person may read the edition; writing takes the right to.
    pub async fn open(
        app: Arc<App>,
        who: Arc<Principal>,
        target: &Target,
        intent: Intent,
    ) -> Answer<Self> {
        let watch = app.db.watch();
        let (house, person, target) = (app.clone(), who.clone(), target.clone());
        let row = app
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let desk = Desk::open(tx, &house, &person, &target).await?;
                    come(desk, intent).await
                })
            })
            .await?;
        let (edition, id, since) = (row.edition_id, row.id, row.since);
        Ok(Self { app, who, edition, id, since, watch, renewed: Instant::now(), seen: None })
    }

    /// Who is there, as soon as it is not as it was. Whoever may no longer read the edition is told
    /// so, and no more.
    pub async fn next(&mut self) -> Answer<Gathering> {
        loop {
            if self.renewed.elapsed() >= RENEWED {
                self.who = self.may_stay().await?;
                self.renew().await?;
            }
            let present = here(self.app.db.pool(), self.edition).await?;
            let now = Gathering { window: self.id, present };
            if self.seen.as_ref() != Some(&now) {
                self.who = self.may_stay().await?;
                self.seen = Some(now.clone());
                return Ok(now);
            }
            self.watch.next().await;
        }
    }

    async fn may_stay(&self) -> Answer<Arc<Principal>> {
        let who = still(&self.app, &self.who).await?;
        let target = Target { id: self.edition, ..Target::default() };
        Opened::by_target(&self.app, &who, &target).await?;
        Ok(who)
    }

    async fn renew(&mut self) -> Answer<()> {
        let (id, now) = (self.id, clock::now());
        let row = presence::Model {
            id,
            edition_id: self.edition,
            account_id: self.who.account,
            session_id: self.who.session,
            writing: false,
            since: self.since,
            seen_at: now,
        };
        self.app
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let renewed = presence::Entity::update_many()
                        .col_expr(presence::Column::SeenAt, Expr::value(now))
                        .filter(presence::Column::Id.eq(id))
                        .exec(tx)
                        .await?;
                    if renewed.rows_affected == 0 {
                        // The process slept so long that somebody swept the row away.
                        insert(tx, row).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        self.renewed = Instant::now();
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Outside of a runtime nobody is served any more, and the row runs out by itself.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (app, id) = (self.app.clone(), self.id);
        let goes = self.app.tidying.track_future(async move {
            let gone = app
                .db
                .write(move |tx| {
                    Box::pin(async move {
                        presence::Entity::delete_by_id(id).exec(tx).await?;
                        Ok(())
                    })
                })
                .await;
            if let Err(failure) = gone {
                tracing::warn!("a window was not closed: {:#}", failure.into_report());
            }
        });
        runtime.spawn(goes);
    }
}

/// What came of taking over.
#[derive(Debug)]
pub struct Taken {
    pub gathering: Gathering,
    pub problems: Problems,
}

/// Makes one's own window the one that writes; the window that did is told by what it follows.
pub async fn take_over(desk: Desk<'_>, window: Option<Uuid>) -> Answer<Taken> {
    desk.may(Action::Edit)?;
    desk.not_in_trash()?;
    let mut mine = presence::Entity::find()
        .filter(presence::Column::EditionId.eq(desk.edition.id))
        .filter(presence::Column::SessionId.eq(desk.who.session))
        .filter(presence::Column::SeenAt.gt(clock::now() - GONE_AFTER))
        .order_by_desc(presence::Column::Since)
        .order_by_desc(presence::Column::Id);
    if let Some(window) = window {
        mine = mine.filter(presence::Column::Id.eq(window));
    }
    let mut problems = Problems::default();
    let mine = mine.one(desk.tx).await?;
    if let Some(mine) = &mine {
        writes_alone(desk.tx, desk.edition.id, mine.id).await?;
    } else {
        let message = "Sie haben diese Fassung nicht geöffnet. Bitte öffnen Sie sie zuerst.";
        problems.add("edition", "NOT_OPEN", message);
    }
    let present = here(desk.tx, desk.edition.id).await?;
    let window = mine.map_or(Uuid::nil(), |mine| mine.id);
    Ok(Taken { gathering: Gathering { window, present }, problems })
}

async fn come(desk: Desk<'_>, intent: Intent) -> Answer<presence::Model> {
    let now = clock::now();
    let edition = desk.edition.id;
    presence::Entity::delete_many()
        .filter(presence::Column::SeenAt.lt(now - GONE_AFTER))
        .exec(desk.tx)
        .await?;
    let writes = match intent {
        Intent::Read => false,
        Intent::Write => {
            desk.may(Action::Edit)?;
            !here(desk.tx, edition).await?.iter().any(|present| present.writing)
        }
    };
    let row = presence::Model {
        id: id::new(),
        edition_id: edition,
        account_id: desk.who.account,
        session_id: desk.who.session,
        writing: writes,
        since: now,
        seen_at: now,
    };
    insert(desk.tx, row.clone()).await?;
    Ok(row)
}

/// Who is there now.
async fn here(db: &impl ConnectionTrait, edition: Uuid) -> Answer<Vec<Present>> {
    let rows = presence::Entity::find()
        .filter(presence::Column::EditionId.eq(edition))
        .filter(presence::Column::SeenAt.gt(clock::now() - GONE_AFTER))
        .order_by_asc(presence::Column::Since)
        .order_by_asc(presence::Column::Id)
        .all(db)
        .await?;
    let accounts = account::Entity::find()
        .filter(account::Column::Id.is_in(rows.iter().map(|row| row.account_id)))
        .all(db)
        .await?;
    let present = rows.into_iter().filter_map(|row| {
        // Whose account is gone is gone as well.
        let account = accounts.iter().find(|account| account.id == row.account_id)?;
        Some(Present {
            window: row.id,
            account: row.account_id,
            name: account.name.clone(),
            writing: row.writing,
            since: row.since,
        })
    });
    Ok(present.collect())
}

async fn writes_alone(tx: &DatabaseTransaction, edition: Uuid, window: Uuid) -> Answer<()> {
    for (writing, whose) in
        [(false, presence::Column::Id.ne(window)), (true, presence::Column::Id.eq(window))]
    {
        presence::Entity::update_many()
            .col_expr(presence::Column::Writing, Expr::value(writing))
            .filter(Condition::all().add(presence::Column::EditionId.eq(edition)).add(whose))
            .exec(tx)
            .await?;
    }
    Ok(())
}

async fn insert(tx: &DatabaseTransaction, row: presence::Model) -> Answer<()> {
    presence::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
