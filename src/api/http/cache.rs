//! What caches may do with an answer.
//!
//! A public answer to a GET may be kept by anybody and is named by what it shows, so that a
//! publication can purge it (`Cache-Tag`). An answer to somebody in particular is never kept, and
//! neither is an error.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use super::{Settings, answer::Written};

/// The header with which an editor asks for drafts.
const VIEW: &str = "koffer-view";
/// What an answer depends on besides its address.
const VARY: &str = "Accept, Authorization, Koffer-View";

/// More tags than this, or more bytes, and only the kinds are named.
const MOST_TAGS: usize = 100;
const MOST_BYTES: usize = 8 * 1024;

/// What an answer shows, as its resolvers report it.
///
/// Whoever changes an entry purges both `entry:<id>` and its kind. So a list names its kind (a new
/// entry belongs in it), a single entry names itself, and an answer with too many entries to name
/// falls back to their kinds and is purged a little too often, never too seldom.
#[derive(Debug, Clone, Default)]
pub struct CacheTags(Arc<Mutex<Shown>>);

#[derive(Debug, Default)]
struct Shown {
    kinds: BTreeSet<String>,
    entries: BTreeSet<String>,
    kinds_of_entries: BTreeSet<String>,
}

impl CacheTags {
    /// The answer depends on which entries of this kind there are.
    pub fn kind(&self, kind: &str) {
        self.with(|shown| shown.kinds.insert(clean(kind)));
    }

    /// The answer shows this entry.
    pub fn entry(&self, kind: &str, id: impl std::fmt::Display) {
        self.with(|shown| {
            shown.kinds_of_entries.insert(clean(kind));
            // One too many is enough to know that there are too many.
            if shown.entries.len() <= MOST_TAGS {
                shown.entries.insert(clean(&format!("entry:{id}")));
            }
        });
    }

    /// The tags joined by commas; nothing if there are none.
    #[must_use]
    pub fn header(&self) -> Option<String> {
        self.with(|shown| {
            let join = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
                one.union(other).map(String::as_str).collect::<Vec<_>>().join(",")
            };
            let number = shown.kinds.len() + shown.entries.len();
            let mut tags = join(&shown.kinds, &shown.entries);
            if number > MOST_TAGS || tags.len() > MOST_BYTES {
                tags = join(&shown.kinds, &shown.kinds_of_entries);
            }
            Some(tags).filter(|tags| !tags.is_empty())
        })
    }

    fn with<T>(&self, does: impl FnOnce(&mut Shown) -> T) -> T {
        // A set of names is never half written, so a panic elsewhere does not spoil it.
        does(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn clean(tag: &str) -> String {
    tag.chars().filter(|c| c.is_ascii_alphanumeric() || ":_-.".contains(*c)).collect()
}

/// Whether the answer may differ from what everybody sees.
pub(super) fn is_personal(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key(VIEW)
}

/// Nobody may keep this.
pub(super) fn forbid(answer: Written) -> poem::Response {
    let mut answer = poem::Response::from(answer);
    insert(answer.headers_mut(), header::CACHE_CONTROL, "no-store");
    answer
}

/// An answer to somebody in particular.
pub(super) fn forbid_sharing(answer: Written) -> poem::Response {
    let mut answer = poem::Response::from(answer);
    insert(answer.headers_mut(), header::CACHE_CONTROL, "private, no-store");
    insert(answer.headers_mut(), header::VARY, VARY);
    answer
}

/// The public answer, or only that it is still what the caller has.
pub(super) fn allow(
    answer: Written,
    request: &HeaderMap,
    tags: &CacheTags,
    settings: &Settings,
) -> poem::Response {
    let etag = etag(&answer);
    let mut answer = if has_it(request, &etag) {
        poem::Response::builder().status(StatusCode::NOT_MODIFIED).finish()
    } else {
        answer.into()
    };

    let (fresh, stale) = (settings.fresh.as_secs(), settings.stale.as_secs());
    let control = format!("public, max-age={fresh}, stale-while-revalidate={stale}");
    let headers = answer.headers_mut();
    insert(headers, header::ETAG, &etag);
    insert(headers, header::CACHE_CONTROL, &control);
    insert(headers, header::VARY, VARY);
    if let Some(tags) = tags.header() {
        insert(headers, HeaderName::from_static("cache-tag"), &tags);
    }
    answer
}

/// The two forms of an answer have the same bytes but are not the same, so the form counts too.
fn etag(answer: &Written) -> String {
    let mut hash = Sha256::new();
    hash.update(answer.media.content_type());
    hash.update(&answer.body);
    format!("\"{}\"", hex::encode(&hash.finalize()[..16]))
}

fn has_it(request: &HeaderMap, etag: &str) -> bool {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    known
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
