//! GraphQL over HTTP: POST and GET, and what the web expects of both.
//!
//! A request is read (`post`, `get`), opened (`persisted`), passed through the [`Gate`] and answered
//! (`answer`); a public answer to a GET may be kept by caches (`cache`). Nothing here knows the
//! schema: who is asking, and what resolvers need, comes from the caller's [`GraphQl::prepare`].
//!
//! Cookies are not read and GET changes nothing, so there is nothing for a foreign site to forge.
//! Sockets are not answered here; they go through the same gate.

mod answer;
mod asked;
mod cache;
mod get;
mod negotiate;
mod persisted;
mod post;

use std::{borrow::Cow, time::Duration};

use async_graphql::{Executor, parser::types::OperationType};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use poem::{
    Endpoint,
    http::{HeaderValue, Method, header},
};

pub use answer::is_request_error;
pub use cache::CacheTags;

use self::{
    answer::{Refusal, write},
    asked::Asked,
    negotiate::{Media, wants_page},
    persisted::PersistedQueries,
};
use super::{
    error::{RequestId, refused, told},
    gate::Gate,
};
use crate::error::Answer;

/// The numbers; each can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The largest body of a POST.
    pub body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_time: Duration,
    /// The longest address of a GET. Proxies commonly stop at 8 KiB; a written-out query with its
    /// variables needs more than 2.
    pub url_bytes: usize,
    /// How long caches may keep a public answer.
    pub fresh: Duration,
    /// How long they may go on using it while they ask anew.
    pub stale: Duration,
    /// How many queries are kept by their hash, and how many bytes they may take.
    pub persisted_entries: usize,
    pub persisted_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_bytes: 256 * 1024,
            body_time: Duration::from_secs(30),
            url_bytes: 8 * 1024,
            fresh: Duration::from_secs(60),
            stale: Duration::from_secs(600),
            persisted_entries: 1_000,
            persisted_bytes: 8 * 1024 * 1024,
        }
    }
}

/// The page that a browser gets instead of an error; built with the admin, whole in itself.
#[derive(Debug, Clone)]
pub struct GraphiqlPage(pub Cow<'static, [u8]>);

type Prepare = dyn for<'r> Fn(
        &'r poem::Request,
        async_graphql::Request,
    ) -> BoxFuture<'r, Answer<async_graphql::Request>>
    + Send
    + Sync;

/// The endpoint for `/graphql`.
pub struct GraphQl<E> {
    gate: Gate<E>,
    settings: Settings,
    persisted: PersistedQueries,
    page: Option<Bytes>,
    prepare: Box<Prepare>,
}

/// The two ways in.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Get,
    Post,
}

impl<E: Executor> GraphQl<E> {
    pub fn new(gate: Gate<E>, settings: Settings) -> Self {
        Self {
            gate,
            persisted: PersistedQueries::new(&settings),
            settings,
            page: None,
            prepare: Box::new(|_, request| Box::pin(async { Ok(request) })),
        }
    }

    /// What browsers are shown at this address.
    #[must_use]
    pub fn page(self, page: GraphiqlPage) -> Self {
        let page = match page.0 {
            Cow::Borrowed(page) => Bytes::from_static(page),
            Cow::Owned(page) => Bytes::from(page),
        };
        Self { page: Some(page), ..self }
    }

    /// Lets the caller add what this one request's resolvers need: who is asking, which language is
    /// wished, the loaders. [`RequestId`] and [`CacheTags`] are there already. A failure is the
    /// whole request's.
    #[must_use]
    pub fn prepare(
        self,
        prepare: impl for<'r> Fn(
            &'r poem::Request,
            async_graphql::Request,
        ) -> BoxFuture<'r, Answer<async_graphql::Request>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { prepare: Box::new(prepare), ..self }
    }

    async fn answers(
        &self,
        http: &mut poem::Request,
        id: &RequestId,
        media: Media,
    ) -> Result<poem::Response, Refusal> {
        let (by, asked) = match *http.method() {
            Method::GET | Method::HEAD => (By::Get, get::read(http, &self.settings)?),
            Method::POST => (By::Post, post::read(http, &self.settings).await?),
            _ => return Err(Refusal::method("GET, POST")),
        };

        let tags = CacheTags::default();
        let response = self.executes(asked, by, http, id, &tags).await?;

        let answer = write(&response, media);
        if by == By::Post || response.is_err() {
            return Ok(cache::forbid(answer));
        }
        if cache::is_personal(http.headers()) {
            return Ok(cache::forbid_sharing(answer));
        }
        Ok(cache::allow(answer, http.headers(), &tags, &self.settings))
    }

    async fn executes(
        &self,
        asked: Asked,
        by: By,
        http: &poem::Request,
        id: &RequestId,
        tags: &CacheTags,
    ) -> Result<async_graphql::Response, Refusal> {
        let no = |error| Ok(told(async_graphql::Response::from_errors(vec![refused(error)]), id));
        let (request, unknown) = match self.persisted.open(asked) {
            Ok(opened) => opened,
            Err(error) => return no(error),
        };
        let request = request.data(id.clone()).data(tags.clone());
        let request = match (self.prepare)(http, request).await {
            Ok(request) => request,
            Err(failure) => return no(failure.into()),
        };

        let admitted = match self.gate.admits(request) {
            Ok(admitted) => admitted,
            Err(refused) => return Ok(*refused),
        };
        if by == By::Get && admitted.operation != OperationType::Query {
            return Err(Refusal::method("POST"));
        }

        let response = self.gate.runs(admitted).await;
        if let Some(query) = unknown
            && !is_request_error(&response)
        {
            self.persisted.keep(query);
        }
        Ok(response)
    }

    fn shows_page(&self, http: &poem::Request) -> Option<poem::Response> {
        let asks = *http.method() == Method::GET && !get::holds_query(http);
        let page = self.page.clone().filter(|_| asks && wants_page(http.headers()))?;
        let answer = poem::Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::VARY, "Accept");
        Some(answer.body(page))
    }
}

impl<E: Executor> Endpoint for GraphQl<E> {
    type Output = poem::Response;

    async fn call(&self, mut http: poem::Request) -> poem::Result<poem::Response> {
        let id = id_of(&http);
        let mut response = match (self.shows_page(&http), Media::wanted(http.headers())) {
            (Some(page), _) => page,
            (None, None) => Refusal::not_acceptable().render(Media::Json, &id),
            (None, Some(media)) => self
                .answers(&mut http, &id, media)
                .await
                .unwrap_or_else(|refusal| refusal.render(media, &id)),
        };
        if let Ok(id) = HeaderValue::from_str(&id.0) {
            response.headers_mut().insert("x-request-id", id);
        }
        Ok(response)
    }
}

/// The id that the caller or a proxy has given, if it is harmless, so that logs can be joined.
fn id_of(http: &poem::Request) -> RequestId {
    let harmless = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    match http.header("x-request-id").filter(harmless) {
        Some(id) => RequestId(id.to_owned()),
        None => RequestId::new(),
    }
}

#[cfg(test)]
mod tests;
