//! Documents: what is found inside a PDF, and its pages as pictures.

use reqwest::StatusCode;
use serde_json::json;

use crate::{
    collection::{Collection, bundled},
    people::{all, each},
    world::World,
};

const CRISIS: &str = "query($width: Int!) { report(slug: \"arbeiten-im-krisenmodus\") { file {
    id name pages author outline { title level page } fonts { name embedded } links
    accessibility { tagged language title hasText pdfUa pdfA }
    third: pageText(page: 3) none: pageText(page: 8)
    cover: pageImage(width: $width) { url width height } beyond: pageImage(page: 8, width: $width) { url } } } }";

#[tokio::test]
async fn the_report_on_crises_tells_what_stands_in_it() {
    let answer = World::shared().await.anyone().asks(CRISIS, json!({ "width": 600 })).await;
    let file = &answer["report"]["file"];

    let accessibility = &file["accessibility"];
    assert_eq!(
        (&accessibility["tagged"], &accessibility["language"]),
        (&json!(true), &json!("de"))
    );
    assert_eq!(accessibility["hasText"], true);
    let outline = all(&file["outline"]);
    assert!(!outline.is_empty());
    let pages: Vec<u64> = outline.iter().map(|heading| heading["page"].as_u64().unwrap()).collect();
    assert!(pages.is_sorted() && pages.iter().all(|page| (1..=7).contains(page)), "{outline:?}");
    assert_eq!(outline[0]["level"], 1);
    assert!(all(&file["fonts"]).iter().all(|font| font["embedded"] == true), "{file:#}");

    let third = file["third"].as_str().unwrap();
    assert!(third.starts_with("1 Warum dieses Heft\nKrisen treffen zuerst den Ort"), "{third}");
    assert!(third.ends_with("Arbeiten im Krisenmodus · Seite 3"), "{third}");
    assert_eq!(file["none"], json!(null));
}

/// Width and height as the head of a lossy WebP tells them.
fn size_of(webp: &[u8]) -> (u16, u16) {
    assert_eq!((&webp[..4], &webp[8..16]), (&b"RIFF"[..], &b"WEBPVP8 "[..]));
    let number = |at: usize| u16::from_le_bytes([webp[at], webp[at + 1]]) & 0x3fff;
    (number(26), number(28))
}

#[tokio::test]
async fn the_first_page_is_the_cover_in_the_next_larger_width() {
    let world = World::new().await;
    let anyone = world.anyone();
    let answer = anyone.asks(CRISIS, json!({ "width": 600 })).await;
    let file = &answer["report"]["file"];
    let cover = &file["cover"];
    assert_eq!(cover["width"], 640);
    assert_eq!(file["beyond"], json!(null));

    let response = anyone.follows(cover["url"].as_str().unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "image/webp");
    let picture = response.bytes().await.unwrap();
    let (width, height) = size_of(&picture);
    assert_eq!((json!(width), json!(height)), (cover["width"].clone(), cover["height"].clone()));
    assert!(picture.len() > 5_000, "there is something on it: {} bytes", picture.len());

    // It is drawn once; and again where the store has lost it.
    assert_eq!(anyone.downloads(cover["url"].as_str().unwrap()).await, picture);
    assert_eq!(world.count("variant").await, 1);
    world.sql("UPDATE variant SET digest = REPLACE(digest, 'a', 'b')").await.unwrap();
    assert_eq!(anyone.downloads(cover["url"].as_str().unwrap()).await, picture);
    assert_eq!(world.count("variant").await, 1);
}

#[tokio::test]
async fn no_address_draws_more_than_there_is() {
    let world = World::new().await;
    let anyone = world.anyone();
    let answer = anyone.asks(CRISIS, json!({ "width": 9999 })).await;
    let file = &answer["report"]["file"];
    assert_eq!(file["cover"]["width"], 1920, "no picture is larger");
    let address = file["cover"]["url"].as_str().unwrap();
    for (wrong, instead) in [
        ("page=1", "page=8"),
        ("page=1", "page=0"),
        ("page=1", "page=-1"),
        ("w=1920", "w=0"),
        ("/images/", "/images/x"),
    ] {
        let url = address.replace(wrong, instead);
        let status = anyone.follows(&url).await.status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{url}");
    }
    assert_eq!(world.count("variant").await, 0);
    let query =
        "{ report(slug: \"arbeiten-im-krisenmodus\") { file { pageImage(width: 0) { url } } } }";
    anyone.is_refused(query, json!({})).await.is_bad_input("width");
}

#[tokio::test]
async fn the_pages_of_a_draft_are_nobodys_business() {
    let world = World::empty().await;
    let pdf = std::fs::read(bundled().join("files/arbeiten-im-krisenmodus.pdf")).unwrap();
    let collection = Collection::new()
        .with("downloads.json", json!([{ "key": "geheim", "title": null, "file": "files/g.pdf" }]))
        .bytes("files/g.pdf", &pdf);
    world.koffer(&["import", collection.path()]).await.worked();
    let export = world.folder().join("export");
    world.koffer(&["export", export.to_str().unwrap()]).await.worked();
    let line = std::fs::read_to_string(export.join("files.jsonl")).unwrap();
    let file: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    let url = world.url(&format!("/images/{}?page=1&w=640", file["id"].as_str().unwrap()));
    assert_eq!(world.anyone().follows(&url).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(world.count("variant").await, 0);
}

#[tokio::test]
async fn what_was_found_is_found_again_after_export_and_import() {
    let world = World::new().await;
    let export = world.folder().join("export");
    world.koffer(&["export", export.to_str().unwrap()]).await.worked();
    let other = World::empty().await;
    other.koffer(&["import", export.to_str().unwrap()]).await.worked();
    let query =
        "{ downloads(first: 50) { nodes { title file { pages width height outline { title page }
        accessibility { tagged hasText language } pageText(page: 1) } } } }";
    let before = world.anyone().asks(query, json!({})).await;
    assert_eq!(before, other.anyone().asks(query, json!({})).await);
    assert!(each(&before["downloads"]["nodes"], "title").len() > 3);
}
