//! The search for viruses: what carries one is refused, and what nobody could look into waits.

use std::io;

use reqwest::StatusCode;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    awkward_files::{pdf, sample},
    people::Person,
    uploads::{sending, sends, sent},
    world::{World, free_port},
};

const WORKING: &str =
    "query($id: ID!) { workingFile(id: $id) { url virusCheck image { url(width: 300) } } }";
const CRISIS: &str = "arbeiten-im-krisenmodus.pdf";

/// Speaks as clamd does, and finds what looks like the test virus.
fn clamd(port: u16) -> JoinHandle<()> {
    tokio::spawn(async move {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        while let Ok((line, _)) = listener.accept().await {
            tokio::spawn(looks(line));
        }
    })
}

async fn looks(mut line: TcpStream) -> io::Result<()> {
    let mut command = Vec::new();
    while !command.ends_with(b"\0") {
        command.push(line.read_u8().await?);
    }
    if command == b"zPING\0" {
        return line.write_all(b"PONG\0").await;
    }
    assert_eq!(command, b"zINSTREAM\0");
    let mut come = Vec::new();
    loop {
        let length = line.read_u32().await? as usize;
        if length == 0 {
            break;
        }
        let begin = come.len();
        come.resize(begin + length, 0);
        line.read_exact(&mut come[begin..]).await?;
    }
    let infected = come.windows(12).any(|piece| piece == b"EICAR-TEST-X");
    let told = if infected { "stream: Eicar-Test FOUND\0" } else { "stream: OK\0" };
    line.write_all(told.as_bytes()).await
}

async fn looks_at(person: &Person, id: &str) -> serde_json::Value {
    person.asks(WORKING, json!({ "id": id })).await["workingFile"].clone()
}

#[tokio::test]
async fn what_carries_a_virus_is_refused() {
    let port = free_port();
    let address = format!("tcp://127.0.0.1:{port}");
    let scanner = clamd(port);
    let world = World::empty_with(&[("KOFFER_CLAMD", &address)]).await;
    let author = world.person("author", None).await;
    let clean = sends(&world, &author, "heft.pdf", &sample(CRISIS)).await;
    let file = looks_at(&author, &clean).await;
    assert_eq!(file["virusCheck"], "CLEAN");
    assert_eq!(
        world.anyone().follows(file["url"].as_str().unwrap()).await.status(),
        StatusCode::OK
    );

    let infected = pdf::tagged("EICAR-TEST-X");
    let infected = [infected, b"%EICAR-TEST-X\n".to_vec()].concat();
    let (status, told) = sent(sending(&world, &author, "virus.pdf", &infected)).await;
    assert_eq!((status, &told["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("file")));
    assert!(told["detail"].as_str().unwrap().contains("Eicar-Test"), "{told}");
    assert_eq!(world.count("file").await, 1);
    scanner.abort();
}

#[tokio::test]
async fn what_nobody_could_look_into_waits_until_somebody_can() {
    let port = free_port();
    let address = format!("tcp://127.0.0.1:{port}");
    let mut world = World::empty_with(&[("KOFFER_CLAMD", &address)]).await;
    let publisher = world.person("chief-editor", None).await;
    let fine = sends(&world, &publisher, "heft.pdf", &sample(CRISIS)).await;
    let virus = [pdf::tagged("Gut getarnt"), b"%EICAR-TEST-X\n".to_vec()].concat();
    let virus = sends(&world, &publisher, "virus.pdf", &virus).await;

    // It is there, but nobody loads it, and nothing that shows it is published.
    let file = looks_at(&publisher, &fine).await;
    assert_eq!(file["virusCheck"], "WAITING");
    for url in [&file["url"], &file["image"]["url"]] {
        let status = world.anyone().follows(url.as_str().unwrap()).await.status();
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    let draft = publisher.creates("download", json!({ "title": "Das Heft", "file": fine })).await;
    let waits = [("file".to_owned(), "NOT_CHECKED".to_owned())];
    assert_eq!(publisher.takes("publish", &draft).await.refused(), waits);

    assert_eq!(world.stop().await, Some(0));
    let scanner = clamd(port);
    world.restart().await;
    world.counts("file WHERE scan = 'waiting'", 0).await;
    assert_eq!(looks_at(&publisher, &fine).await["virusCheck"], "CLEAN");
    publisher.publishes(&draft).await;
    let file = looks_at(&publisher, &virus).await;
    assert_eq!(file["virusCheck"], "INFECTED");
    let status = world.anyone().follows(file["url"].as_str().unwrap()).await.status();
    assert_eq!(status, StatusCode::NOT_FOUND);
    let draft =
        publisher.creates("download", json!({ "title": "Das andere", "file": virus })).await;
    assert_eq!(publisher.takes("publish", &draft).await.refused(), waits);
    assert_eq!(world.logged("virus-found").await, 1);
    scanner.abort();
}
