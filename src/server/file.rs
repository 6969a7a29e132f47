//! `/files/{id}/{name}`: hands out a file, whole or in part, and only when the caller lacks it.
//!
//! Which file an id means, and whether the public may have it, is decided before this is called.

use std::ops::Range;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::web::headers::{
    AcceptRanges, ContentLength, ContentRange, ETag, HeaderMapExt as _, IfModifiedSince,
    IfNoneMatch, LastModified,
};
use poem::{Body, Request, Response};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use crate::error::{Answer, Failure};
use crate::files::{ADDRESS_IS_GOOD_FOR, Digest, MediaType, Opened, Shown, Store};

/// A quick change reaches readers within minutes, and no reader waits for the question.
pub const CACHING: HeaderValue =
    HeaderValue::from_static("public, max-age=300, stale-while-revalidate=86400");

/// What is not public is for whoever was given the address.
pub const NO_CACHING: HeaderValue = HeaderValue::from_static("private, no-store");

/// How long a cache may send readers of a public file to the same address; there is time left then
/// to begin loading.
const CACHING_OF_ADDRESSES: &str = "public, max-age=120";
const _: () = assert!(ADDRESS_IS_GOOD_FOR.as_secs() > 120);

/// Whatever a file turns out to contain, it runs nothing and has no origin of its own.
const NOTHING_RUNS: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// Read from the store at a time.
const CHUNK: usize = 64 * 1024;

/// What a name may carry in `filename*` without being escaped (RFC 5987, `attr-char`).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A file that may be handed out, as its row describes it.
#[derive(Debug, Clone)]
pub struct Deliverable {
    pub digest: Digest,
    pub size: u64,
    pub media_type: String,
    /// As people know it, with umlauts and spaces.
    pub name: String,
    pub language: Option<String>,
    /// Whether everybody may have it; otherwise no cache keeps it.
    pub is_public: bool,
    /// When other bytes came under this id, or anything else here changed.
    pub updated_at: DateTime<Utc>,
}

/// What of a file is wanted.
enum Wanted {
    Whole,
    Part(Range<u64>),
    /// Nothing that exists.
    Beyond,
}

/// A range as it is written: from here to there or to the end, or the last so many.
enum Bounds {
    From(u64, Option<u64>),
    Last(u64),
}

/// Answers a `GET` or `HEAD` for a file.
pub async fn deliver(req: &Request, store: &dyn Store, file: &Deliverable) -> Response {
    let version = Version::of(file);
    if version.is_known_to(req.headers()) {
        return with(StatusCode::NOT_MODIFIED, version.headers());
    }

    let headers = describe(req, file, &version);
    if req.method() == Method::HEAD {
        return whole(headers, file.size, Body::empty());
    }

    match store.presigned(&file.digest, &shown(&headers)).await {
        Ok(Some(address)) => return elsewhere(&address, &version, file),
        Ok(None) => {}
        Err(failure) => return refuse(failure, file),
    }

    let range = match wanted(req.headers(), &version, file.size) {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Beyond => return beyond(file.size),
    };
    let opened = match open(store, file, range.clone()).await {
        Ok(opened) => opened,
        Err(failure) => return refuse(failure, file),
    };

    match range {
        None => whole(headers, file.size, body(opened, file.size)),
        Some(range) => part(headers, &range, file.size, opened),
    }
}

/// By what a cache recognises that it has the same bytes already.
struct Version {
    etag: ETag,
    modified: SystemTime,
    is_public: bool,
}

impl Version {
    fn of(file: &Deliverable) -> Self {
        let etag = format!("\"{}\"", file.digest);
        Self {
            etag: etag.parse().expect("hexadecimal digits in quotes are an entity tag"),
            modified: file.updated_at.into(),
            is_public: file.is_public,
        }
    }

    /// Whether the caller's copy is still good; tags are exact, so dates matter only without.
    fn is_known_to(&self, asked: &HeaderMap) -> bool {
        if asked.contains_key(header::IF_NONE_MATCH) {
            let tags = asked.typed_get::<IfNoneMatch>();
            return tags.is_some_and(|tags| !tags.precondition_passes(&self.etag));
        }
        let since = asked.typed_get::<IfModifiedSince>();
        since.is_some_and(|since| !since.is_modified(self.modified))
    }

    /// Whether a part would fit to the parts that the caller has.
    ///
    /// `headers::IfRange` accepts any later date; RFC 9110 wants ours, as we wrote it.
    fn fits(&self, asked: &HeaderMap) -> bool {
        let Some(condition) = asked.get(header::IF_RANGE) else { return true };
        let ours = self.headers();
        [header::ETAG, header::LAST_MODIFIED].iter().any(|name| ours.get(name) == Some(condition))
    }

    /// What every answer about these bytes says, also the one that sends none.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.typed_insert(self.etag.clone());
        headers.typed_insert(LastModified::from(self.modified));
        let caching = if self.is_public { CACHING } else { NO_CACHING };
        headers.insert(header::CACHE_CONTROL, caching);
        // Partner sites show our images and documents in their pages, once these are public.
        let shown_by = if self.is_public { "cross-origin" } else { "same-site" };
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static(shown_by));
        headers
    }
}

fn describe(req: &Request, file: &Deliverable, version: &Version) -> HeaderMap {
    let mut headers = version.headers();
    headers.typed_insert(AcceptRanges::bytes());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, NOTHING_RUNS);
    headers.insert(header::CONTENT_DISPOSITION, disposition(req, file));

    // The row's words are checked when they are written; a bad one must not take the file down.
    let media_type = HeaderValue::from_str(&file.media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media_type);
    if let Some(language) = file.language.as_deref().and_then(|tag| tag.parse().ok()) {
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    headers
}

/// What the store is to say, where it hands out the file in our place.
fn shown(headers: &HeaderMap) -> Shown<'_> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    Shown {
        media_type: text(header::CONTENT_TYPE).unwrap_or("application/octet-stream"),
        disposition: text(header::CONTENT_DISPOSITION).unwrap_or("attachment"),
        language: text(header::CONTENT_LANGUAGE),
        caching: text(header::CACHE_CONTROL).unwrap_or("no-store"),
    }
}

/// Sends the reader to the store itself.
fn elsewhere(address: &str, version: &Version, file: &Deliverable) -> Response {
    let Ok(address) = HeaderValue::from_str(address) else {
        return refuse(Failure::internal(anyhow::anyhow!("{address:?} is no address")), file);
    };
    let mut headers = version.headers();
    // They would speak of this answer, which is another one every time.
    headers.remove(header::ETAG);
    headers.remove(header::LAST_MODIFIED);
    if file.is_public {
        let caching = HeaderValue::from_static(CACHING_OF_ADDRESSES);
        headers.insert(header::CACHE_CONTROL, caching);
    }
    headers.insert(header::LOCATION, address);
    with(StatusCode::FOUND, headers)
}

/// Shown in the browser if that is safe and nobody asks for a download.
fn disposition(req: &Request, file: &Deliverable) -> HeaderValue {
    let query = req.uri().query().unwrap_or_default();
    let asked = url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "download");
    let shown = MediaType::from_name(&file.media_type).is_some_and(MediaType::is_shown) && !asked;

    let manner = if shown { "inline" } else { "attachment" };
    let plain = in_ascii(&file.name);
    let exact = utf8_percent_encode(&file.name, ESCAPED);
    HeaderValue::try_from(format!("{manner}; filename=\"{plain}\"; filename*=UTF-8''{exact}"))
        .expect("both names are printable ASCII")
}

/// For the few programs that cannot read `filename*`.
fn in_ascii(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'Ä' => plain.push_str("Ae"),
            'Ö' => plain.push_str("Oe"),
            'Ü' => plain.push_str("Ue"),
            'ß' => plain.push_str("ss"),
            '–' | '—' => plain.push('-'),
            // These mean something inside the quotes, in some programs also `%`.
            '"' | '\\' | '/' | '%' => plain.push('_'),
            ' '..='~' => plain.push(character),
            _ => plain.push('_'),
        }
    }
    plain
}

/// Which bytes a request asks for.
///
/// `headers::Range` cannot tell a malformed range, which is ignored, from one that asks for more
/// than there is. Several ranges are ignored, too: no reader of ours needs them, and answering
/// them is how servers are made to send a file a thousand times.
fn wanted(asked: &HeaderMap, version: &Version, size: u64) -> Wanted {
    let range = asked.get(header::RANGE).filter(|_| version.fits(asked));
    match range.and_then(|range| range.to_str().ok()).and_then(bounds) {
        None => Wanted::Whole,
        Some(Bounds::From(first, _)) if first >= size => Wanted::Beyond,
        Some(Bounds::From(first, None)) => Wanted::Part(first..size),
        Some(Bounds::From(first, Some(last))) => {
            Wanted::Part(first..last.saturating_add(1).min(size))
        }
        Some(Bounds::Last(0)) => Wanted::Beyond,
        // The last bytes of nothing exist, but no content range can say so.
        Some(Bounds::Last(_)) if size == 0 => Wanted::Whole,
        Some(Bounds::Last(count)) => Wanted::Part(size.saturating_sub(count)..size),
    }
}

/// The one range of `bytes=…`, if it is well formed.
fn bounds(range: &str) -> Option<Bounds> {
    let (unit, range) = range.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    match range.split_once('-')? {
        ("", count) => Some(Bounds::Last(position(count)?)),
        (first, "") => Some(Bounds::From(position(first)?, None)),
        (first, last) => {
            let (first, last) = (position(first)?, position(last)?);
            (first <= last).then_some(Bounds::From(first, Some(last)))
        }
    }
}

/// Digits only, which `parse` alone does not ask for; too large to count is as good as endless.
fn position(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}

async fn open(store: &dyn Store, file: &Deliverable, range: Option<Range<u64>>) -> Answer<Opened> {
    let is_whole = range.is_none();
    let opened = store.open(&file.digest, range).await?;
    let opened = opened.ok_or_else(|| {
        Failure::internal(anyhow::anyhow!("{} is not in {}", file.digest, store.describe()))
    })?;
    if opened.size != file.size {
        return Err(Failure::internal(anyhow::anyhow!(
            "{} has {} instead of {} bytes in {}",
            file.digest,
            opened.size,
            file.size,
            store.describe(),
        )));
    }
    Ok(if is_whole { opened.checked(&file.digest) } else { opened })
}

fn whole(mut headers: HeaderMap, size: u64, body: Body) -> Response {
    headers.typed_insert(ContentLength(size));
    let mut response = with(StatusCode::OK, headers);
    response.set_body(body);
    response
}

fn part(mut headers: HeaderMap, range: &Range<u64>, size: u64, opened: Opened) -> Response {
    let length = range.end - range.start;
    headers.typed_insert(ContentLength(length));
    headers.typed_insert(
        ContentRange::bytes(range.clone(), size).expect("a range that is wanted is not empty"),
    );
    let mut response = with(StatusCode::PARTIAL_CONTENT, headers);
    response.set_body(body(opened, length));
    response
}

/// Not a byte more than announced; if the store gives fewer, the connection ends with an error.
fn body(opened: Opened, length: u64) -> Body {
    Body::from_bytes_stream(ReaderStream::with_capacity(opened.stream.take(length), CHUNK))
}

fn beyond(size: u64) -> Response {
    let mut headers = HeaderMap::new();
    headers.typed_insert(AcceptRanges::bytes());
    headers.typed_insert(ContentRange::unsatisfied_bytes(size));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    with(StatusCode::RANGE_NOT_SATISFIABLE, headers)
}

/// Says that it did not work, and the reason only to the log.
fn refuse(failure: Failure, file: &Deliverable) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Failure::Unavailable(cause) = failure {
        tracing::warn!(digest = %file.digest, "the file store does not answer: {cause:#}");
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        return with(StatusCode::SERVICE_UNAVAILABLE, headers);
    }
    let cause = failure.into_report();
    tracing::error!(digest = %file.digest, "a file cannot be delivered: {cause:#}");
    with(StatusCode::INTERNAL_SERVER_ERROR, headers)
}

fn with(status: StatusCode, headers: HeaderMap) -> Response {
    let mut response = Response::builder().status(status).finish();
    *response.headers_mut() = headers;
    response
}
