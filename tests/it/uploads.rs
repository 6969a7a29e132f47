//! Uploads: an editor sends a file, and it is there whole and looked into, or not at all.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    awkward_files::{self, Awkward, Fate, sample},
    people::Person,
    world::World,
};

/// No file takes longer to be looked into, not even where everything is unoptimised.
const PATIENCE: Duration = Duration::from_secs(60);

const WORKING: &str =
    "query($id: ID!) { workingFile(id: $id) { id originalName name url mediaType size sha256 pages width height
    accessibility { tagged language hasText } cover: pageImage(width: 300) { url width } } }";

/// A request that sends a file.
pub fn sending(world: &World, person: &Person, name: &str, bytes: &[u8]) -> RequestBuilder {
    Client::new()
        .post(world.url("/upload"))
        .bearer_auth(&person.token)
        .header("x-koffer", "1")
        .header("upload-metadata", format!("filename {}", BASE64.encode(name)))
        .body(bytes.to_vec())
}

pub async fn sent(request: RequestBuilder) -> (StatusCode, Value) {
    let response: Response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap_or_default())
}

/// Begins to send, and hangs up after these bytes of so many. By hand, for an HTTP client sends
/// nothing of a body of which it knows that it will break off.
pub async fn hangs_up(request: RequestBuilder, begin: &[u8], length: usize) {
    let request = request.build().unwrap();
    let url = request.url();
    let address = (url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let mut line = TcpStream::connect(address).await.unwrap();
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: {}:{}\r\n",
        request.method(),
        url.path(),
        address.0,
        address.1
    );
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    head += &format!("content-length: {length}\r\n\r\n");
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(begin).await.unwrap();
    line.shutdown().await.unwrap();
    // Until the other side has noticed.
    let _ = line.read_to_end(&mut Vec::new()).await;
}

/// Sends a file that is taken, and says under which id.
pub async fn sends(world: &World, person: &Person, name: &str, bytes: &[u8]) -> String {
    let (status, told) = sent(sending(world, person, name, bytes)).await;
    assert_eq!(status, StatusCode::CREATED, "{told:#}");
    told["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_author_sends_a_pdf_and_publishes_it_with_a_publisher() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let publisher = world.person("chief-editor", None).await;
    let pdf = sample("arbeiten-im-krisenmodus.pdf");

    let id =
        sends(&world, &author, "Arbeiten im Krisenmodus – Fassung für „Büros“.pdf", &pdf).await;
    let file = author.asks(WORKING, json!({ "id": id })).await["workingFile"].clone();
    assert_eq!(file["originalName"], "Arbeiten im Krisenmodus – Fassung für „Büros“.pdf");
    assert_eq!(file["name"], "Arbeiten im Krisenmodus.pdf", "it is saved under its title");
    assert_eq!((&file["pages"], &file["mediaType"]), (&json!(7), &json!("application/pdf")));
    assert_eq!(file["accessibility"], json!({ "tagged": true, "language": "de", "hasText": true }));

    // It is the author's alone: under a sealed address, kept by no cache.
    let sealed = file["url"].as_str().unwrap();
    let response = world.anyone().follows(sealed).await;
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    assert_eq!(response.bytes().await.unwrap(), pdf);
    let cover = world.anyone().follows(file["cover"]["url"].as_str().unwrap()).await;
    assert_eq!(cover.headers()["content-type"], "image/webp");
    let plain = sealed.split_once('?').unwrap().0;
    assert_eq!(world.anyone().follows(plain).await.status(), StatusCode::NOT_FOUND);
    let editor = world.person("editor", None).await;
    let nothing = editor.asks(WORKING, json!({ "id": id })).await;
    assert_eq!(nothing["workingFile"], Value::Null);

    let report = json!({ "title": "Arbeiten im Krisenmodus", "file": id, "series": "nzwk", "number": 1,
                         "date": "2023-06-28" });
    let report = author.creates("report", report).await;
    let seen = editor.asks(WORKING, json!({ "id": id })).await;
    assert_eq!(seen["workingFile"]["id"], json!(id), "whoever sees the draft sees its file");
    publisher.publishes(&report).await;
    let response = world.anyone().follows(plain).await;
    assert_eq!(
        response.headers()["cache-control"],
        "public, max-age=300, stale-while-revalidate=86400"
    );
    assert_eq!(response.bytes().await.unwrap(), pdf);
    assert_eq!(world.logged("upload").await, 1);
}

#[tokio::test]
async fn an_address_is_good_for_its_file_and_its_time_only() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let mut addresses = Vec::new();
    for name in ["eins.pdf", "zwei.pdf"] {
        let id = sends(&world, &author, name, &sample("arbeiten-im-krisenmodus.pdf")).await;
        let file = author.asks(WORKING, json!({ "id": id })).await;
        addresses.push(file["workingFile"]["url"].as_str().unwrap().to_owned());
    }
    let (one, leave) = addresses[0].split_once('?').unwrap();
    let (other, _) = addresses[1].split_once('?').unwrap();
    let seal = leave.split_once("seal=").unwrap().1;
    for refused in [
        format!("{other}?{leave}"),
        format!("{one}?until=99999999999&seal={seal}"),
        format!("{one}?until=0&seal={seal}"),
        format!("{one}?until=x&seal=zz"),
    ] {
        assert_eq!(
            world.anyone().follows(&refused).await.status(),
            StatusCode::NOT_FOUND,
            "{refused}"
        );
    }
}

#[tokio::test]
async fn only_those_who_write_send_files() {
    let world = World::empty().await;
    let pdf = sample("arbeiten-im-krisenmodus.pdf");
    let reader = world.person("reader", None).await;
    assert_eq!(sent(sending(&world, &reader, "a.pdf", &pdf)).await.0, StatusCode::FORBIDDEN);
    let author = world.person("author", None).await;
    let metadata = format!("filename {}", BASE64.encode("a.pdf"));
    let stranger = Client::new().post(world.url("/upload")).header("x-koffer", "1");
    let stranger = stranger.header("upload-metadata", &metadata).body(pdf.clone());
    assert_eq!(sent(stranger).await.0, StatusCode::UNAUTHORIZED);
    let foreign = Client::new().post(world.url("/upload")).bearer_auth(&author.token);
    let foreign = foreign.header("upload-metadata", &metadata).body(pdf.clone());
    assert_eq!(sent(foreign).await.0, StatusCode::FORBIDDEN);
    let nameless = Client::new().post(world.url("/upload")).bearer_auth(&author.token);
    let (status, told) = sent(nameless.header("x-koffer", "1").body(pdf)).await;
    assert_eq!(
        (status, &told["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("Upload-Metadata"))
    );
    assert_eq!(world.count("file").await, 0);
}

#[tokio::test]
async fn every_awkward_file_is_taken_or_refused_while_the_server_goes_on() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let before = memory(&world).await;
    let mut wrong = Vec::new();
    for Awkward { name, bytes, fate } in awkward_files::all() {
        let begun = Instant::now();
        let (status, told) = sent(sending(&world, &author, &name, &bytes)).await;
        assert!(begun.elapsed() < PATIENCE, "{name} took {:?}", begun.elapsed());
        let came = match status {
            StatusCode::CREATED => Fate::Kept,
            StatusCode::UNPROCESSABLE_ENTITY => Fate::Refused,
            _ => panic!("{name}: {status} {told:#}"),
        };
        let reason = told["detail"].as_str().unwrap_or_default();
        if came != fate || (came == Fate::Refused && reason.len() < 30) {
            wrong.push(format!("{name} was {came:?}: {told}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let grown = memory(&world).await.saturating_sub(before) / (1024 * 1024);
    assert!(grown < 64, "the server has grown by {grown} MiB");
    let left = std::fs::read_dir(world.data().join("staging")).unwrap().count();
    assert_eq!(left, 0, "something is left behind");
}

/// The memory that the server holds, in bytes.
async fn memory(world: &World) -> u64 {
    let metrics = reqwest::get(world.url("/metrics")).await.unwrap().text().await.unwrap();
    let held =
        |line: &str| line.strip_prefix("process_resident_memory_bytes ")?.parse::<f64>().ok();
    metrics.lines().find_map(held).expect("the metrics tell the memory") as u64
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_sent_and_after() {
    let world = World::empty_with(&[("KOFFER_UPLOAD_MIB", "1")]).await;
    let author = world.person("author", None).await;
    let large = vec![b' '; 1024 * 1024 + 1];
    let (status, told) = sent(sending(&world, &author, "gross.pdf", &large)).await;
    assert_eq!(
        (status, &told["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("file")),
        "{told}"
    );

    // Without a length, it is counted on the way.
    let pieces = futures_util::stream::iter(
        large.chunks(4096).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())),
    );
    let pieces: Vec<_> = futures_util::StreamExt::collect(pieces).await;
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let (status, told) = sent(sending(&world, &author, "gross.pdf", b"").body(body)).await;
    assert_eq!(
        (status, &told["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("file")),
        "{told}"
    );
    assert_eq!(std::fs::read_dir(world.data().join("staging")).unwrap().count(), 0);
}

#[tokio::test]
async fn an_upload_that_is_cut_leaves_nothing_behind() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let pdf = sample("arbeiten-im-krisenmodus.pdf");
    for _ in 0..50 {
        let half = sending(&world, &author, "halb.pdf", b"");
        hangs_up(half, &pdf[..pdf.len() / 2], pdf.len()).await;
    }
    // A whole one comes through, and by then the others are gone.
    sends(&world, &author, "ganz.pdf", &pdf).await;
    assert_eq!(world.count("file").await, 1);
    let deadline = Instant::now() + Duration::from_secs(30);
    while std::fs::read_dir(world.data().join("staging")).unwrap().count() > 0 {
        assert!(Instant::now() < deadline, "half a file is left behind");
    }
}

#[tokio::test]
async fn the_same_bytes_are_two_files_for_two_people() {
    let world = World::empty().await;
    let (one, other) = (world.person("author", None).await, world.person("author", None).await);
    let pdf = sample("arbeiten-im-krisenmodus.pdf");
    let first = sends(&world, &one, "meins.pdf", &pdf).await;
    let second = sends(&world, &other, "deins.pdf", &pdf).await;
    assert_ne!(first, second);
    let seen = other.asks(WORKING, json!({ "id": first })).await;
    assert_eq!(seen["workingFile"], Value::Null);
    assert_eq!(
        other.asks(WORKING, json!({ "id": second })).await["workingFile"]["originalName"],
        "deins.pdf"
    );
}

#[tokio::test]
async fn with_a_key_a_file_is_taken_once() {
    let world = World::empty().await;
    let (one, other) = (world.person("author", None).await, world.person("author", None).await);
    let pdf = sample("arbeiten-im-krisenmodus.pdf");
    let mut told = Vec::new();
    for person in [&one, &one, &other] {
        let request = sending(&world, person, "heft.pdf", &pdf).header("idempotency-key", "eins");
        let (status, answer) = sent(request).await;
        assert_eq!(status, StatusCode::CREATED);
        told.push(answer);
    }
    assert_eq!(told[0], told[1]);
    assert_ne!(told[0]["id"], told[2]["id"], "a key is one's own");
    assert_eq!(world.count("file").await, 2);
}

#[tokio::test]
async fn a_page_that_cannot_be_drawn_is_no_picture() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let id = sends(&world, &author, "endlos.pdf", &awkward_files::pdf::endless()).await;
    let file = author.asks(WORKING, json!({ "id": id })).await["workingFile"].clone();
    assert_eq!(file["cover"], Value::Null);
    let (_, leave) = file["url"].as_str().unwrap().split_once('?').unwrap();
    let picture = world.url(&format!("/images/{id}?w=640&{leave}"));
    for _ in 0..2 {
        let response = world.anyone().follows(&picture).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn nobody_opens_a_file_by_pointing_a_draft_of_their_own_at_it() {
    let world = World::empty().await;
    let (one, other) = (world.person("author", None).await, world.person("author", None).await);
    let id = sends(&world, &one, "meins.pdf", &sample("arbeiten-im-krisenmodus.pdf")).await;
    let query =
        "mutation($input: CreateDraftInput!) { createDraft(input: $input) { edition { id } } }";
    let draft = |file: Value| json!({ "input": { "content": { "download": { "title": "Meins?", "file": file } } } });
    other.is_refused(query, draft(json!(id))).await.is_bad_input("file");
    let empty = other.creates("download", json!({ "title": "Meins?" })).await;
    let query = "mutation($input: SaveDraftInput!) { saveDraft(input: $input) { edition { id } } }";
    let input = json!({ "input": { "id": empty.id, "expectedRevision": 1,
                                   "content": { "download": { "file": id } } } });
    other.is_refused(query, input).await.is_bad_input("file");
    assert_eq!(other.asks(WORKING, json!({ "id": id })).await["workingFile"], Value::Null);
    // Whoever has sent it may, and what points at it already goes on pointing.
    let own = one.creates("download", json!({ "title": "Meins", "file": id })).await;
    let editor = world.person("editor", None).await;
    editor.saves(&own, "download", json!({ "title": "Seins" })).await;
}
