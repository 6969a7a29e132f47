//! What a reader's browser, a cache and a download manager get from `/files/{id}/{name}`.

use std::ops::Range;

use async_trait::async_trait;
use koffer::error::{Answer, Failure};
use koffer::files::{Digest, DiskStore, Opened, Shown, Staged, Staging, Store};
use koffer::server::file::{Deliverable, deliver};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};
use tempfile::TempDir;

const LAST_MODIFIED: &str = "Fri, 20 Nov 2026 08:30:15 GMT";

struct Shelf {
    store: DiskStore,
    file: Deliverable,
    bytes: Vec<u8>,
    dir: TempDir,
}

impl Shelf {
    /// A PDF of 1000 bytes.
    async fn new() -> Self {
        Self::with((0..1000).map(|n| (n % 251) as u8).collect()).await
    }

    async fn with(bytes: Vec<u8>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let staging = Staging::open(dir.path().join("staging")).await.unwrap();
        let store = DiskStore::open(dir.path().join("files")).await.unwrap();
        let staged = staging.receive(&bytes[..], u64::MAX).await.unwrap();
        store.keep(&staged).await.unwrap();
        let file = Deliverable {
            digest: *staged.digest(),
            size: staged.size(),
            media_type: "application/pdf".into(),
            name: "Merkblatt Bürgerbeteiligung – 50%.pdf".into(),
            language: Some("de".into()),
            is_public: true,
            updated_at: "2026-11-20T08:30:15.75Z".parse().unwrap(),
        };
        Self { store, file, bytes, dir }
    }

    fn etag(&self) -> String {
        format!("\"{}\"", self.file.digest)
    }

    async fn asked(&self, headers: &[(&str, &str)]) -> Response {
        self.asks(Method::GET, "/files/1/x.pdf", headers).await
    }

    async fn asks(&self, method: Method, uri: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::builder().method(method).uri(uri.parse().unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        deliver(&request.finish(), &self.store, &self.file).await
    }
}

async fn body(response: Response) -> Vec<u8> {
    response.into_body().into_vec().await.unwrap()
}

#[tokio::test]
async fn a_reader_gets_the_whole_file_and_all_that_is_known_of_it() {
    let shelf = Shelf::new().await;

    let response = shelf.asked(&[]).await;

    assert_eq!(response.status(), StatusCode::OK);
    for (name, expected) in [
        ("etag", &*shelf.etag()),
        ("last-modified", LAST_MODIFIED),
        ("accept-ranges", "bytes"),
        ("content-length", "1000"),
        ("content-type", "application/pdf"),
        ("content-language", "de"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("cache-control", "public, max-age=300, stale-while-revalidate=86400"),
        (
            "content-disposition",
            "inline; filename=\"Merkblatt Buergerbeteiligung - 50_.pdf\"; \
             filename*=UTF-8''Merkblatt%20B%C3%BCrgerbeteiligung%20%E2%80%93%2050%25.pdf",
        ),
    ] {
        assert_eq!(response.header(name), Some(expected), "{name}");
    }
    assert_eq!(body(response).await, shelf.bytes);
}

#[tokio::test]
async fn only_documents_and_pictures_are_shown_and_the_rest_is_downloaded() {
    let mut shelf = Shelf::new().await;
    for (media_type, uri, manner) in [
        ("application/pdf", "/files/1/x", "inline"),
        ("application/pdf", "/files/1/x?download", "attachment"),
        ("application/pdf", "/files/1/x?a=b&download=1", "attachment"),
        ("application/pdf", "/files/1/download?nodownload", "inline"),
        ("image/webp", "/files/1/x", "inline"),
        ("image/svg+xml", "/files/1/x", "attachment"),
        ("text/html", "/files/1/x", "attachment"),
        ("text/csv", "/files/1/x", "attachment"),
        ("text/calendar", "/files/1/x", "attachment"),
        ("application/vnd.oasis.opendocument.text", "/files/1/x", "attachment"),
    ] {
        shelf.file.media_type = media_type.into();
        let response = shelf.asks(Method::GET, uri, &[]).await;
        let disposition = response.header("content-disposition").unwrap();
        assert!(disposition.starts_with(manner), "{media_type} {uri}: {disposition}");
    }
}

#[tokio::test]
async fn no_name_breaks_out_of_its_quotes() {
    let mut shelf = Shelf::new().await;
    for (name, disposition) in [
        (
            "a\"; filename=\"b.exe",
            "inline; filename=\"a_; filename=_b.exe\"; \
             filename*=UTF-8''a%22%3B%20filename%3D%22b.exe",
        ),
        (
            "a\r\nSet-Cookie: b\\..\\..",
            "inline; filename=\"a__Set-Cookie: b_.._..\"; \
             filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b%5C..%5C..",
        ),
        ("ẞ日", "inline; filename=\"__\"; filename*=UTF-8''%E1%BA%9E%E6%97%A5"),
    ] {
        shelf.file.name = name.into();
        assert_eq!(shelf.asked(&[]).await.header("content-disposition"), Some(disposition));
    }
}

#[tokio::test]
async fn a_cache_that_has_the_bytes_is_told_so() {
    let shelf = Shelf::new().await;
    let etag = shelf.etag();
    let (weak, listed) = (format!("W/{etag}"), format!("\"other\", {etag}"));
    let (later, earlier) = ("Fri, 20 Nov 2026 08:30:16 GMT", "Fri, 20 Nov 2026 08:30:14 GMT");

    for (headers, expected) in [
        (vec![("if-none-match", &*etag)], 304),
        (vec![("if-none-match", &*weak)], 304),
        (vec![("if-none-match", &*listed)], 304),
        (vec![("if-none-match", "\"other\""), ("if-none-match", &*etag)], 304),
        (vec![("if-none-match", "*")], 304),
        (vec![("if-none-match", "\"other\"")], 200),
        (vec![("if-none-match", "unquoted")], 200),
        (vec![("if-none-match", "\"other\""), ("if-modified-since", later)], 200),
        (vec![("if-none-match", &*etag), ("if-modified-since", earlier)], 304),
        (vec![("if-modified-since", LAST_MODIFIED)], 304),
        (vec![("if-modified-since", later)], 304),
        (vec![("if-modified-since", earlier)], 200),
        (vec![("if-modified-since", "yesterday")], 200),
        (vec![("if-none-match", &*etag), ("range", "bytes=0-9")], 304),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let response = shelf.asks(method, "/files/1/x", &headers).await;
            assert_eq!(response.status().as_u16(), expected, "{headers:?}");
            assert_eq!(response.header("etag"), Some(&*etag));
            assert_eq!(response.header("last-modified"), Some(LAST_MODIFIED));
            assert!(response.header("cache-control").unwrap().starts_with("public"));
            if expected == 304 {
                assert_eq!(response.header("content-length"), None);
                assert!(body(response).await.is_empty());
            }
        }
    }
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let shelf = Shelf::new().await;
    for (range, expected) in [
        ("bytes=0-0", 0..1),
        ("bytes=0-999", 0..1000),
        ("bytes=100-199", 100..200),
        ("bytes=500-", 500..1000),
        ("bytes=-300", 700..1000),
        ("bytes=-5000", 0..1000),
        ("bytes=990-5000", 990..1000),
        ("bytes=990-99999999999999999999999", 990..1000),
        ("Bytes=1-2", 1..3),
    ] {
        let response = shelf.asked(&[("range", range)]).await;

        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        let Range { start, end } = expected;
        let content_range = format!("bytes {start}-{}/1000", end - 1);
        assert_eq!(response.header("content-range"), Some(&*content_range), "{range}");
        assert_eq!(response.header("content-length"), Some(&*(end - start).to_string()));
        assert_eq!(response.header("etag"), Some(&*shelf.etag()));
        assert_eq!(body(response).await, shelf.bytes[start..end], "{range}");
    }
}

#[tokio::test]
async fn a_range_that_makes_no_sense_is_ignored() {
    let shelf = Shelf::new().await;
    for range in [
        "bytes=0-1,5-6",
        "bytes=0-1,",
        "bytes=9-5",
        "bytes=-",
        "bytes=",
        "bytes=a-b",
        "bytes=+1-5",
        "bytes=1 -5",
        "bytes 0-5",
        "lines=0-5",
        "bytes=1-2-3",
    ] {
        let response = shelf.asked(&[("range", range)]).await;
        assert_eq!(response.status(), StatusCode::OK, "{range}");
        assert_eq!(response.header("content-length"), Some("1000"));
        assert_eq!(response.header("content-range"), None);
        assert_eq!(body(response).await, shelf.bytes, "{range}");
    }
}

#[tokio::test]
async fn a_range_behind_the_end_is_refused_with_the_size() {
    let shelf = Shelf::new().await;
    for range in ["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=99999999999999999999-"] {
        let response = shelf.asked(&[("range", range)]).await;
        assert_eq!(response.status(), StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(response.header("content-range"), Some("bytes */1000"));
        assert!(body(response).await.is_empty());
    }

    let empty = Shelf::with(vec![]).await;
    for (range, expected) in [("bytes=0-", 416), ("bytes=-5", 200), ("bytes=-0", 416)] {
        let response = empty.asked(&[("range", range)]).await;
        assert_eq!(response.status().as_u16(), expected, "{range}");
    }
}

#[tokio::test]
async fn parts_of_another_version_are_not_mixed() {
    let shelf = Shelf::new().await;
    let etag = shelf.etag();
    let weak = format!("W/{etag}");
    for (condition, expected) in [
        (&*etag, 206),
        (LAST_MODIFIED, 206),
        (&*weak, 200),
        ("\"other\"", 200),
        ("Fri, 20 Nov 2026 08:30:14 GMT", 200),
        ("Fri, 20 Nov 2026 08:30:16 GMT", 200),
        ("nonsense", 200),
    ] {
        let asked = [("range", "bytes=0-9"), ("if-range", condition)];
        assert_eq!(shelf.asked(&asked).await.status().as_u16(), expected, "{condition}");
        let beyond = [("range", "bytes=5000-"), ("if-range", condition)];
        let expected = if expected == 206 { 416 } else { 200 };
        assert_eq!(shelf.asked(&beyond).await.status().as_u16(), expected, "{condition}");
    }
}

#[tokio::test]
async fn head_says_the_same_as_get_without_opening_the_file() {
    let shelf = Shelf::new().await;
    let got = shelf.asked(&[]).await;

    for range in [vec![], vec![("range", "bytes=0-9")]] {
        let mut request = Request::builder().method(Method::HEAD);
        for (name, value) in range {
            request = request.header(name, value);
        }
        let told = deliver(&request.finish(), &Away::Broken, &shelf.file).await;

        assert_eq!(told.status(), StatusCode::OK);
        assert_eq!(told.headers(), got.headers());
        assert!(body(told).await.is_empty());
    }
}

#[tokio::test]
async fn readers_are_sent_to_a_store_that_hands_out_by_itself() {
    let mut shelf = Shelf::new().await;
    let address = format!("https://bucket.example/{}", shelf.file.digest.address());
    for (is_public, caching) in [(true, "public, max-age=120"), (false, "private, no-store")] {
        shelf.file.is_public = is_public;
        for range in [None, Some("bytes=0-9")] {
            let mut request = Request::builder();
            if let Some(range) = range {
                request = request.header("range", range);
            }
            let sent = deliver(&request.finish(), &Away::Elsewhere, &shelf.file).await;
            assert_eq!(sent.status(), StatusCode::FOUND);
            assert_eq!(sent.header("location"), Some(&*address));
            assert_eq!(sent.header("cache-control"), Some(caching));
            assert_eq!((sent.header("etag"), sent.header("last-modified")), (None, None));
            assert!(body(sent).await.is_empty());
        }
    }

    let head = Request::builder().method(Method::HEAD).finish();
    assert_eq!(deliver(&head, &Away::Elsewhere, &shelf.file).await.status(), StatusCode::OK);
    let known = Request::builder().header("if-none-match", shelf.etag()).finish();
    let told = deliver(&known, &Away::Elsewhere, &shelf.file).await;
    assert_eq!(told.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn wrong_bytes_are_never_sent_whole() {
    let shelf = Shelf::with(vec![b'.'; 200_000]).await;
    let kept = shelf.dir.path().join("files").join(shelf.file.digest.address());
    let mut bytes = shelf.bytes.clone();
    bytes[150_000] = b'!';
    std::fs::write(&kept, bytes).unwrap();

    let response = shelf.asked(&[]).await;

    assert_eq!(response.header("content-length"), Some("200000"));
    assert!(response.into_body().into_vec().await.is_err(), "the transfer breaks off");
}

#[tokio::test]
async fn a_store_that_is_away_asks_for_patience_and_a_lost_file_is_our_mistake() {
    let shelf = Shelf::new().await;
    let longer = Deliverable { size: 1001, ..shelf.file.clone() };
    let request = Request::builder().finish();
    for (response, status, retry) in [
        (deliver(&request, &Away::Down, &shelf.file).await, 503, Some("10")),
        (deliver(&request, &Away::Broken, &shelf.file).await, 500, None),
        (deliver(&request, &Away::Empty, &shelf.file).await, 500, None),
        (deliver(&request, &shelf.store, &longer).await, 500, None),
    ] {
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.header("retry-after"), retry);
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert!(body(response).await.is_empty());
    }
}

/// A store that one cannot read from.
enum Away {
    /// Readers are sent there.
    Elsewhere,
    Down,
    Broken,
    Empty,
}

#[async_trait]
impl Store for Away {
    async fn keep(&self, _: &Staged) -> Answer<()> {
        unreachable!("nothing is kept while delivering")
    }

    async fn open(&self, _: &Digest, _: Option<Range<u64>>) -> Answer<Option<Opened>> {
        match self {
            Self::Elsewhere => unreachable!("readers load it themselves"),
            Self::Down => Err(Failure::unavailable(anyhow::anyhow!("no route to the bucket"))),
            Self::Broken => Err(Failure::internal(anyhow::anyhow!("access denied"))),
            Self::Empty => Ok(None),
        }
    }

    async fn size(&self, _: &Digest) -> Answer<Option<u64>> {
        unreachable!("the row knows the size")
    }

    async fn remove(&self, _: &Digest) -> Answer<()> {
        unreachable!("nothing is removed while delivering")
    }

    async fn presigned(&self, digest: &Digest, shown: &Shown<'_>) -> Answer<Option<String>> {
        let Self::Elsewhere = self else { return Ok(None) };
        let Shown { media_type, disposition, caching, .. } = shown;
        assert!(disposition.starts_with("inline; filename="), "{disposition}");
        assert_eq!(*media_type, "application/pdf");
        assert!(
            ["public, max-age=300, stale-while-revalidate=86400", "private, no-store"]
                .contains(caching)
        );
        Ok(Some(format!("https://bucket.example/{}", digest.address())))
    }

    async fn probe(&self) -> Answer<()> {
        unreachable!("nobody asks while delivering")
    }

    fn describe(&self) -> String {
        "nowhere".into()
    }
}
