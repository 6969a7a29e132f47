//! `POST /upload`: takes a file in from an editor, in one request.
//!
//! The body is the file. `Upload-Metadata: filename <base64>` says what it is called, as tus does;
//! `X-Koffer: 1` says that no foreign page sends it. The answer is the file's id, for GraphQL.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
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
    auth::principal::Who,
    content::upload::{self, Said},
    error::{Answer, BadInput, Failure},
    linger::hear_out,
};

pub fn endpoint(app: Arc<App>, visitors: Arc<Visitors>) -> impl Endpoint<Output = Response> {
    make(move |mut request: Request| {
        let (app, visitors) = (app.clone(), visitors.clone());
        async move {
            if request.method() != Method::POST {
                let mut error = poem::Error::from_status(StatusCode::METHOD_NOT_ALLOWED);
                error.set_data(problem::Allow("POST"));
                return Err(error);
            }
            let name = request.header("x-request-id").unwrap_or_default().to_owned();
            let mut body = request.take_body().into_async_read();
            let received = receive(&app, &visitors, &request, &mut body).await;
            // Whoever asks before sending has not begun to.
            if received.is_err() && !request.headers().contains_key(header::EXPECT) {
                hear_out(body).await;
            }
            match received {
                Ok(answer) => Ok(answer),
                Err(Failure::BadInput(bad)) => Ok(refused(&bad, &name)),
                Err(failure) => Err(problem::of(failure)),
            }
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
    // The header alone keeps foreign pages out; no cookie is read here anyway.
    if request.header("x-koffer") != Some("1") {
        return Err(Failure::Forbidden);
    }
    let caller = visitors.caller(request);
    let who = match request.header(header::AUTHORIZATION) {
        Some(shown) => credential::bearer(app, shown, &caller).await?,
        None => Who::Public,
    };
    let who = who.signed_in()?;
    let said = said(request.headers())?;
    upload::may_come(who, &said)?;
    too_large_by_its_own_word(app, request.headers())?;

    let staged = app.staging.receive(body, app.config.largest_upload).await?;
    let file = upload::take_in(app, who, staged, &said).await?;
    let told = json!({
        "id": file.id, "name": file.name, "mediaType": file.media_type, "size": file.size,
        "sha256": file.digest,
    });
    Ok(Response::builder()
        .status(StatusCode::CREATED)
        .content_type("application/json; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(told.to_string()))
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
    let pairs = text("upload-metadata").ok_or_else(nameless)?.split(',');
    let mut named = pairs.filter_map(|pair| pair.trim().strip_prefix("filename "));
    let bytes = named.next().and_then(|name| BASE64.decode(name.trim()).ok());
    let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(nameless)?;
    let media_type = text("content-type").map(|media_type| {
        media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    });
    Ok(Said { name, media_type })
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
