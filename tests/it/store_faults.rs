//! What becomes of uploads and downloads while something is wrong between us and the bucket: they
//! fail with a word of patience and without a trace, texts are read as ever, and afterwards
//! everything goes on by itself.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::{
    awkward_files::sample,
    bulky,
    fault_proxy::{FaultProxy, Line},
    graphql::THEME_PAGE,
    people::Person,
    s3_server::S3Server,
    world::World,
};

/// In one request, and in parts.
const SIZES: [u64; 2] = [300_000, 18 * 1024 * 1024];

/// Texts come at once, also from a busy machine; whoever waits for the bucket takes longer.
const AT_ONCE: Duration = Duration::from_secs(3);

/// How long anything may take before we call it stuck.
const PATIENCE: Duration = Duration::from_secs(60);

const WORKING: &str = "query($id: ID!) { workingFile(id: $id) { url } }";

/// A house whose files are in a bucket at the end of a line that can be bad.
struct Scene {
    world: World,
    server: S3Server,
    proxy: FaultProxy,
    author: Person,
    /// The address of a file that everybody may load, and what is in it.
    public: String,
    pdf: Vec<u8>,
    /// How many files there were in the beginning.
    files: i64,
}

impl Scene {
    async fn new() -> Self {
        let server = S3Server::start(tempfile::tempdir().unwrap()).await;
        let proxy = FaultProxy::before(&server).await;
        let mut settings = server.environment();
        let endpoint = settings.iter_mut().find(|(name, _)| *name == "AWS_ENDPOINT_URL_S3");
        endpoint.unwrap().1 = proxy.endpoint.clone();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
        let world = World::with(&settings).await;
        let author = world.person("author", None).await;
        let publisher = world.person("chief-editor", None).await;

        let pdf = sample("arbeiten-im-krisenmodus.pdf");
        let (status, told) = sends(&world, &author, &pdf).await;
        assert_eq!(status, StatusCode::CREATED, "{told:#}");
        let report = json!({ "title": "Arbeiten mit dem Netz", "file": told["id"],
                             "series": "nzwk", "number": 99, "date": "2026-11-01" });
        let report = author.creates("report", report).await;
        publisher.publishes(&report).await;
        let working = author.asks(WORKING, json!({ "id": told["id"] })).await;
        let url = working["workingFile"]["url"].as_str().unwrap();
        let public = url.split('?').next().unwrap().to_owned();
        let files = world.count("file").await;
        Self { world, server, proxy, author, public, pdf, files }
    }

    async fn sends(&self, bytes: &[u8]) -> (StatusCode, Value) {
        sends(&self.world, &self.author, bytes).await
    }

    /// Somebody reads a page of texts, as if nothing were wrong.
    async fn reads_texts(&self) {
        let begun = Instant::now();
        let slug = json!({ "slug": "intra-und-interkommunale-kooperationen" });
        let page = self.world.anyone().asks(THEME_PAGE, slug).await;
        assert_eq!(page["themeField"]["title"], "Intra- und Interkommunale Kooperationen");
        assert!(begun.elapsed() < AT_ONCE, "it took {:?}", begun.elapsed());
    }

    /// Loads the public file: its bytes, or nothing that could be taken for them.
    async fn loads(&self) -> Option<Vec<u8>> {
        let response = self.world.anyone().follows(&self.public).await;
        match response.status() {
            StatusCode::OK => Some(response.bytes().await.ok()?.to_vec()),
            StatusCode::SERVICE_UNAVAILABLE => None,
            other => panic!("{other}\n{}", self.world.said()),
        }
    }

    /// No row, no bytes without a row, and nothing half, neither there nor here.
    async fn nothing_stays(&self, files: i64) {
        assert_eq!(self.world.count("file").await, files);
        for key in self.server.keys() {
            let digest = key.strip_prefix("files/").unwrap().replace('/', "");
            let rows = self.world.count(&format!("file WHERE digest = '{digest}'")).await;
            let pictures = self.world.count(&format!("variant WHERE digest = '{digest}'")).await;
            assert!(rows + pictures > 0, "{key} belongs to nobody\n{}", self.world.said());
        }
        let staging = self.world.data().join("staging");
        let left = || std::fs::read_dir(&staging).unwrap().count() + self.server.unfinished();
        let deadline = Instant::now() + PATIENCE;
        while left() > 0 {
            assert!(Instant::now() < deadline, "something half stays\n{}", self.world.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the house takes itself for whole again.
    async fn is_ready(&self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.world.anyone().follows(&self.world.url("/readyz")).await.status().is_success() {
            assert!(Instant::now() < deadline, "not ready\n{}", self.world.said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn sends(world: &World, author: &Person, bytes: &[u8]) -> (StatusCode, Value) {
    let request = Client::new()
        .post(world.url("/upload"))
        .bearer_auth(&author.token)
        .header("x-koffer", "1")
        .header("upload-metadata", format!("filename {}", BASE64.encode("Bericht.pdf")))
        .body(bytes.to_vec());
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap_or_default())
}

async fn the_house_stands_while_the_line_is(line: Line) {
    let scene = Scene::new().await;
    scene.reads_texts().await;
    assert_eq!(scene.loads().await.as_ref(), Some(&scene.pdf));

    scene.proxy.becomes(line);
    let sent = SIZES.map(|size| bulky::pdf(size, line as u64 + 1));
    for pdf in &sent {
        let begun = Instant::now();
        let ((status, told), ()) = tokio::join!(scene.sends(pdf), scene.reads_texts());
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{told:#}\n{}", scene.world.said());
        assert_eq!((&told["code"], &told["status"]), (&json!("UNAVAILABLE"), &json!(503)));
        assert!(begun.elapsed() < PATIENCE, "it took {:?}", begun.elapsed());
        scene.nothing_stays(scene.files).await;
    }
    let begun = Instant::now();
    let (loaded, ()) = tokio::join!(scene.loads(), scene.reads_texts());
    assert_eq!(loaded, None, "{line:?}");
    assert!(begun.elapsed() < Duration::from_secs(10), "it took {:?}", begun.elapsed());

    scene.proxy.becomes(Line::Through);
    scene.is_ready().await;
    for pdf in &sent {
        let (status, told) = scene.sends(pdf).await;
        assert_eq!(status, StatusCode::CREATED, "{told:#}\n{}", scene.world.said());
        let working = scene.author.asks(WORKING, json!({ "id": told["id"] })).await;
        let url = working["workingFile"]["url"].as_str().unwrap();
        assert!(scene.world.anyone().downloads(url).await == *pdf, "other bytes come back");
    }
    assert_eq!(scene.loads().await.as_ref(), Some(&scene.pdf));
    scene.nothing_stays(scene.files + sent.len() as i64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_stands_while_the_bucket_is_away() {
    the_house_stands_while_the_line_is(Line::Refused).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_stands_while_bodies_are_cut() {
    the_house_stands_while_the_line_is(Line::Cut).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_stands_while_the_bucket_has_a_fault() {
    the_house_stands_while_the_line_is(Line::Failing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_stands_while_the_bucket_has_too_much_to_do() {
    the_house_stands_while_the_line_is(Line::SlowDown).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_stands_while_bytes_are_garbled() {
    the_house_stands_while_the_line_is(Line::Garbled).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_stands_while_everything_comes_late() {
    the_house_stands_while_the_line_is(Line::Late).await;
}
