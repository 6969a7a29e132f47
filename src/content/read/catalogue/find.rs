//! Finding in the catalogue: with the eyes of one reader, by the rules that the database follows.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use sea_orm::Value;
use uuid::Uuid;

use super::{
    super::{
        filter::{Check, Quantifier, Test},
        order::{Cursor, Direction, Mark, Ordering as Order, Sort, SortColumn, stale_cursor},
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

/// Tests.
impl Eyes<'_> {
    /// Whether the catalogue can tell what the test asks.
    fn knows(&self, test: &Test) -> bool {
        match test {
            Test::All(tests) => tests.iter().all(|test| self.knows(test)),
            // How a database reads a condition that says nothing, inside a choice or turned round,
            // is left to the database.
            Test::Any(tests) => tests.iter().all(|test| !says_nothing(test) && self.knows(test)),
            Test::Not(test) => !says_nothing(test) && self.knows(test),
            Test::Head { column, checks } => checks.iter().all(|check| match *column {
                "entry_id" | "slug" | "language" | "register" => {
                    matches!(check, Check::Eq(_) | Check::In(_))
                }
                "first_published_at" | "published_at" | "updated_at" => {
                    matches!(check, Check::Gt(_) | Check::Gte(_) | Check::Lt(_) | Check::Lte(_))
                }
                _ => false,
            }),
            Test::Own { .. } => false,
            Test::Term { checks, .. } => plain(checks),
            Test::TermNot { checks, .. } => !checks.is_empty() && plain(checks),
            Test::Related { routes, quantifier, test, .. } => {
                routes.iter().all(|route| matches!(route, Route::Own(_) | Route::Back { .. }))
                    && (*quantifier != Quantifier::Every || !says_nothing(test))
                    && self.knows(test)
            }
        }
    }

    /// Whether the edition passes a test that the catalogue knows.
    fn passes(&self, no: No, test: &Test) -> bool {
        let card = self.index.card(no);
        match test {
            Test::All(tests) => tests.iter().all(|test| self.passes(no, test)),
            Test::Any(tests) => tests.iter().any(|test| self.passes(no, test)),
            Test::Not(test) => !self.passes(no, test),
            Test::Head { column, checks } => {
                checks.iter().all(|check| self.head_passes(card, column, check))
            }
            Test::Own { .. } => false,
            Test::Term { field, checks } => self.any_value(card, field, |value| {
                checks.iter().all(|check| text_passes(value, check))
            }),
            Test::TermNot { field, checks } => self.any_value(card, field, |value| {
                !checks.iter().all(|check| text_passes(value, check))
            }),
            Test::Related { to, routes, quantifier, test } => {
                let Some(kind) = self.index.words.known(to) else {
                    return *quantifier != Quantifier::Some;
                };
                let turned = *quantifier == Quantifier::Every;
                let mut any = false;
                for route in *routes {
                    self.along(route, card.entry, |_, entry| {
                        any |= self
                            .chosen_of(Some(kind), entry)
                            .is_some_and(|no| self.passes(no, test) != turned);
                    });
                }
                any == (*quantifier == Quantifier::Some)
            }
        }
    }

    fn head_passes(&self, card: &Card, column: &str, check: &Check) -> bool {
        let words = &self.index.words;
        match column {
            "entry_id" => {
                let id = Value::from(self.index.node(card.entry).id);
                match check {
                    Check::Eq(to) => *to == id,
                    Check::In(to) => to.contains(&id),
                    _ => false,
                }
            }
            "slug" => text_passes(&card.slug, check),
            "language" => text_passes(words.text(card.language), check),
            "register" => text_passes(words.text(card.register), check),
            _ => time_passes(time(column, card), check),
        }
    }

    fn any_value(&self, card: &Card, field: &str, passes: impl Fn(&str) -> bool) -> bool {
        let Some(field) = self.index.words.known(field) else { return false };
        let values = card.terms.iter().filter(|(name, _)| *name == field);
        values.map(|(_, value)| self.index.words.text(*value)).any(passes)
    }

    /// A few editions among which all are that pass the test; nothing where that would be most.
    fn candidates(&self, kind: Word, test: &Test) -> Option<Vec<No>> {
        match test {
            Test::All(tests) => {
                let some = tests.iter().filter_map(|test| self.candidates(kind, test));
                some.min_by_key(Vec::len)
            }
            Test::Any(tests) => {
                let all: Option<Vec<Vec<No>>> =
                    tests.iter().map(|test| self.candidates(kind, test)).collect();
                Some(all?.concat())
            }
            Test::Head { column: "slug", checks } => {
                let named = |value: &Value| {
                    let found =
                        text_of(value).and_then(|slug| self.index.slugs.get(&(kind, slug.into())));
                    found.into_iter().flatten().copied().collect::<Vec<No>>()
                };
                checks.iter().find_map(|check| match check {
                    Check::Eq(value) => Some(named(value)),
                    Check::In(values) => Some(values.iter().flat_map(named).collect()),
                    _ => None,
                })
            }
            Test::Head { column: "entry_id", checks } => {
                let found = |value: &Value| match value {
                    Value::Uuid(Some(id)) => {
                        self.index.node_of(*id).and_then(|node| self.chosen_of(Some(kind), node))
                    }
                    _ => None,
                };
                checks.iter().find_map(|check| match check {
                    Check::Eq(value) => Some(found(value).into_iter().collect()),
                    Check::In(values) => Some(values.iter().filter_map(found).collect()),
                    _ => None,
                })
            }
            Test::Term { field, checks } => {
                let field = self.index.words.known(field);
                let with = |value: &Value| {
                    let value = text_of(value).and_then(|value| self.index.words.known(value));
                    let with = field.zip(value).and_then(|term| self.index.with_term.get(&term));
                    let with = with.into_iter().flatten().copied();
                    // Other kinds have fields of the same name.
                    with.filter(|no| self.index.card(*no).kind == kind).collect::<Vec<No>>()
                };
                checks.iter().find_map(|check| match check {
                    Check::Eq(value) => Some(with(value)),
                    Check::In(values) => Some(values.iter().flat_map(with).collect()),
                    _ => None,
                })
            }
            Test::Related { to, routes, quantifier: Quantifier::Some, test } => {
                let to = self.index.words.known(to)?;
                let targets = self.candidates(to, test)?;
                let mut found = Vec::new();
                for target in targets {
                    let target = self.index.card(target).entry;
                    for route in *routes {
                        match route {
                            Route::Own(field) => {
                                let field = self.index.words.known(field)?;
                                let named_by = self.index.node(target).named_by.iter();
                                found.extend(
                                    named_by
                                        .filter(|(name, _)| *name == field)
                                        .map(|(_, no)| *no)
                                        .filter(|no| self.index.card(*no).kind == kind),
                                );
                            }
                            Route::Back { field, .. } => {
                                self.along(&Route::Own(field), target, |_, entry| {
                                    found.extend(self.chosen_of(Some(kind), entry));
                                });
                            }
                            Route::Through { .. } | Route::Beside { .. } => return None,
                        }
                    }
                }
                Some(found)
            }
            Test::Not(_)
            | Test::Head { .. }
            | Test::Own { .. }
            | Test::TermNot { .. }
            | Test::Related { .. } => None,
        }
    }
}

fn says_nothing(test: &Test) -> bool {
    match test {
        Test::All(tests) => tests.iter().all(says_nothing),
        Test::Head { checks, .. } => checks.is_empty(),
        _ => false,
    }
}

fn plain(checks: &[Check]) -> bool {
    checks.iter().all(|check| matches!(check, Check::Eq(_) | Check::In(_)))
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(Some(text)) => Some(text),
        _ => None,
    }
}

fn text_passes(text: &str, check: &Check) -> bool {
    match check {
        Check::Eq(to) => text_of(to) == Some(text),
        Check::In(to) => to.iter().any(|to| text_of(to) == Some(text)),
        _ => false,
    }
}

fn time_passes(time: DateTime<Utc>, check: &Check) -> bool {
    let (Check::Gt(to) | Check::Gte(to) | Check::Lt(to) | Check::Lte(to)) = check else {
        return false;
    };
    let Value::ChronoDateTimeUtc(Some(to)) = to else { return false };
    match check {
        Check::Gt(_) => time > *to,
        Check::Gte(_) => time >= *to,
        Check::Lt(_) => time < *to,
        _ => time <= *to,
    }
}

/// Order, and the place in it.
impl Eyes<'_> {
    fn sorts_by(&self, column: &SortColumn) -> bool {
        !column.own
            && matches!(
                column.name,
                "title_key" | "first_published_at" | "published_at" | "updated_at"
            )
    }

    /// The part of a list sorted by title that the window shows, and one more.
    fn cut_by_title(&self, all: &[No], order: &Order, window: &Window) -> Answer<Vec<No>> {
        let (size, offset) = (window.size() as usize + 1, window.offset() as usize);
        let backwards = window.backwards();
        let Some(cursor) = window.cursor() else {
            return Ok(if backwards {
                all.iter().rev().take(size).copied().collect()
            } else {
                all.iter().skip(offset).take(size).copied().collect()
            });
        };
        let place = self.place_of(cursor, order, backwards)?;
        let before = |no: &No| self.compared(*no, order, &place, false) == Ordering::Less;
        let upto = |no: &No| self.compared(*no, order, &place, false) != Ordering::Greater;
        Ok(if backwards {
            let end = all.partition_point(before);
            all[..end].iter().rev().take(size).copied().collect()
        } else {
            let start = all.partition_point(upto);
            all[start..].iter().skip(offset).take(size).copied().collect()
        })
    }

    fn cut(&self, all: &[No], order: &Order, window: &Window) -> Answer<Vec<No>> {
        let backwards = window.backwards();
        let place = window.cursor();
        let place = place.map(|cursor| self.place_of(cursor, order, backwards)).transpose()?;
        let beyond = |no: &&No| {
            let place = place.as_ref();
            place.is_none_or(|place| {
                self.compared(**no, order, place, backwards) == Ordering::Greater
            })
        };
        let mut left: Vec<No> = all.iter().filter(beyond).copied().collect();
        left.sort_by(|one, other| {
            let other = self.index.card(*other);
            let values = order.0.iter().map(|sort| value(&sort.column, other)).collect();
            let place = (values, self.index.node(other.entry).id);
            self.compared(*one, order, &place, backwards)
        });
        let (size, offset) = (window.size() as usize + 1, window.offset() as usize);
        Ok(left.into_iter().skip(offset).take(size).collect())
    }

    fn place_of<'c>(
        &self,
        cursor: &Cursor,
        order: &Order,
        backwards: bool,
    ) -> Answer<(Vec<Sorted<'c>>, Uuid)> {
        let (marks, entry) = order.opened(cursor, backwards)?;
        let opened = |(sort, mark): (&Sort, &Mark)| -> Option<Sorted<'c>> {
            let Mark::Text(text) = mark else { return None };
            Some(if sort.column.name == "title_key" {
                Sorted::Key(hex::decode(text).ok()?.into())
            } else {
                Sorted::Time(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc))
            })
        };
        let values: Option<Vec<Sorted<'c>>> = order.0.iter().zip(marks).map(opened).collect();
        Ok((values.ok_or_else(|| stale_cursor(backwards))?, entry))
    }

    fn compared(
        &self,
        no: No,
        order: &Order,
        place: &(Vec<Sorted<'_>>, Uuid),
        backwards: bool,
    ) -> Ordering {
        let card = self.index.card(no);
        let turned =
            |ordering: Ordering, turn: bool| if turn { ordering.reverse() } else { ordering };
        for (sort, bound) in order.0.iter().zip(&place.0) {
            let ordering = value(&sort.column, card).cmp(bound);
            if ordering != Ordering::Equal {
                return turned(ordering, (sort.direction == Direction::Descending) != backwards);
            }
        }
        turned(self.index.node(card.entry).id.cmp(&place.1), backwards)
    }
}

/// A value that is sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Sorted<'c> {
    Key(std::borrow::Cow<'c, [u8]>),
    Time(DateTime<Utc>),
}

fn value<'c>(column: &SortColumn, card: &'c Card) -> Sorted<'c> {
    if column.name == "title_key" {
        Sorted::Key((&*card.title_key).into())
    } else {
        Sorted::Time(time(column.name, card))
    }
}

fn mark(column: &SortColumn, card: &Card) -> Mark {
    Mark::Text(match value(column, card) {
        Sorted::Key(key) => hex::encode(key),
        Sorted::Time(at) => at.to_rfc3339(),
    })
}

fn time(column: &str, card: &Card) -> DateTime<Utc> {
    match column {
        "first_published_at" => card.first_published_at,
        "updated_at" => card.updated_at,
        _ => card.published_at,
    }
}
