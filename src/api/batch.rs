//! Loading for many parents at once.
//!
//! Fields at the same place of a query are resolved side by side, one for each parent.
//! The first of them waits one turn, in which all the others say what they need, and then asks the
//! database once for all. No timers are involved: a request is one task, so one turn is enough.

use std::{
    any::Any,
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Context, Pos};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    content::edition::Wish,
    error::{Answer, Failure},
};

/// Fields that can be loaded together: the same field of the query, read in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    position: Pos,
    what: &'static str,
    wish: Arc<Wish>,
}

impl Place {
    pub fn of(ctx: &Context<'_>, what: &'static str, wish: Arc<Wish>) -> Self {
        Self { position: ctx.item.pos, what, wish }
    }
}

type Loaded = Answer<Option<Arc<dyn Any + Send + Sync>>>;
type Waiting = (Uuid, oneshot::Sender<Loaded>);

/// The loads of one request that are about to start.
#[derive(Default)]
pub struct Batches(Mutex<HashMap<Place, Vec<Waiting>>>);

impl Batches {
    /// What belongs to this id, loaded together with what the neighbours need.
    pub async fn load<V, F, Fut>(&self, place: Place, id: Uuid, load: F) -> Answer<Option<Arc<V>>>
    where
        V: Send + Sync + 'static,
        F: FnOnce(Vec<Uuid>) -> Fut,
        Fut: Future<Output = Answer<HashMap<Uuid, V>>>,
    {
        let (answer, mine) = oneshot::channel();
        if self.joins(&place, id, answer) {
            let turn = Turn { batches: self, place: &place };
            tokio::task::yield_now().await;
            let waiting = turn.take();
            drop(turn);
            let mut ids: Vec<Uuid> = waiting.iter().map(|(id, _)| *id).collect();
            ids.sort_unstable();
            ids.dedup();
            hand_out(load(ids).await, waiting);
        }
        let loaded = mine
            .await
            .map_err(|_| Failure::internal(anyhow::anyhow!("a batch was given up")))??;
        Ok(loaded.and_then(|value| value.downcast::<V>().ok()))
    }

    /// Joins the batch; true for the one who has to load it.
    fn joins(&self, place: &Place, id: Uuid, answer: oneshot::Sender<Loaded>) -> bool {
        let mut batches = self.batches();
        let waiting = batches.entry(place.clone()).or_default();
        waiting.push((id, answer));
        waiting.len() == 1
    }

    fn batches(&self) -> std::sync::MutexGuard<'_, HashMap<Place, Vec<Waiting>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of the one who loads. If the request is given up meanwhile, nobody waits for ever.
struct Turn<'b> {
    batches: &'b Batches,
    place: &'b Place,
}

impl Turn<'_> {
    fn take(&self) -> Vec<Waiting> {
        self.batches.batches().remove(self.place).unwrap_or_default()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.take();
    }
}

fn hand_out<V: Send + Sync + 'static>(loaded: Answer<HashMap<Uuid, V>>, waiting: Vec<Waiting>) {
    match loaded {
        Ok(values) => {
            let values: HashMap<Uuid, Arc<dyn Any + Send + Sync>> =
                values.into_iter().map(|(id, value)| (id, Arc::new(value) as _)).collect();
            for (id, answer) in waiting {
                // Nobody listens any more when that part of the request was given up.
                let _ = answer.send(Ok(values.get(&id).cloned()));
            }
        }
        Err(failure) => {
            for (_, answer) in waiting {
                let _ = answer.send(Err(failure.clone()));
            }
        }
    }
}
