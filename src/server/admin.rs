//! The admin: a program for the browser, built from `admin/` and embedded here.
//!
//! For now it is a page that says the admin is coming. It is whole in itself, so it can be shown
//! also where nothing was built: without npm there is no GraphiQL, and everything else works.

use std::borrow::Cow;

use poem::{
    Request, Response,
    http::{StatusCode, header},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{
    headers::{ADMIN_POLICY, PAGE_POLICY},
    page::Page,
};

#[derive(RustEmbed)]
#[folder = "admin/dist"]
#[allow_missing = true]
struct Built;

/// Where it begins.
pub fn home() -> Response {
    Response::builder()
        .status(StatusCode::PERMANENT_REDIRECT)
        .header(header::LOCATION, "/admin/")
        .finish()
}

/// A file of the admin, or its first page: addresses within the program are its own affair.
pub fn serve(request: &Request) -> poem::Result<Response> {
    let path = request.uri().path().trim_start_matches("/admin/");
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match (Built::get(path), is_file) {
        (Some(file), true) if path != "index.html" => Ok(asset(request, path, file)),
        (None, true) => Err(poem::Error::from_status(StatusCode::NOT_FOUND)),
        _ => Ok(first_page()),
    }
}

/// GraphiQL, if it was built.
pub fn graphiql() -> Option<Page> {
    Built::get("graphiql.html").map(|file| Page::new(file.data))
}

fn first_page() -> Response {
    match Built::get("index.html") {
        Some(file) => Page::new(file.data).render(ADMIN_POLICY),
        None => {
            Page::new(Cow::Borrowed(include_bytes!("../../admin/index.html"))).render(PAGE_POLICY)
        }
    }
}

fn asset(request: &Request, path: &str, file: EmbeddedFile) -> Response {
    let etag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    // What the build puts there has a digest in its name.
    let caching = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let answer =
        Response::builder().header(header::ETAG, &etag).header(header::CACHE_CONTROL, caching);
    let known = request.header("if-none-match").is_some_and(|known| known.contains(&etag));
    if known {
        return answer.status(StatusCode::NOT_MODIFIED).finish();
    }

    let answer = answer.content_type(media_type(path));
    match file.data {
        Cow::Borrowed(bytes) => answer.body(bytes),
        Cow::Owned(bytes) => answer.body(bytes),
    }
}

/// What a build of ours can consist of.
fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("ttf") => "font/ttf",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
