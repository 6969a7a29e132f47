//! Uploads that are gone on with after a cut, as the tus protocol 1.0.0 has it.
//!
//! `POST /upload` says how large the file will be and answers with an address of its own; `HEAD` there
//! tells how much has come, `PATCH` sends more, `DELETE` gives up. The answer to the last `PATCH` names
//! the file in `Koffer-File`.

use std::sync::Arc;

use poem::{
    Endpoint, EndpointExt as _, Request, Response, ResponseBuilder,
    endpoint::make,
    http::{Method, StatusCode, header},
};
use uuid::Uuid;

use super::{answered, not_that, sender};
use crate::{
    app::App,
    auth::principal::Principal,
    clock,
    content::file::{
        resumable::{self, GIVEN_UP_AFTER, Progress},
        upload::Said,
    },
    error::{Answer, Failure},
    linger::hear_out,
    server::visitor::Visitors,
};

/// The version of the protocol, as the header that every request and answer carries.
pub const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");

const EXTENSIONS: &str = "creation,expiration,termination";

const PIECE: &str = "application/offset+octet-stream";

/// `OPTIONS /upload`: what we can do.
pub fn offered(app: &App) -> Response {
    ours(StatusCode::NO_CONTENT)
        .header("tus-version", VERSION.1)
        .header("tus-extension", EXTENSIONS)
        .header("tus-max-size", app.config.largest_upload)
        .finish()
}

/// `POST /upload`: begins.
pub async fn begin(app: &App, who: &Principal, request: &Request, said: Said) -> Answer<Response> {
    if let Some(other) = other_version(request) {
        return Ok(other);
    }
    let said = Said { media_type: said.media_type.filter(|it| it != PIECE), ..said };
    let size = number(request, "upload-length")?;
    let id = resumable::begin(app, who, said, size).await?;
    let until = clock::now() + GIVEN_UP_AFTER;
    Ok(ours(StatusCode::CREATED)
        .header(header::LOCATION, format!("{}/upload/{id}", app.config.public_url()))
        .header("upload-expires", until.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .finish())
}

/// `/upload/{id}`: an upload that has begun.
pub fn endpoint(app: Arc<App>, visitors: Arc<Visitors>) -> impl Endpoint<Output = Response> {
    make(move |request: Request| {
        let (app, visitors) = (app.clone(), visitors.clone());
        async move {
            let known = [Method::HEAD, Method::PATCH, Method::DELETE];
            if *request.method() == Method::OPTIONS {
                return Ok(offered(&app));
            }
            if !known.contains(request.method()) {
                return Err(not_that("DELETE, HEAD, OPTIONS, PATCH"));
            }
            let name = request.header("x-request-id").unwrap_or_default().to_owned();
            // In a task of its own, which goes on when the connection is cut: what has come is kept.
            let done = tokio::spawn(async move { go_on(&app, &visitors, request).await }).await;
            answered(done.map_err(Failure::internal).and_then(|done| done), &name)
        }
    })
    .map_to_response()
}

async fn go_on(app: &App, visitors: &Visitors, mut request: Request) -> Answer<Response> {
    let mut body = request.take_body().into_async_read();
    let told = async {
        let who = sender(app, visitors, &request).await?;
        if let Some(other) = other_version(&request) {
            return Ok(other);
        }
        let id: Uuid =
            request.raw_path_param("id").and_then(|id| id.parse().ok()).ok_or(Failure::NotFound)?;
        match *request.method() {
            Method::DELETE => {
                resumable::give_up(app, &who, id).await?;
                Ok(ours(StatusCode::NO_CONTENT).finish())
            }
            Method::PATCH => {
                if request.content_type() != Some(PIECE) {
                    return Ok(ours(StatusCode::UNSUPPORTED_MEDIA_TYPE).finish());
                }
                let from = number(&request, "upload-offset")?;
                let progress = resumable::go_on(app, &who, id, from, &mut body).await?;
                Ok(how_far(ours(StatusCode::NO_CONTENT), &progress))
            }
            _ => {
                let progress = resumable::progress(app, &who, id).await?;
                Ok(how_far(ours(StatusCode::OK), &progress))
            }
        }
    };
    let told = told.await;
    if told.is_err() {
        hear_out(body).await;
    }
    told
}

fn how_far(answer: ResponseBuilder, progress: &Progress) -> Response {
    match progress {
        Progress::Underway { received, size } => {
            answer.header("upload-offset", *received).header("upload-length", *size).finish()
        }
        // The bytes may have become fewer: a picture is kept without what cameras write into it.
        Progress::Whole { file, sent } => answer
            .header("upload-offset", *sent)
            .header("upload-length", *sent)
            .header("koffer-file", file.id.to_string())
            .finish(),
    }
}

fn ours(status: StatusCode) -> ResponseBuilder {
    Response::builder()
        .status(status)
        .header(VERSION.0, VERSION.1)
        .header(header::CACHE_CONTROL, "no-store")
}

fn other_version(request: &Request) -> Option<Response> {
    let is_ours = request.header(VERSION.0) == Some(VERSION.1);
    let refused =
        || ours(StatusCode::PRECONDITION_FAILED).header("tus-version", VERSION.1).finish();
    (!is_ours).then(refused)
}

fn number(request: &Request, name: &'static str) -> Answer<u64> {
    let said = request.header(name).and_then(|said| said.parse().ok());
    said.ok_or_else(|| {
        Failure::bad_input(name, format!("The header {name} says a number of bytes; send it."))
    })
}
