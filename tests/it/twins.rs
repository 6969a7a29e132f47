//! The twin of a PDF: its text as an HTML page, for those to whom the PDF says nothing.

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::{people::each, world::World};

const TWIN: &str =
    "{ report(slug: \"arbeiten-im-krisenmodus\") { file { htmlUrl url name language } } }";

#[tokio::test]
async fn whoever_cannot_read_the_pdf_reads_its_twin() {
    let world = World::shared().await;
    let answer = world.anyone().asks(TWIN, json!({})).await;
    let file = &answer["report"]["file"];
    let url = file["htmlUrl"].as_str().unwrap();
    assert!(url.ends_with(".html"), "{url}");

    let response = world.anyone().follows(url).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(headers["content-language"], "de");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("style-src 'sha256-"));
    assert_eq!(headers["cache-control"], "public, max-age=300, stale-while-revalidate=86400");
    let page = response.text().await.unwrap();
    for part in [
        "<html lang=\"de\">",
        "<h1>Arbeiten im Krisenmodus",
        "href=\"#seite-3\"",
        "id=\"seite-3\"",
        "Warum dieses Heft</h2>",
        "Krisen treffen zuerst den Ort",
        file["url"].as_str().unwrap(),
    ] {
        assert!(page.contains(part), "{part} is not on the page:\n{page}");
    }
    assert!(!page.contains("<script"));

    let again = Client::new().get(url).header("if-none-match", headers["etag"].clone());
    assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    // Whatever it is called.
    let (folder, _) = url.rsplit_once('/').unwrap();
    let other = world.anyone().follows(&format!("{folder}/irgendwie.html")).await;
    assert_eq!(other.text().await.unwrap(), page);
}

#[tokio::test]
async fn a_file_is_saved_under_its_title() {
    let world = World::shared().await;
    let answer = world.anyone().asks(TWIN, json!({})).await;
    let file = &answer["report"]["file"];
    assert_eq!(file["name"], "Arbeiten im Krisenmodus.pdf");
    let response = world.anyone().follows(file["url"].as_str().unwrap()).await;
    assert_eq!(
        response.headers()["content-disposition"],
        "inline; filename=\"Arbeiten im Krisenmodus.pdf\"; filename*=UTF-8''Arbeiten%20im%20Krisenmodus.pdf"
    );
    assert_eq!(response.headers()["content-language"], "de");
}

#[tokio::test]
async fn what_was_found_in_files_is_filtered_by() {
    let world = World::shared().await;
    let query = "query($filter: DownloadFilter) { downloads(first: 100, filter: $filter) {
        totalCount nodes { title file { mediaType pages accessibility { tagged language } } } } }";
    let finds = async |filter: serde_json::Value| {
        let answer = world.anyone().asks(query, json!({ "filter": filter })).await;
        assert_eq!(
            answer["downloads"]["totalCount"],
            each(&answer["downloads"]["nodes"], "title").len()
        );
        answer["downloads"]["nodes"].as_array().unwrap().clone()
    };
    let untagged = finds(json!({ "file": { "tagged": false } })).await;
    assert!(untagged.iter().all(|found| found["file"]["accessibility"]["tagged"] == false));
    let tagged = finds(json!({ "file": { "tagged": true } })).await;
    assert!(!tagged.is_empty());
    assert!(tagged.iter().all(|found| found["file"]["accessibility"]["tagged"] == true));
    let all = finds(json!({ "file": {} })).await;
    assert_eq!(tagged.len() + untagged.len(), all.len(), "each is one or the other");
    let documents = finds(json!({ "file": { "mediaType": ["application/pdf"] } })).await;
    assert_eq!(documents.len(), all.len(), "all of the sample files are PDFs");
    let long = finds(json!({ "file": { "pages": { "gte": 3 }, "language": ["de"] } })).await;
    assert!(long.iter().all(|found| found["file"]["pages"].as_i64().unwrap() >= 3));
    let neither =
        finds(json!({ "not": { "file": { "tagged": false } }, "file": { "tagged": false } })).await;
    assert!(neither.is_empty());
}
