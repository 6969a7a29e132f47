//! Following an edition: what others do with it while somebody has it open.
//!
//! Whatever is done to an edition leaves a line in the log, in the transaction that does it. So
//! following is reading on in the log, and what another process does is seen like our own.

use std::{collections::VecDeque, sync::Arc};

use entity::{edition, log};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    life::Target,
    log::Outcome,
    workspace::{Opened, State},
};
use crate::{
    app::App,
    auth::{
        principal::{Principal, Who},
        session,
    },
    db::watch::Watch,
    error::{Answer, Failure},
};

/// How much is read at once; what is more follows at once.
const LINES: u64 = 100;

/// What was done, and what the edition is since.
#[derive(Debug, Clone)]
pub struct News {
    /// The line of the log; none for what somebody found when they began to follow.
    pub line: Option<log::Model>,
    pub edition: edition::Model,
    pub state: State,
}

/// Somebody who follows an edition.
pub struct Follower {
    app: Arc<App>,
    who: Arc<Principal>,
    edition: Uuid,
    watch: Watch,
    /// The last line that was read.
    read: i64,
    waiting: VecDeque<News>,
}

impl Follower {
    /// Begins with the edition as it is, if the person may read it. Whoever read it a moment ago
    /// learns so whether somebody was faster.
    pub async fn of(app: Arc<App>, who: Arc<Principal>, target: &Target) -> Answer<Self> {
        // First the bell, then the look: nothing falls in between.
        let watch = app.db.watch();
        let newest =
            log::Entity::find().order_by_desc(log::Column::Sequence).one(app.db.pool()).await?;
        let read = newest.map_or(0, |line| line.sequence);
        let opened = Opened::by_target(&app, &who, target).await?;
        let (edition, state) = (opened.edition.id, opened.state());
        let found = News { line: None, edition: opened.edition, state };
        Ok(Self { app, who, edition, watch, read, waiting: VecDeque::from([found]) })
    }

    /// What happens next. Whoever may no longer read it is told so, and no more.
    pub async fn next(&mut self) -> Answer<News> {
        loop {
            if let Some(news) = self.waiting.pop_front() {
                return Ok(news);
            }
            let lines = log::Entity::find()
                .filter(log::Column::SubjectId.eq(self.edition))
                .filter(log::Column::Sequence.gt(self.read))
                .filter(log::Column::Result.eq(Outcome::Done.name()))
                .order_by_asc(log::Column::Sequence)
                .limit(LINES)
                .all(self.app.db.pool())
                .await?;
            if lines.is_empty() {
                self.watch.next().await;
                continue;
            }
            self.who = still(&self.app, &self.who).await?;
            let target = Target { id: self.edition, ..Target::default() };
            let opened = Opened::by_target(&self.app, &self.who, &target).await?;
            let state = opened.state();
            for line in lines {
                self.read = line.sequence;
                self.waiting.push_back(News {
                    line: Some(line),
                    edition: opened.edition.clone(),
                    state,
                });
            }
        }
    }
}

/// The person as they are now, if they are still signed in.
pub async fn still(app: &App, who: &Principal) -> Answer<Arc<Principal>> {
    match session::still(app, who, who.origin.clone()).await? {
        Who::Account(principal) => Ok(principal),
        Who::Newcomer(_) | Who::Public => Err(Failure::Forbidden),
    }
}
