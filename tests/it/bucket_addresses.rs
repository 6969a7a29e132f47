//! Where it is set so, the bucket hands out files itself, under addresses that are good for a moment.

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::{awkward_files::sample, s3_server::S3Server, uploads::sends, world::World};

#[tokio::test]
async fn from_a_bucket_readers_are_sent_to_the_bucket_itself_where_it_is_set_so() {
    let server = S3Server::start(tempfile::tempdir().unwrap()).await;
    let mut settings = server.environment().to_vec();
    settings.push(("KOFFER_S3_DELIVERY", "redirect".into()));
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
    let world = World::with(&settings).await;
    let publisher = world.person("chief-editor", None).await;
    let sent = sends(&world, &publisher, "heft.pdf", &sample("arbeiten-im-krisenmodus.pdf")).await;
    let draft = publisher.creates("download", json!({ "title": "Das Heft", "file": sent })).await;
    publisher.publishes(&draft).await;
    let query = "{ download(slug: \"das-heft\") { file { url sha256 } } }";
    let answer = world.anyone().asks(query, json!({})).await;
    let file = &answer["download"]["file"];
    let url = file["url"].as_str().unwrap();
    let nowhere = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();

    let response = nowhere.get(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(response.headers()["cache-control"], "public, max-age=120");
    let address = response.headers()["location"].to_str().unwrap().to_owned();
    assert!(!address.starts_with(&world.url("/")), "{address}");
    let sent = reqwest::get(&address).await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    assert_eq!(sent.headers()["content-type"], "application/pdf");
    assert!(sent.headers()["content-disposition"].to_str().unwrap().contains("Krisenmodus"));
    let bytes = sent.bytes().await.unwrap();
    assert_eq!(file["sha256"], koffer::files::Digest::of(&bytes).to_string());

    // What one has already, one is told without the bucket; and nobody sees more than before.
    let known = nowhere
        .get(url)
        .header("if-none-match", format!("\"{}\"", file["sha256"].as_str().unwrap()));
    assert_eq!(known.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    let head = nowhere.head(url).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    let id = "01a20000-0000-7000-8000-000000000000";
    let none = nowhere.get(world.url(&format!("/files/{id}/x.pdf"))).send().await.unwrap();
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
}
