//! The file stores: on disk and in a bucket, bytes go in once and come out the same.

use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant, SystemTime};

use koffer::error::Failure;
use koffer::files::{Delivery, Digest, DiskStore, Place, S3Store, Shown, Staged, Staging, Store};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;

use crate::s3_server::S3Server;

struct Porch {
    staging: Staging,
    dir: TempDir,
}

impl Porch {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let staging = Staging::open(dir.path().join("staging")).await.unwrap();
        Self { staging, dir }
    }

    async fn stages(&self, bytes: &[u8]) -> Staged {
        self.staging.receive(bytes, u64::MAX).await.unwrap()
    }

    async fn disk(&self) -> DiskStore {
        DiskStore::open(self.dir.path().join("files")).await.unwrap()
    }
}

fn bucket(server: &S3Server) -> S3Store {
    bucket_opened_with(server, &server.secret_key)
}

fn bucket_opened_with(server: &S3Server, secret_key: &str) -> S3Store {
    use aws_sdk_s3::config::{BehaviorVersion, Builder, Credentials, Region};
    let account = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&server.endpoint)
        .force_path_style(true)
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new(&server.access_key, secret_key, None, None, "test"));
    let environment = HashMap::from(server.environment());
    let Ok(Place::S3(bucket)) = environment["KOFFER_FILES"].parse() else {
        panic!("the setting names a bucket")
    };
    S3Store::new(bucket, account)
}

async fn server() -> S3Server {
    S3Server::start(tempfile::tempdir().unwrap()).await
}

async fn read(store: &dyn Store, digest: &Digest, range: Option<Range<u64>>) -> (u64, Vec<u8>) {
    let mut opened = store.open(digest, range).await.unwrap().expect("the file is there");
    let mut bytes = Vec::new();
    opened.stream.read_to_end(&mut bytes).await.unwrap();
    (opened.size, bytes)
}

/// Bytes in which no two places look the same.
fn bytes(count: u32) -> Vec<u8> {
    (0..count).map(|n| (n ^ n >> 8 ^ n >> 16) as u8).collect()
}

async fn keeps_bytes_and_gives_them_back(store: &dyn Store) {
    let porch = Porch::new().await;
    let sent = bytes(200_000);
    let staged = porch.stages(&sent).await;
    let digest = *staged.digest();

    assert_eq!(store.size(&digest).await.unwrap(), None);
    assert!(store.open(&digest, None).await.unwrap().is_none());
    assert!(store.open(&digest, Some(0..10)).await.unwrap().is_none());

    store.keep(&staged).await.unwrap();
    store.keep(&staged).await.unwrap();
    drop(staged);

    assert_eq!(store.size(&digest).await.unwrap(), Some(200_000));
    assert_eq!(read(store, &digest, None).await, (200_000, sent.clone()));
    for (range, expected) in [
        (0..1, &sent[..1]),
        (1_000..150_000, &sent[1_000..150_000]),
        (199_999..200_000, &sent[199_999..]),
        (199_990..300_000, &sent[199_990..]),
        (5..5, &[]),
        (200_000..200_001, &[]),
        (300_000..400_000, &[]),
    ] {
        assert_eq!(
            read(store, &digest, Some(range.clone())).await,
            (200_000, expected.to_vec()),
            "{range:?}"
        );
    }

    let nothing = porch.stages(b"").await;
    store.keep(&nothing).await.unwrap();
    assert_eq!(read(store, nothing.digest(), None).await, (0, vec![]));

    store.remove(&digest).await.unwrap();
    store.remove(&digest).await.unwrap();
    assert_eq!(store.size(&digest).await.unwrap(), None);
    assert_eq!(store.size(nothing.digest()).await.unwrap(), Some(0));

    store.probe().await.unwrap();
}

#[tokio::test]
async fn the_disk_keeps_bytes_and_gives_them_back() {
    let porch = Porch::new().await;
    keeps_bytes_and_gives_them_back(&porch.disk().await).await;
}

#[tokio::test]
async fn a_bucket_keeps_bytes_and_gives_them_back() {
    let server = server().await;
    keeps_bytes_and_gives_them_back(&bucket(&server)).await;
}

#[tokio::test]
async fn a_reader_loads_from_the_bucket_itself_where_that_is_wanted() {
    let server = server().await;
    let streaming = bucket(&server);
    let porch = Porch::new().await;
    let staged = porch.stages(b"for everybody").await;
    streaming.keep(&staged).await.unwrap();
    let shown = Shown {
        media_type: "application/pdf",
        disposition: "inline; filename=\"a b.pdf\"; filename*=UTF-8''%C3%A4%20b.pdf",
        language: Some("de"),
        caching: "public, max-age=300",
    };
    assert_eq!(streaming.presigned(staged.digest(), &shown).await.unwrap(), None);

    let sending = streaming.with_delivery(Delivery::Redirect);
    let address = sending.presigned(staged.digest(), &shown).await.unwrap().expect("an address");

    let parsed = reqwest::Url::parse(&address).unwrap();
    let said: HashMap<_, _> = parsed.query_pairs().into_owned().collect();
    assert_eq!(said["X-Amz-Expires"], "300");
    assert_eq!(said["response-content-type"], shown.media_type);
    assert_eq!(said["response-content-disposition"], shown.disposition);
    assert_eq!(said["response-content-language"], "de");
    assert_eq!(said["response-cache-control"], shown.caching);
    let response = reqwest::get(&address).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.bytes().await.unwrap(), "for everybody");
    // For this file, and for loading only.
    let other = address.replacen(&staged.digest().address(), &Digest::of(b"other").address(), 1);
    assert_eq!(reqwest::get(other).await.unwrap().status(), 403);
    let removed = reqwest::Client::new().delete(&address).send().await.unwrap();
    assert_eq!(removed.status(), 403);

    let disk = porch.disk().await;
    assert_eq!(disk.presigned(staged.digest(), &shown).await.unwrap(), None);
}

#[tokio::test]
async fn many_who_keep_the_same_file_at_once_leave_one() {
    let porch = Porch::new().await;
    let disk = porch.disk().await;
    let sent = bytes(1_000_000);
    let staged = porch.stages(&sent).await;

    let keeping = (0..16).map(|_| disk.keep(&staged));
    for kept in futures_util::future::join_all(keeping).await {
        kept.unwrap();
    }

    assert_eq!(read(&disk, staged.digest(), None).await, (1_000_000, sent));
    let incoming = porch.dir.path().join("files/incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[tokio::test]
async fn what_a_crash_left_on_the_disk_is_never_a_file_and_is_swept() {
    let porch = Porch::new().await;
    let disk = porch.disk().await;
    let staged = porch.stages(b"whole").await;
    let path = porch.dir.path().join("files").join(staged.digest().address());
    let left = porch.dir.path().join("files/incoming/.tmpLeft");
    std::fs::write(&left, "wh").unwrap();

    assert_eq!(disk.size(staged.digest()).await.unwrap(), None);
    let yesterday = SystemTime::from(koffer::clock::now()) - Duration::from_secs(86_400);
    assert_eq!(disk.sweep(yesterday).await.unwrap(), 0);
    assert_eq!(
        disk.sweep(SystemTime::from(koffer::clock::now()) + Duration::from_secs(1)).await.unwrap(),
        1
    );
    assert!(!left.exists());

    // A disk that lost the end of a file gets it back from the next one who brings it.
    disk.keep(&staged).await.unwrap();
    std::fs::write(&path, "wh").unwrap();
    disk.keep(&staged).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"whole");
}

#[tokio::test]
async fn a_large_file_reaches_the_bucket_in_parts() {
    let server = server().await;
    let bucket = bucket(&server);
    let porch = Porch::new().await;
    let sent = bytes(20 * 1024 * 1024 + 17);
    let staged = porch.stages(&sent).await;

    bucket.keep(&staged).await.unwrap();

    let (size, got) = read(&bucket, staged.digest(), None).await;
    assert_eq!((size, Digest::of(&got)), (sent.len() as u64, *staged.digest()));
    let kept = server.path(&format!("files/{}", staged.digest().address()));
    assert_eq!(std::fs::metadata(kept).unwrap().len(), sent.len() as u64);
}

#[tokio::test]
async fn the_same_bytes_are_not_sent_to_the_bucket_twice() {
    let server = server().await;
    let bucket = bucket(&server);
    let porch = Porch::new().await;
    let staged = porch.stages(b"once").await;
    bucket.keep(&staged).await.unwrap();
    let kept = server.path(&format!("files/{}", staged.digest().address()));
    std::fs::write(&kept, "ONCE").unwrap();

    bucket.keep(&staged).await.unwrap();

    assert_eq!(std::fs::read(&kept).unwrap(), b"ONCE");
}

#[tokio::test]
async fn wrong_credentials_are_our_mistake_and_not_worth_a_retry() {
    let server = server().await;
    let porch = Porch::new().await;
    let staged = porch.stages(b"secret").await;
    let stranger = bucket_opened_with(&server, "guessed");

    for refused in [
        stranger.keep(&staged).await,
        stranger.probe().await,
        stranger.size(staged.digest()).await.map(drop),
        stranger.open(staged.digest(), None).await.map(drop),
    ] {
        assert!(matches!(refused, Err(Failure::Internal(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_away_is_unavailable_until_it_is_back() {
    let mut server = server().await;
    let bucket = bucket(&server);
    let porch = Porch::new().await;
    let staged = porch.stages(b"patience").await;
    bucket.keep(&staged).await.unwrap();

    server.stop().await;
    for failed in [
        bucket.keep(&staged).await,
        bucket.probe().await,
        bucket.size(staged.digest()).await.map(drop),
        bucket.open(staged.digest(), None).await.map(drop),
    ] {
        assert!(matches!(failed, Err(Failure::Unavailable(_))), "{failed:?}");
    }

    // Nobody waits any more for what somebody else has just waited for.
    let begun = Instant::now();
    assert!(matches!(bucket.size(staged.digest()).await, Err(Failure::Unavailable(_))));
    assert!(begun.elapsed() < Duration::from_millis(500), "it took {:?}", begun.elapsed());

    server.resume().await;
    bucket.probe().await.unwrap();
    assert_eq!(read(&bucket, staged.digest(), None).await.1, b"patience");
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_found_out_by_the_probe() {
    let server = server().await;
    std::fs::remove_dir_all(server.path("")).unwrap();

    let probed = bucket(&server).probe().await;

    assert!(matches!(probed, Err(Failure::Internal(_))), "{probed:?}");
}
