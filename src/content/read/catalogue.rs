//! The catalogue: what is public, by name, order and relation, kept in memory.
//!
//! It knows of every public edition where it stands in the order of titles, which links and plain
//! values it has, and which of its siblings a reader gets; so lists, counts, facets and relations are
//! found without the database. The texts stay on the shelves: rows are read by the ids found here,
//! and some of those read last are kept (`kept.rs`).
//!
//! The feed keeps it true. Before a request reads, the catalogue asks for the newest line and reads
//! anew what has changed since; so whatever was published is in the next answer of every process.
//! What it cannot tell (long texts, a kind's own columns) and what is not public is asked of the
//! database as before; both follow the same rules, and the tests ask both.

mod find;
mod index;
mod kept;
mod load;

use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::Mutex;

pub use self::{
    find::{Eyes, Picked},
    index::Spot,
};
use self::{
    index::Index,
    kept::Kept,
    load::{changed, everything, newest, too_large},
};
use super::Reader;
use crate::{db::Db, error::Answer};

/// So many changed editions at once are looked up one by one; beyond that, all are read again.
const MANY: u64 = 2_000;

/// What is public, as far as it is worth having in memory.
pub struct Catalogue {
    state: RwLock<State>,
    /// How many have come to ask whether the catalogue is true.
    arrived: AtomicU64,
    /// Up to which of them it was found so.
    answered: Mutex<u64>,
    kept: Kept,
}

enum State {
    Unread,
    Known(Box<Index>),
    /// At this line of the feed the collection was too large to be kept in memory; the database
    /// answers all questions.
    TooLarge(i64),
}

/// One request's trust in the catalogue: it is made sure of once, and again after own writing.
#[derive(Default)]
pub struct Trust {
    /// How much this process had written when the catalogue was found true.
    since: Mutex<Option<u64>>,
    lists: find::Lists,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            state: RwLock::new(State::Unread),
            arrived: AtomicU64::new(0),
            answered: Mutex::new(0),
            kept: Kept::default(),
        }
    }
}

impl Catalogue {
    /// Makes sure that everything published before this call is in the catalogue.
    ///
    /// Those who come while one asks the database share the next asking: it begins after they came.
    pub async fn catches_up(&self, db: &Db) -> Answer<()> {
        let mine = self.arrived.fetch_add(1, Ordering::SeqCst) + 1;
        let mut answered = self.answered.lock().await;
        if *answered >= mine {
            return Ok(());
        }
        let all = self.arrived.load(Ordering::SeqCst);
        self.follows(db).await?;
        *answered = all;
        Ok(())
    }

    async fn follows(&self, db: &Db) -> Answer<()> {
        let newest = newest(db).await?;
        let known = match &*self.read() {
            State::Known(index) => Some(index.sequence),
            State::TooLarge(seen) if *seen == newest => return Ok(()),
            State::Unread | State::TooLarge(_) => None,
        };
        if let Some(known) = known {
            if known == newest {
                return Ok(());
            }
            // A smaller number than before: the database was put back to an earlier state.
            if known < newest
                && let Some(news) = changed(db, known, newest, MANY).await?
            {
                if let State::Known(index) = &mut *self.write() {
                    index.update(news, newest);
                }
                return Ok(());
            }
        }
        let state = if too_large(db).await? {
            State::TooLarge(newest)
        } else {
            State::Known(Box::new(everything(db, newest).await?))
        };
        *self.write() = state;
        Ok(())
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trust {
    async fn renew(&self, catalogue: &Catalogue, db: &Db) -> Answer<()> {
        let mut trusted = self.since.lock().await;
        let written = db.written();
        if *trusted != Some(written) {
            catalogue.catches_up(db).await?;
            *trusted = Some(written);
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// Looks something up in the catalogue; nothing where it cannot tell.
    pub(super) async fn looks_up<T>(
        &self,
        find: impl FnOnce(&Eyes<'_>) -> Answer<Option<T>>,
    ) -> Answer<Option<T>> {
        let Some((catalogue, trust)) = self.catalogue else { return Ok(None) };
        trust.renew(catalogue, self.db).await?;
        match &*catalogue.read() {
            State::Known(index) => find(&Eyes::new(index, &trust.lists, self.wish)),
            State::Unread | State::TooLarge(_) => Ok(None),
        }
    }
}
