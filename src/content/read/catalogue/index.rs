//! What the catalogue holds, and how it is brought up to date.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::content::link::Route;

/// A place in one of the lists of the index.
pub type No = u32;

/// Kinds, fields, languages and plain values are many times the same; each is kept once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word(u32);

#[derive(Default)]
pub struct Words {
    numbers: HashMap<Arc<str>, Word>,
    texts: Vec<Arc<str>>,
}

impl Words {
    /// The word, if anything has it.
    pub fn known(&self, text: &str) -> Option<Word> {
        self.numbers.get(text).copied()
    }

    pub fn text(&self, word: Word) -> &str {
        &self.texts[word.0 as usize]
    }

    fn learn(&mut self, text: &str) -> Word {
        if let Some(word) = self.known(text) {
            return word;
        }
        let (word, text) = (Word(self.texts.len() as u32), Arc::<str>::from(text));
        self.texts.push(text.clone());
        self.numbers.insert(text, word);
        word
    }
}

/// A public edition as it was read from the database.
pub struct Found {
    pub edition: Uuid,
    pub entry: Uuid,
    pub key: Option<String>,
    pub kind: String,
    pub language: String,
    pub register: String,
    pub slug: String,
    pub title_key: Vec<u8>,
    pub first_published_at: DateTime<Utc>,
    pub published_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Field and target, in the order of field and position.
    pub links: Vec<(String, Uuid)>,
    /// Field and value.
    pub terms: Vec<(String, String)>,
}

/// What changed: editions that are public now or, without anything found, are not any more.
pub type News = Vec<(Uuid, Option<Found>)>;

/// A public edition.
pub struct Card {
    pub id: Uuid,
    pub entry: No,
    pub kind: Word,
    pub language: Word,
    pub register: Word,
    pub slug: Box<str>,
    pub title_key: Box<[u8]>,
    /// Its place in the order of titles, among all there are.
    pub place: u32,
    pub first_published_at: DateTime<Utc>,
    pub published_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Whether it is the only edition of its entry, which everybody gets.
    pub alone: bool,
    /// The line of the feed at which it was read: what is kept of its rows is good for that.
    pub read_at: i64,
    pub links: Box<[(Word, No)]>,
    pub terms: Box<[(Word, Word)]>,
}

/// An entry, or a file that a link points at.
pub struct Node {
    pub id: Uuid,
    pub editions: Vec<No>,
    /// Which editions name it, and in which field.
    pub named_by: Vec<(Word, No)>,
}

/// All of one kind.
#[derive(Default)]
pub struct Shelf {
    /// Its editions in the order of titles.
    pub editions: Vec<No>,
    pub entries: usize,
}

/// Where the rows of an edition are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spot {
    pub edition: Uuid,
    pub entry: Uuid,
    pub read_at: i64,
}

/// The entries that routes lead to from one entry, for readers with one rule of falling back.
type From = (Word, No, Box<[Route]>, Box<[(Word, Word)]>);

/// The entries around those that readers looked at, in the order of titles; forgotten with every
/// change. A theme field may have thousands, and all its pages begin with them.
#[derive(Default)]
pub struct Neighbours(Mutex<Near>);

#[derive(Default)]
struct Near {
    lists: HashMap<From, Arc<[No]>>,
    entries: usize,
}

impl Neighbours {
    /// How many entries all lists together may have.
    const MOST: usize = 1_000_000;

    pub fn of(&self, from: From, find: impl FnOnce() -> Arc<[No]>) -> Arc<[No]> {
        if let Some(list) = self.near().lists.get(&from) {
            return list.clone();
        }
        let list = find();
        let mut near = self.near();
        if near.entries + list.len() + near.lists.len() > Self::MOST {
            *near = Near::default();
        }
        near.entries += list.len();
        near.lists.insert(from, list.clone());
        list
    }

    fn near(&self) -> MutexGuard<'_, Near> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
pub struct Index {
    pub sequence: i64,
    pub words: Words,
    nodes: Vec<Node>,
    by_id: HashMap<Uuid, No>,
    cards: Vec<Option<Card>>,
    free: Vec<No>,
    by_edition: HashMap<Uuid, No>,
    /// All editions in the order of titles.
    order: Vec<No>,
    pub shelves: BTreeMap<Word, Shelf>,
    pub slugs: HashMap<(Word, Box<str>), Vec<No>>,
    pub keys: HashMap<(Word, Box<str>), No>,
    pub with_term: HashMap<(Word, Word), Vec<No>>,
    pub neighbours: Neighbours,
}

impl Index {
    /// An empty one, to be filled with what was public at this line of the feed.
    pub fn at(sequence: i64) -> Self {
        Self { sequence, ..Self::default() }
    }

    pub fn node(&self, no: No) -> &Node {
        &self.nodes[no as usize]
    }

    pub fn node_of(&self, id: Uuid) -> Option<No> {
        self.by_id.get(&id).copied()
    }

    /// The edition with this number. Numbers come from the index itself and are never kept
    /// beyond one look into it, so there is always one.
    pub fn card(&self, no: No) -> &Card {
        self.cards[no as usize].as_ref().expect("numbers in the index lead to editions")
    }

    pub fn spot(&self, no: No) -> Spot {
        let card = self.card(no);
        Spot { edition: card.id, entry: self.node(card.entry).id, read_at: card.read_at }
    }

    /// Takes in some of the editions of an index that is not complete yet.
    pub fn add(&mut self, found: impl IntoIterator<Item = Found>) {
        for found in found {
            self.insert(found);
        }
    }

    /// Puts everything in order; to be called when editions have come or gone.
    pub fn sort(&mut self) {
        self.neighbours = Neighbours::default();
        let cards = &self.cards;
        self.order.retain(|no| cards[*no as usize].is_some());
        let mut order = std::mem::take(&mut self.order);
        order.sort_by(|one, other| {
            let (one, other) = (self.card(*one), self.card(*other));
            one.title_key
                .cmp(&other.title_key)
                .then_with(|| self.node(one.entry).id.cmp(&self.node(other.entry).id))
                .then_with(|| one.id.cmp(&other.id))
        });

        self.shelves.clear();
        for (place, no) in order.iter().enumerate() {
            let card = self.cards[*no as usize].as_mut().expect("only what is there is in order");
            card.place = place as u32;
            card.alone = self.nodes[card.entry as usize].editions.len() == 1;
            let shelf = self.shelves.entry(card.kind).or_default();
            shelf.editions.push(*no);
            // An entry counts once, with the first of its editions.
            let editions = &self.nodes[card.entry as usize].editions;
            shelf.entries += usize::from(editions.first() == Some(no));
        }
        self.order = order;
    }

    /// Brings the index to a newer line of the feed.
    pub fn update(&mut self, news: News, sequence: i64) {
        self.sequence = sequence;
        let mut gone = Vec::new();
        for (edition, found) in news {
            gone.extend(self.remove(edition));
            if let Some(found) = found {
                self.insert(found);
            }
        }
        self.sort();
        // Only now, when the order has forgotten them, may these numbers be given away again.
        self.free.extend(gone);
    }

    fn insert(&mut self, found: Found) {
        let no = self.free.pop().unwrap_or_else(|| {
            self.cards.push(None);
            (self.cards.len() - 1) as No
        });
        let entry = self.learn(found.entry);
        let kind = self.words.learn(&found.kind);
        if let Some(key) = found.key {
            self.keys.insert((kind, key.into()), entry);
        }
        self.slugs.entry((kind, found.slug.as_str().into())).or_default().push(no);
        self.nodes[entry as usize].editions.push(no);
        let links: Box<[(Word, No)]> = found
            .links
            .iter()
            .map(|(field, target)| (self.words.learn(field), self.learn(*target)))
            .collect();
        for (field, target) in &links {
            self.nodes[*target as usize].named_by.push((*field, no));
        }
        let terms: Box<[(Word, Word)]> = found
            .terms
            .iter()
            .map(|(field, value)| (self.words.learn(field), self.words.learn(value)))
            .collect();
        for term in &terms {
            self.with_term.entry(*term).or_default().push(no);
        }
        self.by_edition.insert(found.edition, no);
        self.order.push(no);
        self.cards[no as usize] = Some(Card {
            id: found.edition,
            entry,
            kind,
            language: self.words.learn(&found.language),
            register: self.words.learn(&found.register),
            slug: found.slug.into(),
            title_key: found.title_key.into(),
            place: 0,
            alone: false,
            first_published_at: found.first_published_at,
            published_at: found.published_at,
            updated_at: found.updated_at,
            read_at: self.sequence,
            links,
            terms,
        });
    }

    fn remove(&mut self, edition: Uuid) -> Option<No> {
        let no = self.by_edition.remove(&edition)?;
        let card = self.cards[no as usize].take()?;
        self.nodes[card.entry as usize].editions.retain(|other| *other != no);
        for (_, target) in &card.links {
            self.nodes[*target as usize].named_by.retain(|(_, other)| *other != no);
        }
        for term in &card.terms {
            if let Some(with) = self.with_term.get_mut(term) {
                with.retain(|other| *other != no);
            }
        }
        if let Some(named) = self.slugs.get_mut(&(card.kind, card.slug)) {
            named.retain(|other| *other != no);
        }
        Some(no)
    }

    fn learn(&mut self, id: Uuid) -> No {
        *self.by_id.entry(id).or_insert_with(|| {
            self.nodes.push(Node { id, editions: Vec::new(), named_by: Vec::new() });
            (self.nodes.len() - 1) as No
        })
    }
}
