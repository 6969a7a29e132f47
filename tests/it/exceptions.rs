//! Exceptions: a PDF without tags goes public only when somebody has said why, and until when.

use serde_json::{Value, json};

use crate::{
    collection::{Collection, bundled},
    people::{Edition, Person},
    world::World,
};

const DOCUMENT: &str = "mutation($input: DocumentExceptionInput!) { documentException(input: $input) {
    file { accessibility { tagged exception { reason plan until } } } problems { field code message } } }";
const WITHDRAW: &str =
    "mutation($input: WithdrawExceptionInput!) { withdrawException(input: $input) {
    file { accessibility { exception { reason } } } problems { code } } }";
const STATEMENT: &str = "{ site { accessibilityStatement { exceptions {
    name accessibility { exception { reason plan until } } } } } }";

/// A leaflet without tags that belongs to a draft, as somebody finds it who may publish.
async fn leaflet() -> (World, Person, Edition, String) {
    let world = World::empty().await;
    let pdf = std::fs::read(bundled().join("files/merkblatt-wohnberatung-nicht-getaggt.pdf"));
    let collection = Collection::new()
        .with(
            "downloads.json",
            json!([{ "key": "merkblatt", "title": "Merkblatt", "file": "files/m.pdf" }]),
        )
        .bytes("files/m.pdf", &pdf.unwrap());
    world.koffer(&["import", collection.path()]).await.worked();
    let query = "{ downloads { nodes { id file { id } } } }";
    let found = world.anyone().asks(query, json!({})).await;
    let download = &found["downloads"]["nodes"][0];
    let publisher = world.person("chief-editor", None).await;
    let edition = publisher.opens(download["id"].as_str().unwrap()).await;
    let changed = publisher.saves(&edition, "download", json!({ "summary": "Neu." })).await;
    (world, publisher, changed, download["file"]["id"].as_str().unwrap().to_owned())
}

fn exception(file: &str, until: &str) -> Value {
    json!({ "input": { "file": file, "until": until, "reason": " Ein altes Papier. ",
                       "plan": "Wir setzen es neu, bis zum Sommer." } })
}

#[tokio::test]
async fn a_pdf_without_tags_waits_until_somebody_says_why() {
    let (world, publisher, draft, file) = leaflet().await;
    let untagged = [("file".to_owned(), "UNTAGGED_PDF".to_owned())];
    assert_eq!(publisher.takes("publish", &draft).await.refused(), untagged);

    let said = publisher.asks(DOCUMENT, exception(&file, "2999-12-31")).await;
    let known = json!({ "reason": "Ein altes Papier.", "plan": "Wir setzen es neu, bis zum Sommer.",
                        "until": "2999-12-31" });
    let accessibility = &said["documentException"]["file"]["accessibility"];
    assert_eq!(*accessibility, json!({ "tagged": false, "exception": known }));
    publisher.publishes(&draft).await;
    let public = world.anyone().asks(STATEMENT, json!({})).await;
    let excepted =
        json!([{ "name": "Merkblatt Wohnberatung.pdf", "accessibility": { "exception": known } }]);
    assert_eq!(public["site"]["accessibilityStatement"]["exceptions"], excepted);

    let back = publisher.asks(WITHDRAW, json!({ "input": { "file": file } })).await;
    assert_eq!(back["withdrawException"]["file"]["accessibility"]["exception"], Value::Null);
    let next = publisher.opens(&draft.id).await;
    let next = publisher.saves(&next, "download", json!({ "summary": "Noch einmal." })).await;
    assert_eq!(publisher.takes("publish", &next).await.refused(), untagged);
    for action in ["document-exception", "withdraw-exception"] {
        assert_eq!(world.logged(action).await, 1, "{action}");
    }
}

#[tokio::test]
async fn an_exception_says_why_and_what_then_and_ends_some_day() {
    let (world, publisher, draft, file) = leaflet().await;
    let input =
        json!({ "input": { "file": file, "until": "2020-01-01", "reason": " ", "plan": "" } });
    let said = publisher.asks(DOCUMENT, input).await;
    let problems: Vec<_> = said["documentException"]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| (problem["field"].clone(), problem["code"].clone()))
        .collect();
    let missing = |field: &str, code: &str| (json!(field), json!(code));
    assert_eq!(
        problems,
        [missing("reason", "MISSING"), missing("plan", "MISSING"), missing("until", "IN_THE_PAST")]
    );

    // One that has run out counts no more.
    publisher.asks(DOCUMENT, exception(&file, "2999-12-31")).await;
    let past = json!({ "reason": "alt", "plan": "neu", "until": "2020-01-01" });
    world.sql(&format!("UPDATE file SET exception = '{past}'")).await.unwrap();
    let refused = publisher.takes("publish", &draft).await.refused();
    assert_eq!(refused, [("file".to_owned(), "UNTAGGED_PDF".to_owned())]);
}

#[tokio::test]
async fn only_those_who_edit_what_shows_the_file_speak_for_it() {
    let (world, _, _, file) = leaflet().await;
    let wish = exception(&file, "2999-12-31");
    let reader = world.person("reader", None).await;
    assert_eq!(reader.is_refused(DOCUMENT, wish.clone()).await.code, "FORBIDDEN");
    // An author sees nothing of others' drafts, so the file does not exist for her.
    let author = world.person("author", None).await;
    assert_eq!(author.is_refused(DOCUMENT, wish.clone()).await.code, "NOT_FOUND");
    let elsewhere = world.person("editor", Some(json!({ "kinds": ["TOOL"] }))).await;
    assert_eq!(elsewhere.is_refused(DOCUMENT, wish.clone()).await.code, "NOT_FOUND");
    // Not even with a draft of her own that points at it: it is public, and so is what is said of it.
    author.creates("download", json!({ "title": "Nur ein Hebel", "file": file })).await;
    assert_eq!(author.is_refused(DOCUMENT, wish.clone()).await.code, "NOT_FOUND");
    assert_eq!(world.anyone().is_refused(DOCUMENT, wish.clone()).await.code, "UNAUTHENTICATED");
    let editor = world.person("editor", None).await;
    assert_eq!(editor.asks(DOCUMENT, wish).await["documentException"]["problems"], json!([]));
}

#[tokio::test]
async fn an_exception_goes_along_with_an_export() {
    let (world, publisher, draft, file) = leaflet().await;
    publisher.asks(DOCUMENT, exception(&file, "2999-12-31")).await;
    publisher.publishes(&draft).await;
    let folder = world.folder().join("export");
    world.koffer(&["export", folder.to_str().unwrap()]).await.worked();
    let other = World::empty().await;
    other.koffer(&["import", folder.to_str().unwrap()]).await.worked();
    let before = world.anyone().asks(STATEMENT, json!({})).await;
    assert_eq!(before, other.anyone().asks(STATEMENT, json!({})).await);
    assert_eq!(
        before["site"]["accessibilityStatement"]["exceptions"][0]["name"],
        "Merkblatt Wohnberatung.pdf"
    );
}
