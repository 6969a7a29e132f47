//! The one place where the general rooms know the list of kinds: answers that hold any kind.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, SelectionField};
use entity::live;
use uuid::Uuid;

use super::{
    published::Wanted,
    visit::{self, Visit},
};
use crate::{
    content::{edition::Wish, link::Route},
    error::Answer,
};

pub use crate::kinds::{Entry, Kind, Node};

/// The entries with these heads, read as deeply as the query looks into them.
///
/// One statement for each kind that is there, however many entries there are.
pub async fn entries<'q>(
    ctx: &Context<'_>,
    wish: &Wish,
    heads: Vec<live::Model>,
    selection: impl Iterator<Item = SelectionField<'q>>,
) -> Answer<HashMap<Uuid, Entry>> {
    let visit = Visit::of(ctx);
    let depth = Wanted::anywhere(selection);
    let mut by_kind: HashMap<Kind, Vec<live::Model>> = HashMap::new();
    for head in heads {
        if let Some(kind) = Kind::from_name(&head.kind) {
            by_kind.entry(kind).or_default().push(head);
        }
    }
    let mut entries = HashMap::new();
    for (kind, heads) in by_kind {
        for entry in kind.open(visit.reader(wish), heads, depth).await? {
            visit::shows(ctx, entry.live());
            entries.insert(entry.live().entry_id, entry);
        }
    }
    Ok(entries)
}

/// The public entry with this id, whatever its kind.
pub async fn by_id(ctx: &Context<'_>, id: Uuid) -> Answer<Option<Entry>> {
    let visit = Visit::of(ctx);
    let wish = visit.wish(ctx);
    let selection: Vec<_> = ctx.field().selection_set().collect();
    let place = super::batch::Place::of(ctx, "entry", wish.clone());
    let found = visit
        .batches
        .load(place, id, async |ids| {
            let heads = visit.reader(&wish).any_by_ids(&ids).await?;
            entries(ctx, &wish, heads, selection.into_iter()).await
        })
        .await?;
    Ok(found.map(|entry| Entry::clone(&entry)))
}

/// The entries of any kind that the routes lead to.
pub async fn related(
    ctx: &Context<'_>,
    routes: &'static [Route],
    parent: Uuid,
) -> Answer<Vec<Entry>> {
    let visit = Visit::of(ctx);
    let wish = visit.wish(ctx);
    let selection: Vec<_> = ctx.field().selection_set().collect();
    let place = super::batch::Place::of(ctx, "entries", wish.clone());
    let found = visit
        .batches
        .load(place, parent, async |parents| {
            let lists = visit.reader(&wish).related_heads(routes, &parents).await?;
            let mut heads: HashMap<Uuid, live::Model> = HashMap::new();
            for head in lists.values().flatten() {
                heads.insert(head.entry_id, live::Model::clone(head));
            }
            let entries =
                entries(ctx, &wish, heads.into_values().collect(), selection.into_iter()).await?;
            let list = |heads: Vec<Arc<live::Model>>| -> Vec<Entry> {
                heads.iter().filter_map(|head| entries.get(&head.entry_id).cloned()).collect()
            };
            Ok(lists.into_iter().map(|(parent, heads)| (parent, list(heads))).collect())
        })
        .await?;
    Ok(found.map_or_else(Vec::new, |list| Vec::clone(&list)))
}

/// The public entry at this path, or at one that led to it earlier.
pub async fn by_path(ctx: &Context<'_>, path: &str) -> Answer<Option<Entry>> {
    let wish = Visit::of(ctx).wish(ctx);
    let Some(head) = Visit::of(ctx).reader(&wish).any_by_path(path).await? else { return Ok(None) };
    let id = head.entry_id;
    Ok(entries(ctx, &wish, vec![head], ctx.field().selection_set()).await?.remove(&id))
}
