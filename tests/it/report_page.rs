//! The page of a report, and its PDF.

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::{
    awkward_files::pdf,
    collection::{Collection, bundled},
    graphql::REPORT,
    people::each,
    world::World,
};

const CRISIS: &str = "nzwk-1-arbeiten-im-krisenmodus";

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(bundled().join("files").join(name)).unwrap()
}

#[tokio::test]
async fn the_report_on_crises_has_its_pdf_byte_for_byte() {
    let anyone = World::shared().await.anyone();

    let answer = anyone.asks(REPORT, json!({ "slug": CRISIS })).await;

    let report = &answer["report"];
    assert_eq!(report["title"], "Arbeiten im Krisenmodus");
    assert_eq!(report["number"], 1);
    assert_eq!(report["date"], "2023-06-28");
    assert!(report["body"]["html"].as_str().unwrap().contains("<p>"));
    for form in ["text", "bibtex"] {
        let citation = report["citation"][form].as_str().unwrap();
        assert!(
            citation.contains("Arbeiten im Krisenmodus") && citation.contains("2023"),
            "{citation}"
        );
    }

    let original = sample("arbeiten-im-krisenmodus.pdf");
    let file = &report["file"];
    assert_eq!(file["pages"], 7);
    assert_eq!(file["mediaType"], "application/pdf");
    assert_eq!(file["size"], original.len());
    assert_eq!(file["accessibility"]["tagged"], true);
    assert_eq!(file["accessibility"]["language"], "de");
    assert_eq!(
        file["sha256"].as_str().unwrap(),
        hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&original))
    );
    assert_eq!(anyone.downloads(file["url"].as_str().unwrap()).await, original);
}

#[tokio::test]
async fn a_report_is_found_by_its_address_as_well_as_by_its_key() {
    let anyone = World::shared().await.anyone();
    let by_key = anyone.asks(REPORT, json!({ "slug": CRISIS })).await;
    let by_slug = anyone.asks(REPORT, json!({ "slug": "arbeiten-im-krisenmodus" })).await;
    assert_eq!(by_key, by_slug);
}

#[tokio::test]
async fn all_files_of_the_collection_come_as_they_are() {
    let anyone = World::shared().await.anyone();
    let answer = anyone
        .asks(
            "{ downloads(first: 100) { nodes { title file { url sha256 name pages } } } }",
            json!({}),
        )
        .await;

    let mut with_files = 0;
    for download in answer["downloads"]["nodes"].as_array().unwrap() {
        if download["file"].is_null() {
            continue;
        }
        with_files += 1;
        let bytes = anyone.downloads(download["file"]["url"].as_str().unwrap()).await;
        let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
        assert_eq!(download["file"]["sha256"].as_str(), Some(&*digest), "{download}");
    }
    assert_eq!(with_files, 4, "the collection has files for four of its downloads");
}

#[tokio::test]
async fn a_reader_may_take_a_part_of_a_file_or_only_look() {
    let anyone = World::shared().await.anyone();
    let answer = anyone.asks(REPORT, json!({ "slug": CRISIS })).await;
    let url = answer["report"]["file"]["url"].as_str().unwrap();
    let original = sample("arbeiten-im-krisenmodus.pdf");

    let part = Client::new().get(url).header("range", "bytes=100-199").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 100-199/{}", original.len()));
    assert_eq!(part.bytes().await.unwrap(), original[100..200]);

    let look = Client::new().head(url).send().await.unwrap();
    assert_eq!(look.status(), StatusCode::OK);
    assert_eq!(look.headers()["content-length"], original.len().to_string());
    assert_eq!(look.headers()["content-type"], "application/pdf");
    let etag = look.headers()["etag"].clone();
    assert!(look.bytes().await.unwrap().is_empty());

    let again = Client::new().get(url).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_file_is_saved_under_its_title_with_umlauts() {
    let world = World::empty().await;
    let record = json!([{ "key": "merkblatt", "title": "Merkblatt", "file": "files/merkblatt.pdf",
                          "fileName": "Endfassung3_neu.pdf" }]);
    let collection = Collection::new()
        .with("downloads.json", record)
        .bytes("files/merkblatt.pdf", &pdf::tagged("Bürger*innen – 50 %"));
    world.koffer(&["import", collection.path()]).await.worked();

    let anyone = world.anyone();
    let query = "{ downloads { nodes { file { name url pages accessibility { tagged } } } } }";
    let answer = anyone.asks(query, json!({})).await;

    let file = &answer["downloads"]["nodes"][0]["file"];
    assert_eq!(file["name"], "Bürger*innen – 50 %.pdf");
    assert_eq!((&file["pages"], &file["accessibility"]["tagged"]), (&json!(1), &json!(true)));
    let response = anyone.follows(file["url"].as_str().unwrap()).await;
    let disposition = response.headers()["content-disposition"].to_str().unwrap();
    assert!(
        disposition.contains("filename*=UTF-8''B%C3%BCrger%2Ainnen%20%E2%80%93%2050%20%25.pdf"),
        "{disposition}"
    );
}

#[tokio::test]
async fn a_replaced_file_keeps_its_address() {
    let world = World::new().await;
    let anyone = world.anyone();
    let before = anyone.asks(REPORT, json!({ "slug": CRISIS })).await;
    let others = sample("trends-in-der-buergerbeteiligung.pdf");

    let collection = Collection::bundled().bytes("files/arbeiten-im-krisenmodus.pdf", &others);
    world.koffer(&["import", collection.path()]).await.worked();

    let after = anyone.asks(REPORT, json!({ "slug": CRISIS })).await;
    let (before, after) = (&before["report"]["file"], &after["report"]["file"]);
    assert_eq!(before["url"], after["url"]);
    assert_eq!((&before["pages"], &after["pages"]), (&json!(7), &json!(5)));
    assert_eq!(anyone.downloads(after["url"].as_str().unwrap()).await, others);
}

#[tokio::test]
async fn a_file_that_nobody_knows_is_not_there() {
    let world = World::shared().await;
    let anyone = world.anyone();
    let unknown = "00000000-0000-7000-8000-000000000000";
    for path in
        [&format!("/files/{unknown}/x.pdf"), "/files/x/x.pdf", "/files/../koffer.db", "/files/"]
    {
        assert_eq!(
            anyone.follows(&world.url(path)).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn reports_of_a_series_come_in_order() {
    let anyone = World::shared().await.anyone();
    let query =
        r#"{ reports(orderBy: [{ field: DATE, direction: DESC }]) { nodes { title date } } }"#;
    let answer = anyone.asks(query, json!({})).await;
    let dates: Vec<_> = answer["reports"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|report| report["date"].as_str())
        .collect();
    assert!(dates.is_sorted_by(|one, next| one >= next), "{dates:?}");
    assert!(each(&answer["reports"]["nodes"], "title").contains(&"Arbeiten im Krisenmodus"));
}
