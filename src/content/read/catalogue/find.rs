//! Finding in the catalogue, with the eyes of one reader: lists, relations, counts.

mod order;
mod test;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use self::order::mark;
use super::{
    super::{
        filter::Test,
        order::{Cursor, Ordering as Order, Sort},
        page::{Scope, Window},
    },
    index::{Card, Index, No, Spot, Word},
};
use crate::{
    content::{edition::Wish, link::Route},
    error::Answer,
};

/// The index as one reader sees it.
pub struct Eyes<'i> {
    index: &'i Index,
    lists: &'i Lists,
    /// The rule of falling back, without the steps that no edition stands on.
    ladder: Vec<(Word, Word)>,
}

/// The lists that were found for one request.
#[derive(Default)]
pub struct Lists(Mutex<HashMap<String, Listed>>);

/// A sorted list, and the line of the feed at which it was made.
type Listed = (i64, Arc<[No]>);

impl Lists {
    /// The list of this name, if it was found in the index as it is now; else it is found.
    fn of(&self, name: String, sequence: i64, find: impl FnOnce() -> Arc<[No]>) -> Arc<[No]> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((found_at, list)) = known().get(&name)
            && *found_at == sequence
        {
            return list.clone();
        }
        let list = find();
        known().insert(name, (sequence, list.clone()));
        list
    }
}

/// Entries in the order of a list, each with what its cursor remembers.
pub struct Picked {
    pub spots: Vec<Spot>,
    pub cursors: Vec<Cursor>,
}

impl<'i> Eyes<'i> {
    pub fn new(index: &'i Index, lists: &'i Lists, wish: &Wish) -> Self {
        let known = |(language, register): (&str, crate::content::edition::Register)| {
            Some((index.words.known(language)?, index.words.known(register.as_str())?))
        };
        Self { index, lists, ladder: wish.ladder().into_iter().filter_map(known).collect() }
    }

    /// The edition of the entry that the reader gets.
    fn chosen(&self, entry: No) -> Option<No> {
        match self.index.node(entry).editions.as_slice() {
            [] => None,
            [only] => Some(*only),
            several => several.iter().copied().min_by(|one, other| {
                let (one, other) = (self.index.card(*one), self.index.card(*other));
                self.rung(one).cmp(&self.rung(other)).then_with(|| {
                    let name = |card: &Card| {
                        (self.index.words.text(card.language), self.index.words.text(card.register))
                    };
                    name(one).cmp(&name(other))
                })
            }),
        }
    }

    fn rung(&self, card: &Card) -> usize {
        let here = (card.language, card.register);
        self.ladder.iter().position(|step| *step == here).unwrap_or(self.ladder.len())
    }

    fn is_chosen(&self, edition: No) -> bool {
        let card = self.index.card(edition);
        card.alone || self.chosen(card.entry) == Some(edition)
    }

    /// The chosen edition of an entry, if the entry is of this kind; no kind means any.
    fn chosen_of(&self, kind: Option<Word>, entry: No) -> Option<No> {
        self.chosen(entry).filter(|no| kind.is_none_or(|kind| self.index.card(*no).kind == kind))
    }

    pub fn by_ids(&self, kind: Option<&str>, ids: &[Uuid]) -> Vec<Spot> {
        let Some(kind) = self.kind(kind) else { return Vec::new() };
        ids.iter()
            .filter_map(|id| self.chosen_of(kind, self.index.node_of(*id)?))
            .map(|no| self.index.spot(no))
            .collect()
    }

    /// The entries that one of whose editions has this slug; with `or_key`, or that have this key.
    pub fn named(&self, kind: &str, slug: &str, or_key: bool) -> Vec<Spot> {
        let Some(kind) = self.index.words.known(kind) else { return Vec::new() };
        let name = (kind, slug.into());
        let by_slug = self.index.slugs.get(&name).into_iter().flatten();
        let mut entries: Vec<No> = by_slug.map(|no| self.index.card(*no).entry).collect();
        if or_key {
            entries.extend(self.index.keys.get(&name));
        }
        entries.sort_unstable();
        entries.dedup();
        let found = entries.into_iter().filter_map(|entry| self.chosen_of(Some(kind), entry));
        found.map(|no| self.index.spot(no)).collect()
    }

    /// The entries that one of whose editions has one of these plain values.
    pub fn with_values(&self, field: &str, values: &[&str]) -> Vec<Spot> {
        let Some(field) = self.index.words.known(field) else { return Vec::new() };
        let values = values.iter().filter_map(|value| self.index.words.known(value));
        let editions = values.filter_map(|value| self.index.with_term.get(&(field, value)));
        let mut entries: Vec<No> =
            editions.flatten().map(|no| self.index.card(*no).entry).collect();
        entries.sort_unstable();
        entries.dedup();
        let found = entries.into_iter().filter_map(|entry| self.chosen(entry));
        found.map(|no| self.index.spot(no)).collect()
    }

    /// All editions of these entries, with language and register, sorted by these.
    pub fn available(&self, entries: &[Uuid]) -> Vec<(Uuid, String, String)> {
        let mut found: Vec<(Uuid, String, String)> = Vec::new();
        for id in entries {
            let Some(node) = self.index.node_of(*id) else { continue };
            let editions = self.index.node(node).editions.iter().map(|no| self.index.card(*no));
            let name = |word| self.index.words.text(word).to_owned();
            found.extend(editions.map(|card| (*id, name(card.language), name(card.register))));
        }
        found.sort_by(|one, other| (&one.1, &one.2).cmp(&(&other.1, &other.2)));
        found
    }

    /// How many entries of each kind there are.
    pub fn kinds(&self) -> Vec<(String, i64)> {
        let shelves = self.index.shelves.iter();
        shelves
            .map(|(kind, shelf)| (self.index.words.text(*kind).to_owned(), shelf.entries as i64))
            .collect()
    }

    /// Whether something public points at this file.
    pub fn is_named(&self, id: Uuid) -> bool {
        self.index.node_of(id).is_some_and(|node| !self.index.node(node).named_by.is_empty())
    }

    /// For each parent its related entries: those it names itself first, in its order, then those
    /// that name it, by title.
    pub fn related(
        &self,
        kind: Option<&str>,
        routes: &[Route],
        parents: &[Uuid],
    ) -> Vec<(Uuid, Vec<Spot>)> {
        let Some(kind) = self.kind(kind) else { return Vec::new() };
        let list = |parent: &Uuid| {
            let parent = self.index.node_of(*parent)?;
            let mut seen = HashSet::new();
            let mut list = Vec::new();
            for route in routes {
                let mut some: Vec<(usize, u32, No)> = Vec::new();
                self.along(route, parent, |position, entry| {
                    let found = self.chosen_of(kind, entry);
                    some.extend(found.map(|no| (position, self.index.card(no).place, no)));
                });
                some.sort_unstable();
                list.extend(some.into_iter().map(|(_, _, no)| no).filter(|no| seen.insert(*no)));
            }
            Some(list.into_iter().map(|no| self.index.spot(no)).collect())
        };
        parents.iter().filter_map(|parent| Some((*parent, list(parent)?))).collect()
    }

    /// One page of the entries of a kind that are in scope and pass the test, as far as the
    /// catalogue knows what the test and the order are about.
    pub fn page(
        &self,
        kind: &str,
        scope: Scope<'_>,
        test: Option<&Test>,
        order: &Order,
        window: &Window,
    ) -> Answer<Option<Picked>> {
        if !order.0.iter().all(|sort| self.sorts_by(&sort.column))
            || !test.is_none_or(|test| self.knows(test))
        {
            return Ok(None);
        }
        let Some(word) = self.index.words.known(kind) else {
            // Nothing of the kind is public; a cursor may still be out of place.
            window.cursor().map(|cursor| order.opened(cursor, window.backwards())).transpose()?;
            return Ok(Some(Picked { spots: Vec::new(), cursors: Vec::new() }));
        };
        let whole = match (scope, test) {
            (Scope::All, None) => Some(&self.index.shelves[&word]),
            _ => None,
        };
        let found: Arc<[No]>;
        let all: &[No] = match whole {
            // Where no entry has a second edition, the shelf is the list.
            Some(shelf) if shelf.editions.len() == shelf.entries => &shelf.editions,
            _ => {
                found = self.all(word, scope, test);
                &found
            }
        };
        let numbers = if order.0 == [Sort::TITLE] {
            self.cut_by_title(all, order, window)?
        } else {
            self.cut(all, order, window)?
        };
        let fingerprint = order.fingerprint();
        let cursor = |no: &No| {
            let card = self.index.card(*no);
            let marks = order.0.iter().map(|sort| mark(&sort.column, card)).collect();
            Order::cursor_at(&fingerprint, marks, self.index.node(card.entry).id)
        };
        Ok(Some(Picked {
            spots: numbers.iter().map(|no| self.index.spot(*no)).collect(),
            cursors: numbers.iter().map(cursor).collect(),
        }))
    }

    /// How many entries of a kind are in scope and pass the test.
    pub fn count(&self, kind: &str, scope: Scope<'_>, test: Option<&Test>) -> Option<usize> {
        if !test.is_none_or(|test| self.knows(test)) {
            return None;
        }
        let Some(word) = self.index.words.known(kind) else { return Some(0) };
        Some(match (scope, test) {
            (Scope::All, None) => self.index.shelves.get(&word).map_or(0, |shelf| shelf.entries),
            _ => self.all(word, scope, test).len(),
        })
    }

    /// How often the entries of a list name each entry in a field, most first.
    pub fn facet_of_entries(
        &self,
        kind: &str,
        scope: Scope<'_>,
        test: Option<&Test>,
        field: &str,
    ) -> Option<Vec<(Uuid, i64)>> {
        let counted = self.counted(kind, scope, test, field, |card| &card.links)?;
        let mut counted: Vec<(Uuid, i64)> =
            counted.into_iter().map(|(no, count)| (self.index.node(no).id, count)).collect();
        counted.sort_unstable_by_key(|(id, count)| (-count, *id));
        Some(counted)
    }

    /// How often the entries of a list have each plain value in a field, most first.
    pub fn facet_of_values(
        &self,
        kind: &str,
        scope: Scope<'_>,
        test: Option<&Test>,
        field: &str,
    ) -> Option<Vec<(String, i64)>> {
        let counted = self.counted(kind, scope, test, field, |card| &card.terms)?;
        let mut counted: Vec<(String, i64)> = counted
            .into_iter()
            .map(|(value, count)| (self.index.words.text(value).to_owned(), count))
            .collect();
        counted
            .sort_unstable_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        Some(counted)
    }

    fn counted<V: Copy + Ord>(
        &self,
        kind: &str,
        scope: Scope<'_>,
        test: Option<&Test>,
        field: &str,
        values: impl Fn(&Card) -> &[(Word, V)],
    ) -> Option<BTreeMap<V, i64>> {
        if !test.is_none_or(|test| self.knows(test)) {
            return None;
        }
        let mut counts = BTreeMap::new();
        let (Some(kind), Some(field)) =
            (self.index.words.known(kind), self.index.words.known(field))
        else {
            return Some(counts);
        };
        for no in self.all(kind, scope, test).iter() {
            let all = values(self.index.card(*no));
            for (place, (_, value)) in
                all.iter().enumerate().filter(|(_, (name, _))| *name == field)
            {
                // An edition counts once for a value, however often it names it.
                let before = all[..place].iter();
                if !before.into_iter().any(|(name, other)| *name == field && other == value) {
                    *counts.entry(*value).or_insert(0) += 1;
                }
            }
        }
        Some(counts)
    }

    /// The chosen editions of a kind that are in scope and pass the test, in the order of titles.
    ///
    /// A list is shown, counted and divided in one answer; it is found once.
    fn all(&self, kind: Word, scope: Scope<'_>, test: Option<&Test>) -> Arc<[No]> {
        let name = match scope {
            Scope::All => format!("{:?} {kind:?} {test:?}", self.ladder),
            Scope::Related(routes, parents) => {
                format!("{:?} {kind:?} {routes:?} {parents:?} {test:?}", self.ladder)
            }
        };
        self.lists.of(name, self.index.sequence, || match scope {
            Scope::All => self.all_of_kind(kind, test).into(),
            Scope::Related(routes, parents) => {
                let near = self.neighbours(kind, routes, parents);
                match test {
                    None => near,
                    Some(test) => {
                        near.iter().copied().filter(|no| self.passes(*no, test)).collect()
                    }
                }
            }
        })
    }

    fn all_of_kind(&self, kind: Word, test: Option<&Test>) -> Vec<No> {
        let passes =
            |no: &No| self.is_chosen(*no) && test.is_none_or(|test| self.passes(*no, test));
        match test.and_then(|test| self.candidates(kind, test)) {
            Some(few) => self.by_title(few.into_iter().filter(passes)),
            None => {
                let shelf = self.index.shelves.get(&kind);
                let editions = shelf.into_iter().flat_map(|shelf| &shelf.editions);
                editions.copied().filter(passes).collect()
            }
        }
    }

    fn neighbours(&self, kind: Word, routes: &[Route], parents: &[Uuid]) -> Arc<[No]> {
        let parents: Vec<No> =
            parents.iter().filter_map(|parent| self.index.node_of(*parent)).collect();
        let find = || {
            let mut found = Vec::new();
            for parent in &parents {
                for route in routes {
                    self.along(route, *parent, |_, entry| {
                        found.extend(self.chosen_of(Some(kind), entry));
                    });
                }
            }
            self.by_title(found.into_iter()).into()
        };
        match parents[..] {
            [parent] => {
                let name = (kind, parent, routes.into(), self.ladder.as_slice().into());
                self.index.neighbours.of(name, find)
            }
            _ => find(),
        }
    }

    fn by_title(&self, editions: impl Iterator<Item = No>) -> Vec<No> {
        // The places beside the numbers, so that sorting looks at nothing else.
        let mut found: Vec<(u32, No)> =
            editions.map(|no| (self.index.card(no).place, no)).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|(_, no)| no).collect()
    }

    /// Follows a route: with the position where an editor chose one, and the entry it leads to.
    fn along(&self, route: &Route, parent: No, mut reached: impl FnMut(usize, No)) {
        let word = |text: &str| self.index.words.known(text);
        let naming = |target: No, field: Word| {
            let named_by = self.index.node(target).named_by.iter();
            named_by
                .filter(move |(name, _)| *name == field)
                .map(|(_, no)| *no)
                .filter(|no| self.is_chosen(*no))
        };
        let of_kind = |kind: Word| move |no: &No| self.index.card(*no).kind == kind;
        match route {
            Route::Own(field) => {
                let (Some(field), Some(edition)) = (word(field), self.chosen(parent)) else {
                    return;
                };
                let links = self.index.card(edition).links.iter();
                let own = links.filter(|(name, _)| *name == field);
                own.enumerate().for_each(|(position, (_, target))| reached(position, *target));
            }
            Route::Back { kind, field } => {
                let (Some(kind), Some(field)) = (word(kind), word(field)) else { return };
                naming(parent, field)
                    .filter(of_kind(kind))
                    .for_each(|no| reached(0, self.index.card(no).entry));
            }
            Route::Through { named_in, kind, field } => {
                let (Some(named_in), Some(kind), Some(field)) =
                    (word(named_in), word(kind), word(field))
                else {
                    return;
                };
                for between in naming(parent, named_in) {
                    naming(self.index.card(between).entry, field)
                        .filter(of_kind(kind))
                        .for_each(|no| reached(0, self.index.card(no).entry));
                }
            }
            Route::Beside { named_in, field } => {
                let (Some(named_in), Some(field)) = (word(named_in), word(field)) else { return };
                for beside in naming(parent, named_in) {
                    let links = self.index.card(beside).links.iter();
                    links
                        .filter(|(name, _)| *name == field)
                        .for_each(|(_, target)| reached(0, *target));
                }
            }
        }
    }

    /// A word for the kind that is asked for; nothing where nothing of it is public.
    fn kind(&self, kind: Option<&str>) -> Option<Option<Word>> {
        match kind {
            None => Some(None),
            Some(kind) => self.index.words.known(kind).map(Some),
        }
    }
}

fn time(column: &str, card: &Card) -> DateTime<Utc> {
    match column {
        "first_published_at" => card.first_published_at,
        "updated_at" => card.updated_at,
        _ => card.published_at,
    }
}
