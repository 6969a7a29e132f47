//! The largest file that is taken goes in and out, while the server holds hardly any of it.
#![cfg(target_os = "linux")]

use std::{
    fs::File,
    io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    path::PathBuf,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use koffer::files::Digest;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio_util::io::ReaderStream;

use crate::{bulky, people::Person, s3_server::S3Server, world::World};

const MIB: u64 = 1024 * 1024;

/// What the server may need beside what it needs anyway.
const MORE_MEMORY: u64 = 64 * MIB;

const WORKING: &str = "query($id: ID!) { workingFile(id: $id) { url pages size sha256 } }";

struct Sent {
    path: PathBuf,
    size: u64,
    digest: Digest,
}

/// A PDF in the world's folder.
fn written(world: &World, name: &str, size: u64) -> Sent {
    let path = world.folder().join(name);
    let mut file = BufWriter::new(File::create(&path).unwrap());
    bulky::write_pdf(&mut file, size, size).unwrap();
    file.flush().unwrap();
    let (mut hash, mut chunk) = (Sha256::new(), vec![0; 64 * 1024]);
    let mut file = File::open(&path).unwrap();
    loop {
        match file.read(&mut chunk).unwrap() {
            0 => break,
            count => hash.update(&chunk[..count]),
        }
    }
    Sent { size: file.metadata().unwrap().len(), path, digest: hash.into() }
}

/// Sends it piece by piece, and says where it can be loaded.
async fn sends(world: &World, author: &Person, sent: &Sent) -> String {
    let file = tokio::fs::File::open(&sent.path).await.unwrap();
    let request = Client::new()
        .post(world.url("/upload"))
        .bearer_auth(&author.token)
        .header("x-koffer", "1")
        .header("upload-metadata", format!("filename {}", BASE64.encode("gross.pdf")))
        .header("content-length", sent.size)
        .body(reqwest::Body::wrap_stream(ReaderStream::with_capacity(file, 64 * 1024)));
    let response = request.send().await.unwrap();
    let status = response.status();
    let told: Value = response.json().await.unwrap_or_default();
    assert_eq!(status, StatusCode::CREATED, "{told:#}\n{}", world.said());

    let file = author.asks(WORKING, json!({ "id": told["id"] })).await["workingFile"].clone();
    assert_eq!((&file["pages"], &file["size"]), (&json!(1), &json!(sent.size)));
    assert_eq!(file["sha256"], sent.digest.to_string());
    file["url"].as_str().unwrap().to_owned()
}

async fn digest_of(mut response: Response) -> Digest {
    let mut hash = Sha256::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        hash.update(&chunk);
    }
    hash.into()
}

async fn goes_in_and_out(settings: &[(&str, &str)]) {
    let settings = [settings, &[("KOFFER_UPLOAD_MIB", "200")]].concat();
    let world = World::empty_with(&settings).await;
    let author = world.person("author", None).await;
    // Once around, so that what is only loaded once is loaded.
    let url = sends(&world, &author, &written(&world, "klein.pdf", 17 * MIB)).await;
    digest_of(world.anyone().follows(&url).await).await;
    let large = written(&world, "gross.pdf", 200 * MIB - 1024);
    assert!((199 * MIB..=200 * MIB).contains(&large.size), "{}", large.size);

    let memory = Memory::of(&world);
    let url = sends(&world, &author, &large).await;
    memory.has_not_grown_much("taking it in");

    let memory = Memory::of(&world);
    let response = world.anyone().follows(&url).await;
    assert_eq!(response.content_length(), Some(large.size));
    assert_eq!(digest_of(response).await, large.digest);
    memory.has_not_grown_much("handing it out");

    let range = 100 * MIB + 3..101 * MIB;
    let asked = format!("bytes={}-{}", range.start, range.end - 1);
    let response = Client::new().get(&url).header("range", asked).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
    let mut expected = vec![0; (range.end - range.start) as usize];
    let mut file = File::open(&large.path).unwrap();
    file.seek(SeekFrom::Start(range.start)).unwrap();
    file.read_exact(&mut expected).unwrap();
    assert!(response.bytes().await.unwrap() == expected, "other bytes come");
}

/// How much the server holds when nothing happens.
struct Memory {
    pid: u32,
    idle: u64,
}

impl Memory {
    fn of(world: &World) -> Self {
        let pid = world.pid();
        // 5 forgets the peak (proc(5)).
        std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
        Self { pid, idle: peak(pid) }
    }

    #[track_caller]
    fn has_not_grown_much(&self, doing: &str) {
        let more = peak(self.pid).saturating_sub(self.idle);
        assert!(more < MORE_MEMORY, "{doing} took {} MiB", more / MIB);
    }
}

/// The most memory that a process has held, in bytes.
fn peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_mebibytes_go_onto_the_disk_and_back() {
    goes_in_and_out(&[("KOFFER_FILES", "disk")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_mebibytes_go_into_a_bucket_and_back() {
    let server = S3Server::start(tempfile::tempdir().unwrap()).await;
    let settings = server.environment();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
    goes_in_and_out(&settings).await;
}
