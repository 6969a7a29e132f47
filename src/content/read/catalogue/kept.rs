//! Rows of editions that the catalogue has found, and some of those that were read last.
//!
//! A row is kept together with the line of the feed at which the catalogue read its edition, so
//! what was published since is never taken from here. How much is kept is bounded by what it
//! takes in memory.

use std::{any::Any, collections::HashMap, io, sync::Arc};

use entity::live;
use quick_cache::{Weighter, sync::Cache};
use sea_orm::{FromQueryResult, sea_query::ExprTrait};
use serde::Serialize;
use uuid::Uuid;

use super::{
    super::{Depth, Reader, Shared, Start, table::padded},
    index::Spot,
};
use crate::{content::Content, error::Answer};

/// What all of it together may take.
const BYTES: u64 = 32 * 1024 * 1024;

pub struct Kept(Cache<Name, Value, Weight>);

/// Which row, when it was read, and how much of it; without a depth it is a head of any kind.
type Name = (Uuid, i64, Option<Depth>);

#[derive(Clone)]
struct Value {
    row: Arc<dyn Any + Send + Sync>,
    bytes: u64,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Name, Value> for Weight {
    fn weight(&self, _: &Name, value: &Value) -> u64 {
        value.bytes
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self(Cache::with_weighter(10_000, BYTES, Weight))
    }
}

impl Kept {
    fn find<T: Send + Sync + 'static>(&self, name: &Name) -> Option<Arc<T>> {
        self.0.get(name)?.row.downcast().ok()
    }

    fn keep<T: Send + Sync + 'static>(&self, name: Name, row: &Arc<T>, bytes: u64) {
        self.0.insert(name, Value { row: row.clone(), bytes });
    }
}

impl Reader<'_> {
    /// The readings at these places, in their order; nothing for those withdrawn just now.
    pub(in crate::content::read) async fn open<C: Content>(
        &self,
        spots: &[Spot],
        depth: Depth,
    ) -> Answer<Vec<Option<Shared<C>>>> {
        let name = |spot: &Spot| (spot.edition, spot.read_at, Some(depth));
        self.kept_or_read(spots, name, async |missing| {
            let mut editions = self.all_editions::<C>(Start::FromIds);
            let edition = editions.live.col("edition_id");
            editions.query.and_where(edition.is_in(padded(&missing)));
            let readings = self.fetch::<C>(editions, depth).await?;
            Ok(readings
                .into_iter()
                .map(|reading| {
                    let bytes = weight(&reading.live) + 3 * length(&reading.fields);
                    (reading.live.edition_id, Arc::new(reading), bytes)
                })
                .collect())
        })
        .await
    }

    /// The same for entries of any kind: what every kind has.
    pub(in crate::content::read) async fn open_heads(
        &self,
        spots: &[Spot],
    ) -> Answer<Vec<Option<Arc<live::Model>>>> {
        let name = |spot: &Spot| (spot.edition, spot.read_at, None);
        self.kept_or_read(spots, name, async |missing| {
            let mut editions = self.all_heads();
            let edition = editions.live.col("edition_id");
            editions.query.and_where(edition.is_in(padded(&missing)));
            let rows = self.all(&editions.query).await?;
            rows.iter()
                .map(|row| {
                    let head = live::Model::from_query_result(row, "v_")?;
                    let bytes = weight(&head);
                    Ok((head.edition_id, Arc::new(head), bytes))
                })
                .collect()
        })
        .await
    }

    async fn kept_or_read<T: Send + Sync + 'static>(
        &self,
        spots: &[Spot],
        name: impl Fn(&Spot) -> Name,
        read: impl AsyncFnOnce(Vec<Uuid>) -> Answer<Vec<(Uuid, Arc<T>, u64)>>,
    ) -> Answer<Vec<Option<Arc<T>>>> {
        let kept = self.catalogue.map(|(catalogue, _)| &catalogue.kept);
        let mut found: Vec<Option<Arc<T>>> =
            spots.iter().map(|spot| kept?.find(&name(spot))).collect();
        let missing: Vec<Uuid> = spots
            .iter()
            .zip(&found)
            .filter(|(_, row)| row.is_none())
            .map(|(spot, _)| spot.edition)
            .collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let rows = read(missing).await?;
        let rows: HashMap<Uuid, (Arc<T>, u64)> =
            rows.into_iter().map(|(edition, row, bytes)| (edition, (row, bytes))).collect();
        for (spot, place) in spots.iter().zip(&mut found).filter(|(_, row)| row.is_none()) {
            if let Some((row, bytes)) = rows.get(&spot.edition) {
                if let Some(kept) = kept {
                    kept.keep(name(spot), row, *bytes);
                }
                *place = Some(row.clone());
            }
        }
        Ok(found)
    }
}

/// About what a head takes in memory.
fn weight(head: &live::Model) -> u64 {
    let texts = [&head.summary, &head.summary_folded, &head.attribution, &head.source_url];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    let lists = [&head.aliases, &head.further_sources, &head.old_paths];
    let lists: u64 = lists.into_iter().map(length).sum();
    let cover = head.cover.as_ref().map_or(0, length);
    let title = 2 * head.title.len() + head.title_key.len() + head.slug.len();
    600 + (texts + title) as u64 + 3 * (lists + cover)
}

/// How long a value would be as JSON; in memory it takes some three times that.
fn length(value: &impl Serialize) -> u64 {
    struct Counter(u64);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // What does not become JSON has no length; such a value is not written by us.
    serde_json::to_writer(&mut counter, value).ok();
    counter.0
}
