//! The twin of a document: the page that tells in HTML what a PDF says, at `/files/{id}/{name}.html`.

use std::time::Duration;

use poem::{
    Request, Response,
    http::{HeaderValue, Method, StatusCode, header},
    web::headers::{ETag, HeaderMapExt as _, IfNoneMatch},
};

use entity::file;
use tokio::{sync::Semaphore, time::timeout};

use super::file::{CACHING, NO_CACHING};
use crate::{
    app::App,
    content::file::{
        self as files,
        address::{self, Part, Reach},
        twin::{self, Twin},
    },
    error::{Answer, Failure},
};

/// Grows whenever the page is written in another way, so that nobody keeps the old one.
const SHAPE: u32 = 1;

const PAGE: &str = "text/html; charset=utf-8";

/// How many pages are written at once; a long document takes a while.
static WRITING: Semaphore = Semaphore::const_new(4);
const WAITING_TIME: Duration = Duration::from_secs(5);

/// Sends the page to somebody who may have the document.
pub async fn send(
    app: &App,
    request: &Request,
    row: &file::Model,
    is_public: bool,
) -> Answer<Response> {
    // What editors say of the document is on the page as well.
    let said = [files::title(row), files::language(row)].map(Option::unwrap_or_default).join("\n");
    let said = crate::files::Digest::of(said.as_bytes()).to_string();
    let version = format!("\"twin-{SHAPE}-{}-{}\"", &row.digest[..16], &said[..16]);
    let tag: ETag = version.parse().map_err(Failure::internal)?;
    let asked = request.headers().typed_get::<IfNoneMatch>();
    let is_known = asked.is_some_and(|tags| !tags.precondition_passes(&tag));

    let mut response = if is_known || request.method() == Method::HEAD {
        let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        Response::builder().status(status).content_type(PAGE).finish()
    } else {
        Response::builder().content_type(PAGE).body(written(app, row, is_public).await?)
    };
    let headers = response.headers_mut();
    headers.typed_insert(tag);
    headers.insert(header::CACHE_CONTROL, if is_public { CACHING } else { NO_CACHING });
    if let Some(language) = files::language(row).and_then(|tag| tag.parse().ok()) {
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         sandbox allow-top-navigation-by-user-activation",
        twin::style_hash()
    );
    let policy = HeaderValue::try_from(policy).map_err(Failure::internal)?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

async fn written(app: &App, row: &file::Model, is_public: bool) -> Answer<String> {
    let busy = || Failure::unavailable(anyhow::anyhow!("too many twins are being written"));
    let turn = timeout(WAITING_TIME, WRITING.acquire()).await.map_err(|_| busy())?;
    let _turn = turn.map_err(Failure::internal)?;
    let full = files::by_id(app.db.pool(), row.id).await?.ok_or(Failure::NotFound)?;
    let pages = files::pages(app.db.pool(), row.id).await?;
    let reach = if is_public { Reach::Everybody } else { Reach::Editors };
    let known = Twin {
        title: files::title(row).unwrap_or(&row.name).to_owned(),
        language: files::language(row).map(Into::into),
        outline: files::found(&full).map(|found| found.outline).unwrap_or_default(),
        pages: pages.into_iter().map(|page| page.text).collect(),
        has_text: row.has_text == Some(true),
        address: address::of(app, row.id, Part::File(&row.name), reach),
        size: row.size.unsigned_abs(),
    };
    tokio::task::spawn_blocking(move || twin::page(&known)).await.map_err(Failure::internal)
}
