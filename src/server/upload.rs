//! `/upload`: takes files in from editors, in one request or resumably.
//!
//! A `POST` whose body is the file answers with its id, for GraphQL. A `POST` with `Tus-Resumable`
//! begins an upload that can be gone on with after a cut (`upload/resumable.rs`).
//! `Upload-Metadata: filename <base64>` says what the file is called; `X-Koffer: 1` says that no
//! foreign page sends it.

mod resumable;

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use entity::file;
use poem::{
    Endpoint, EndpointExt as _, Request, Response,
    endpoint::make,
    http::{HeaderMap, Method, StatusCode, header},
};
use serde_json::json;
use tokio::io::AsyncRead;

use super::{credential, problem, visitor::Visitors};
use crate::{
    api::error::Code,
    app::App,
    auth::principal::{Principal, Who},
    content::file::upload::{self, Said},
    error::{Answer, BadInput, Failure},
    id,
    linger::hear_out,
};

pub use self::resumable::endpoint as resumed;

pub fn endpoint(app: Arc<App>, visitors: Arc<Visitors>) -> impl Endpoint<Output = Response> {
    make(move |mut request: Request| {
        let (app, visitors) = (app.clone(), visitors.clone());
        async move {
            match *request.method() {
                Method::POST => {}
                Method::OPTIONS => return Ok(resumable::offered(&app)),
                _ => return Err(not_that("OPTIONS, POST")),
            }
            let name = request.header("x-request-id").unwrap_or_default().to_owned();
            let mut body = request.take_body().into_async_read();
            let received = receive(&app, &visitors, &request, &mut body).await;
            // Whoever asks before sending has not begun to.
            if received.is_err() && !request.headers().contains_key(header::EXPECT) {
                hear_out(body).await;
            }
            answered(received, &name)
        }
    })
    .map_to_response()
}

async fn receive(
    app: &App,
    visitors: &Visitors,
    request: &Request,
    body: impl AsyncRead,
) -> Answer<Response> {
    let who = sender(app, visitors, request).await?;
    let said = said(request.headers())?;
    if request.headers().contains_key(resumable::VERSION.0) {
        return resumable::begin(app, &who, request, said).await;
    }
    upload::may_come(&who, &said)?;
    let id = match request.header("idempotency-key") {
        None => id::new(),
        Some(key) => id::of_words(&[b"upload", who.account.as_bytes(), key.as_bytes()]),
    };
    // Whoever did not hear the answer sends it once more, and hears it now.
    if let Some(known) = upload::sent_before(app, &who, id).await? {
        hear_out(body).await;
        return Ok(taken(&known));
    }
    too_large_by_its_own_word(app, request.headers())?;

    let staged = app.staging.receive(body, app.config.largest_upload).await?;
    let file = upload::take_in(app, &who, id, staged, &said).await?;
    Ok(taken(&file))
}

/// What whoever has sent a file is told of it.
fn taken(file: &file::Model) -> Response {
    let told = json!({
        "id": file.id, "name": file.name, "mediaType": file.media_type, "size": file.size,
        "sha256": file.digest,
    });
    Response::builder()
        .status(StatusCode::CREATED)
        .content_type("application/json; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(told.to_string())
}

/// Who sends.
async fn sender(app: &App, visitors: &Visitors, request: &Request) -> Answer<Arc<Principal>> {
    // The header alone keeps foreign pages out; no cookie is read here anyway.
    if request.header("x-koffer") != Some("1") {
        return Err(Failure::Forbidden);
    }
    let caller = visitors.caller(request);
    let who = match request.header(header::AUTHORIZATION) {
        Some(shown) => credential::bearer(app, shown, &caller).await?,
        None => Who::Public,
    };
    who.signed_in().cloned()
}

/// The answer, with a reason where a file was not taken.
fn answered(received: Answer<Response>, request_id: &str) -> poem::Result<Response> {
    match received {
        Ok(answer) => Ok(answer),
        Err(Failure::BadInput(bad)) => Ok(refused(&bad, request_id)),
        Err(failure) => Err(problem::of(failure)),
    }
}

fn not_that(allowed: &'static str) -> poem::Error {
    let mut error = poem::Error::from_status(StatusCode::METHOD_NOT_ALLOWED);
    error.set_data(problem::Allow(allowed));
    error
}

/// What the request says of the file.
fn said(headers: &HeaderMap) -> Answer<Said> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let nameless = || {
        Failure::bad_input(
            "Upload-Metadata",
            "Say what the file is called: `Upload-Metadata: filename` and the name in base64.",
        )
    };
    let pairs = text("upload-metadata").unwrap_or_default();
    let named = |key: &str| {
        let mut pairs = pairs.split(',').filter_map(|pair| pair.trim().split_once(' '));
        let (_, value) = pairs.find(|(name, _)| *name == key)?;
        String::from_utf8(BASE64.decode(value.trim()).ok()?).ok()
    };
    let name = named("filename").ok_or_else(nameless)?;
    let media_type = named("filetype").or_else(|| text("content-type").map(Into::into));
    let media_type = media_type.map(|media_type| {
        media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    });
    Ok(Said { name, media_type: media_type.filter(|media_type| !media_type.is_empty()) })
}

/// Nobody has to send what will not be taken.
fn too_large_by_its_own_word(app: &App, headers: &HeaderMap) -> Answer<()> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length: Option<u64> = length.and_then(|length| length.parse().ok());
    match length {
        Some(length) if length > app.config.largest_upload => {
            Err(crate::files::too_large(app.config.largest_upload))
        }
        _ => Ok(()),
    }
}

/// Why the file was not taken, for the editor who sent it.
fn refused(bad: &BadInput, request_id: &str) -> Response {
    let body = json!({
        "title": "The file was not taken.",
        "status": StatusCode::UNPROCESSABLE_ENTITY.as_u16(),
        "code": Code::BadUserInput.as_str(),
        "field": bad.field,
        "detail": bad.message,
        "requestId": request_id,
    });
    Response::builder()
        .status(StatusCode::UNPROCESSABLE_ENTITY)
        .content_type("application/problem+json")
        .header(header::CACHE_CONTROL, "no-store")
        .body(body.to_string())
}
