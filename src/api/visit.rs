//! What one request carries through all its resolvers: where to read, for whom, and what it read.
//!
//! What a reader may see is decided once, when the visit is made; no resolver widens it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use async_graphql::{Context, QueryPathSegment};

use super::{batch::Batches, http::CacheTags};
use crate::{
    app::App,
    auth::{caller::Caller, principal::Who},
    content::{
        edition::Wish,
        idempotency::Once,
        preview::Shown,
        read::{Reader, catalogue::Trust},
        view::View,
    },
    db::Db,
    error::{Answer, Failure},
};

/// One request on its way through the resolvers.
pub struct Visit {
    pub app: Arc<App>,
    pub who: Who,
    /// What is read: decided here, once, and by nothing further down.
    pub view: View,
    /// The preview whose token came with the request.
    pub preview: Option<Shown>,
    /// Under which the caller wants a thing made only once.
    /// And what was asked with it, so that the key is not taken for something else.
    pub once: Option<(String, String)>,
    pub caller: Caller,
    pub batches: Batches,
    trust: Trust,
    /// Whether a password or a code was shown in this request.
    has_proved: AtomicBool,
    /// The wish of each root field, by its name in the answer; all below it inherits it.
    wishes: Mutex<HashMap<String, Arc<Wish>>>,
}

impl Visit {
    pub fn new(app: Arc<App>, who: Who) -> Self {
        let caller = Caller::default();
        Self {
            app,
            who,
            caller,
            view: View::Published,
            preview: None,
            once: None,
            batches: Batches::default(),
            trust: Trust::default(),
            has_proved: AtomicBool::default(),
            wishes: Mutex::default(),
        }
    }

    /// The same visit, with what is known of where it comes from.
    #[must_use]
    pub fn from(self, caller: Caller) -> Self {
        Self { caller, ..self }
    }

    /// The same visit, of somebody who sees this.
    #[must_use]
    pub fn seeing(self, view: View) -> Self {
        Self { view, ..self }
    }

    /// The same visit, of somebody to whom drafts are shown.
    #[must_use]
    pub fn shown(self, preview: Shown) -> Self {
        Self { view: preview.view.clone(), preview: Some(preview), ..self }
    }

    /// The same visit, of somebody who wants a thing made only once.
    #[must_use]
    pub fn once(self, key: String, fingerprint: String) -> Self {
        Self { once: Some((key, fingerprint)), ..self }
    }

    /// The same visit for whoever comes after it: who it was, and nothing of what was read.
    #[must_use]
    pub fn in_short(&self) -> Self {
        Self::new(self.app.clone(), self.who.clone()).from(self.caller.clone())
    }

    /// The key under which this mutation is to make its thing only once, if the caller sent one.
    pub fn making(&self, mutation: &str) -> Answer<Option<Once>> {
        let Some((key, wanted)) = &self.once else { return Ok(None) };
        let caller = self.who.signed_in()?.account;
        Once::new(caller, key, &format!("{mutation} {wanted}")).map(Some)
    }

    /// One request shows one password or code: nobody tries a hundred of them under aliases.
    pub fn proves_once(&self) -> Answer<()> {
        match self.has_proved.swap(true, Ordering::Relaxed) {
            false => Ok(()),
            true => Err(Failure::bad_input(
                "input",
                "Only one password or code is looked at in a request; send the next in another.",
            )),
        }
    }

    /// The visit that this resolver belongs to.
    pub fn of<'c>(ctx: &Context<'c>) -> &'c Self {
        ctx.data_unchecked()
    }

    pub fn db(&self) -> &Db {
        &self.app.db
    }

    pub fn reader<'r>(&'r self, wish: &'r Wish) -> Reader<'r> {
        // The catalogue knows what is public and nothing else.
        let catalogue = self.view.is_published().then_some((&self.app.catalogue, &self.trust));
        Reader { db: &self.app.db, wish, view: &self.view, catalogue }
    }

    /// Remembers the language and register that a root field was asked for.
    pub fn wishes(&self, ctx: &Context<'_>, wish: Wish) -> Arc<Wish> {
        let wish = Arc::new(wish);
        if let Some(root) = root_field(ctx) {
            self.known_wishes().insert(root, wish.clone());
        }
        wish
    }

    /// The language and register that this resolver inherits.
    pub fn wish(&self, ctx: &Context<'_>) -> Arc<Wish> {
        root_field(ctx).and_then(|root| self.known_wishes().get(&root).cloned()).unwrap_or_default()
    }

    fn known_wishes(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Wish>>> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes that the answer shows this entry, so that caches can drop the answer when it changes.
pub fn shows(ctx: &Context<'_>, live: &entity::live::Model) {
    if let Some(tags) = ctx.data_opt::<CacheTags>() {
        tags.entry(&live.kind, live.entry_id);
    }
}

/// Notes that the answer depends on which entries of this kind there are.
pub fn lists(ctx: &Context<'_>, kind: &str) {
    if let Some(tags) = ctx.data_opt::<CacheTags>() {
        tags.kind(kind);
    }
}

fn root_field(ctx: &Context<'_>) -> Option<String> {
    let mut node = ctx.path_node.as_ref()?;
    while let Some(parent) = node.parent {
        node = parent;
    }
    match node.segment {
        QueryPathSegment::Name(name) => Some(name.to_owned()),
        QueryPathSegment::Index(_) => None,
    }
}
