//! `/files/{id}/{name}` and `/images/{id}`: which bytes an address means, and whether whoever asks may
//! have them. How they are sent is in `file.rs`.
//!
//! The id says which file is meant; the name is for people. Only a name that ends in `.html` says more:
//! the page that tells in HTML what a document says.

use std::sync::Arc;

use entity::file;
use poem::{
    Endpoint, EndpointExt as _, Request, Response,
    endpoint::make,
    http::{HeaderValue, StatusCode, header},
};
use uuid::Uuid;

use super::{
    file::{Deliverable, deliver},
    problem, twin,
};
use crate::{
    app::App,
    content::{
        file::{
            self as files,
            address::Asked,
            blob, scan,
            seen::seen,
            variant::{self, Variant},
            version,
        },
        view::View,
    },
    error::{Answer, Failure},
    files::{MediaType, PictureFormat},
};

/// A file that somebody may have.
struct Allowed {
    row: file::Model,
    is_public: bool,
    /// Whether it is an editor's address.
    has_leave: bool,
}

pub fn endpoint(app: Arc<App>) -> impl Endpoint<Output = Response> {
    make(move |request: Request| {
        let app = app.clone();
        async move {
            let sent = send_file(&app, &request).await.map_err(problem::of)?;
            sent.ok_or_else(|| poem::Error::from_status(StatusCode::NOT_FOUND))
        }
    })
    .map_to_response()
}

pub fn pictures(app: Arc<App>) -> impl Endpoint<Output = Response> {
    make(move |request: Request| {
        let app = app.clone();
        async move {
            let sent = send_picture(&app, &request).await.map_err(problem::of)?;
            sent.ok_or_else(|| poem::Error::from_status(StatusCode::NOT_FOUND))
        }
    })
    .map_to_response()
}

async fn send_file(app: &App, request: &Request) -> Answer<Option<Response>> {
    let Some((id, asked)) = asked(request) else { return Ok(None) };
    let Some(allowed) = allowed(app, id, &asked).await? else { return Ok(None) };
    let name = request.raw_path_param("name").unwrap_or_default();
    let is_document = allowed.row.media_type == MediaType::Pdf.name();
    if is_document && asked.digest.is_none() && name.ends_with(".html") {
        return twin::send(app, request, &allowed.row, allowed.is_public).await.map(Some);
    }
    let found = match &asked.digest {
        None => Some(newest(&allowed)?),
        Some(digest) => version_with(app, &allowed, digest).await?,
    };
    let Some(found) = found else { return Ok(None) };
    Ok(Some(deliver(request, &*app.store, &found).await))
}

async fn send_picture(app: &App, request: &Request) -> Answer<Option<Response>> {
    let Some((id, asked)) = asked(request) else { return Ok(None) };
    let Some(allowed) = allowed(app, id, &asked).await? else { return Ok(None) };
    let wish = asked.picture(preferred(request));
    let Some(wanted) = Variant::of(&allowed.row, wish) else { return Ok(None) };
    let Some(made) = variant::made(app, &allowed.row, wanted).await? else { return Ok(None) };
    let picture = Deliverable {
        digest: made.digest,
        size: made.size,
        media_type: wish.format.media_type().name().into(),
        name: wanted.name(),
        language: None,
        is_public: allowed.is_public,
        updated_at: allowed.row.updated_at,
    };
    let mut response = deliver(request, &*app.store, &picture).await;
    if asked.format.is_none() {
        let vary = HeaderValue::from_static("accept");
        response.headers_mut().append(header::VARY, vary);
    }
    Ok(Some(response))
}

fn asked(request: &Request) -> Option<(Uuid, Asked)> {
    let id = request.raw_path_param("id")?.parse().ok()?;
    Some((id, Asked::read(request.uri().query().unwrap_or_default())?))
}

/// AVIF for those who say that they can show it, WebP for everybody else.
fn preferred(request: &Request) -> PictureFormat {
    let accepts = request.headers().get_all(header::ACCEPT).iter();
    let mut kinds = accepts.filter_map(|value| value.to_str().ok()).flat_map(|all| all.split(','));
    let takes_avif = kinds.any(|kind| {
        let mut parts = kind.split(';').map(str::trim);
        let is_avif = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("image/avif"));
        is_avif && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    });
    if takes_avif { PictureFormat::Avif } else { PictureFormat::WebP }
}

/// The file, if the public may have it, or if the address carries leave.
async fn allowed(app: &App, id: Uuid, asked: &Asked) -> Answer<Option<Allowed>> {
    let has_leave = asked.has_leave(&app.keys, id);
    if let Some(row) = seen(&app.db, &View::Published, &[id]).await?.remove(&id) {
        return Ok(Some(Allowed { row, is_public: true, has_leave }));
    }
    if !has_leave {
        return Ok(None);
    }
    let row = files::by_id(app.db.pool(), id).await?;
    let row = row.filter(|row| scan::State::of(row).lets_pass());
    Ok(row.map(|row| Allowed { row, is_public: false, has_leave }))
}

fn newest(Allowed { row, is_public, .. }: &Allowed) -> Answer<Deliverable> {
    Ok(Deliverable {
        digest: blob::digest(&row.digest)?,
        size: u64::try_from(row.size).map_err(Failure::internal)?,
        media_type: row.media_type.clone(),
        name: files::saved_as(row),
        language: files::language(row).map(Into::into),
        is_public: *is_public,
        updated_at: row.updated_at,
    })
}

/// A version by its digest: the newest one, or an earlier one as far as it was public itself.
async fn version_with(app: &App, allowed: &Allowed, digest: &str) -> Answer<Option<Deliverable>> {
    if allowed.row.digest == digest {
        return newest(allowed).map(Some);
    }
    let found = version::by_digest(app.db.pool(), allowed.row.id, digest).await?;
    let found = found.filter(|version| {
        let passes = scan::State::by_name(version.scan.as_deref()).lets_pass();
        passes && (version.was_public || allowed.has_leave)
    });
    let Some(version) = found else { return Ok(None) };
    Ok(Some(Deliverable {
        digest: blob::digest(&version.digest)?,
        size: u64::try_from(version.size).map_err(Failure::internal)?,
        media_type: version.media_type,
        name: version.name,
        language: None,
        is_public: allowed.is_public && version.was_public,
        updated_at: version.since,
    }))
}
