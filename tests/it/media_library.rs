//! The media library: files are described, found, replaced under their address, and deleted when
//! nothing needs them.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    awkward_files::{pdf, sample},
    people::{Edition, Person, all, each},
    uploads::sends,
    world::World,
};

const DESCRIBE: &str = "mutation($input: DescribeFileInput!) { describeFile(input: $input) {
    file { name title alt decorative credit licence { id } language image { focalPoint { x y } } }
    problems { field code message } } }";
const REPLACE: &str = "mutation($input: ReplaceFileInput!) { replaceFile(input: $input) {
    file { id url sha256 version pages title versions { number sha256 url wasPublic note } }
    problems { field code message } } }";
const RESTORE: &str =
    "mutation($input: RestoreFileVersionInput!) { restoreFileVersion(input: $input) {
    file { sha256 version } problems { code } } }";
const DELETE: &str = "mutation($input: DeleteFileInput!) { deleteFile(input: $input) {
    deleted problems { field code } usedBy { title isPublic } } }";
const WORKING: &str = "query($id: ID!) { workingFile(id: $id) { id url sha256 version usedBy { title fields isPublic } } }";
const LIST: &str = "query($filter: WorkingFileFilter, $orderBy: WorkingFileOrder) {
    workingFiles(filter: $filter, orderBy: $orderBy) { totalCount nodes { originalName } } }";
const SHOWN: &str =
    "query($slug: String!) { download(slug: $slug) { file { url sha256 title version pages } } }";

const CRISIS: &str = "arbeiten-im-krisenmodus.pdf";

/// A green picture.
const PICTURE: &[u8] = include_bytes!("samples/picture.png");

/// A download with a file that somebody has sent, public.
async fn download(world: &World, author: &Person, publisher: &Person) -> (Edition, String) {
    let file = sends(world, author, "Heft.pdf", &sample(CRISIS)).await;
    let draft = author.creates("download", json!({ "title": "Das Heft", "file": file })).await;
    publisher.publishes(&draft).await;
    (draft, file)
}

fn codes(problems: &Value) -> Vec<&str> {
    each(problems, "code")
}

async fn digest_of(person: &Person, file: &str) -> String {
    let seen = person.asks(WORKING, json!({ "id": file })).await;
    seen["workingFile"]["sha256"].as_str().unwrap().to_owned()
}

/// Another PDF that can be read by everybody, and is another one each time.
fn other_pdf() -> Vec<u8> {
    pdf::tagged("Das Heft, zweite Auflage")
}

#[tokio::test]
async fn a_picture_is_described_once_for_all_who_show_it() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let publisher = world.person("chief-editor", None).await;
    let file = sends(&world, &author, "IMG_4711.png", PICTURE).await;
    let cover = json!({ "file": file, "alt": "Ein grünes Quadrat" });
    let draft = author
        .creates("tool", json!({ "title": "Hitzekarte", "summary": "Karte.", "cover": cover }));
    let draft = draft.await;
    let refused = publisher.takes("publish", &draft).await.refused();
    let missing =
        ["CREDIT_MISSING", "LICENCE_MISSING"].map(|code| ("cover".to_owned(), code.to_owned()));
    assert_eq!(refused, missing);

    let input = json!({ "input": { "file": file, "title": "Grünes Quadrat", "alt": " Ein grünes Quadrat ",
        "credit": "Stadt Musterhausen", "licence": "CC-BY-4.0", "focalPoint": { "x": 0.25, "y": 1.0 } } });
    let said = author.asks(DESCRIBE, input).await["describeFile"]["file"].clone();
    assert_eq!(
        said,
        json!({ "name": "Grünes Quadrat.png", "title": "Grünes Quadrat", "alt": "Ein grünes Quadrat",
                "decorative": false, "credit": "Stadt Musterhausen", "licence": { "id": "CC-BY-4.0" },
                "language": null, "image": { "focalPoint": { "x": 0.25, "y": 1.0 } } })
    );
    publisher.publishes(&draft).await;
    let query = "query($slug: String!) { tool(slug: $slug) { cover { alt credit licence { id } file { name }
        image { focalPoint { x } } } } }";
    let shown = world.anyone().asks(query, json!({ "slug": "hitzekarte" })).await;
    assert_eq!(
        shown["tool"]["cover"],
        json!({ "alt": "Ein grünes Quadrat", "credit": "Stadt Musterhausen", "licence": { "id": "CC-BY-4.0" },
                "file": { "name": "Grünes Quadrat.png" }, "image": { "focalPoint": { "x": 0.25 } } })
    );

    // Now it is public, and what is said is so too: the author alone may not say it any more.
    let again = json!({ "input": { "file": file, "credit": null } });
    author.is_refused(DESCRIBE, again.clone()).await.is("FORBIDDEN");
    let before = lines(&world).await;
    let said = publisher.asks(DESCRIBE, again).await;
    assert_eq!(said["describeFile"]["file"]["credit"], Value::Null);
    assert_eq!(lines(&world).await, before + 1, "caches and partners learn of it");
    assert_eq!(world.logged("describe-file").await, 2);
}

/// How many lines the feed has.
async fn lines(world: &World) -> usize {
    let feed = world.anyone().asks("{ changes(first: 100) { nodes { what } } }", json!({})).await;
    all(&feed["changes"]["nodes"]).len()
}

#[tokio::test]
async fn what_cannot_be_said_of_a_file_is_refused_with_its_field() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let picture = sends(&world, &author, "bild.png", PICTURE).await;
    let document = sends(&world, &author, "heft.pdf", &sample(CRISIS)).await;
    for (input, field, code) in [
        (
            json!({ "file": picture, "alt": "Ein Baum", "decorative": true }),
            "decorative",
            "CONTRADICTION",
        ),
        (json!({ "file": picture, "alt": "x".repeat(501) }), "alt", "TOO_LONG"),
        (json!({ "file": picture, "title": "x".repeat(201) }), "title", "TOO_LONG"),
        (json!({ "file": picture, "focalPoint": { "x": 1.5, "y": 0.0 } }), "focalPoint", "INVALID"),
        (json!({ "file": document, "alt": "Ein Heft" }), "alt", "NOT_A_PICTURE"),
    ] {
        let said = author.asks(DESCRIBE, json!({ "input": input })).await;
        let problem = &said["describeFile"]["problems"][0];
        assert_eq!((&problem["field"], &problem["code"]), (&json!(field), &json!(code)), "{input}");
    }
    for (input, field) in [
        (json!({ "file": picture, "licence": "WTFPL" }), "licence"),
        (json!({ "file": picture, "language": "deutsch, glaube ich" }), "language"),
    ] {
        author.is_refused(DESCRIBE, json!({ "input": input })).await.is_bad_input(field);
    }
    let other = world.person("author", None).await;
    let input = json!({ "input": { "file": picture, "title": "Meins" } });
    other.is_refused(DESCRIBE, input).await.is("NOT_FOUND");
}

#[tokio::test]
async fn a_file_is_replaced_under_its_address_and_the_old_one_stays_to_be_had() {
    let world = World::empty().await;
    let (author, publisher) =
        (world.person("author", None).await, world.person("chief-editor", None).await);
    let (_, file) = download(&world, &author, &publisher).await;
    let before = world.anyone().asks(SHOWN, json!({ "slug": "das-heft" })).await;
    let (address, old) =
        (before["download"]["file"]["url"].clone(), digest_of(&publisher, &file).await);
    let seen = publisher.asks(WORKING, json!({ "id": file })).await;
    assert_eq!(
        seen["workingFile"]["usedBy"],
        json!([{ "title": "Das Heft", "fields": ["file"], "isPublic": true }])
    );

    let next = other_pdf();
    let sent = sends(&world, &publisher, "Heft 2.pdf", &next).await;
    let input =
        json!({ "file": file, "with": sent, "expectedSha256": old, "note": "Zweite Auflage" });
    let known = lines(&world).await;
    let replaced = publisher.asks(REPLACE, json!({ "input": input })).await["replaceFile"].clone();
    assert_eq!(replaced["problems"], json!([]));
    assert_eq!(replaced["file"]["version"], 2);
    assert_eq!(lines(&world).await, known + 1, "caches learn through the feed");

    // Everybody gets the new one at the old address, also whoever has the old one and asks again.
    let after = world.anyone().asks(SHOWN, json!({ "slug": "das-heft" })).await;
    assert_eq!(after["download"]["file"]["url"], address);
    assert_eq!(after["download"]["file"]["pages"], 1);
    let address = address.as_str().unwrap();
    let asked = reqwest::Client::new().get(address).header("if-none-match", format!("\"{old}\""));
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(world.anyone().downloads(address).await, next);

    // The old one is had by its digest, by everybody, for it was public.
    let by_digest = format!("{address}?sha256={old}");
    assert_eq!(world.anyone().downloads(&by_digest).await, sample(CRISIS));
    let none = format!("{address}?sha256={}", "0".repeat(64));
    assert_eq!(world.anyone().follows(&none).await.status(), StatusCode::NOT_FOUND);
    let version = &replaced["file"]["versions"][0];
    assert_eq!((&version["wasPublic"], &version["note"]), (&json!(true), &json!("Zweite Auflage")));
    let gone = publisher.asks(WORKING, json!({ "id": sent })).await;
    assert_eq!(gone["workingFile"], Value::Null, "what was sent has become the file");

    // Back again.
    let newest = digest_of(&publisher, &file).await;
    let input = json!({ "file": file, "version": 1, "expectedSha256": newest });
    let back =
        publisher.asks(RESTORE, json!({ "input": input })).await["restoreFileVersion"].clone();
    assert_eq!(back, json!({ "file": { "sha256": old, "version": 3 }, "problems": [] }));
    assert_eq!(world.anyone().downloads(address).await, sample(CRISIS));
}

#[tokio::test]
async fn nothing_takes_the_place_of_a_public_file_that_could_not_be_published() {
    let world = World::empty().await;
    let (author, publisher) =
        (world.person("author", None).await, world.person("chief-editor", None).await);
    let (_, file) = download(&world, &author, &publisher).await;
    let old = digest_of(&publisher, &file).await;
    let replace =
        |with: &str| json!({ "input": { "file": file, "with": with, "expectedSha256": old } });

    for (name, bytes, code) in [
        ("ohne-tags.pdf", sample("merkblatt-wohnberatung-nicht-getaggt.pdf"), "UNTAGGED_PDF"),
        ("bild.png", PICTURE.to_vec(), "OTHER_TYPE"),
        ("dasselbe.pdf", sample(CRISIS), "SAME"),
    ] {
        let sent = sends(&world, &publisher, name, &bytes).await;
        let answer = publisher.asks(REPLACE, replace(&sent)).await;
        assert_eq!(codes(&answer["replaceFile"]["problems"]), [code], "{name}");
    }
    // Who may not publish does not do so by the back door.
    let own = sends(&world, &author, "neu.pdf", &other_pdf()).await;
    author.is_refused(REPLACE, replace(&own)).await.is("FORBIDDEN");
    // Another's file is nobody's business.
    publisher.is_refused(REPLACE, replace(&own)).await.is_bad_input("with");
    // Whoever has an older one before them hears of it.
    let sent = sends(&world, &publisher, "neu.pdf", &other_pdf()).await;
    let stale =
        json!({ "input": { "file": file, "with": sent, "expectedSha256": "0".repeat(64) } });
    publisher.is_refused(REPLACE, stale).await.is("CONFLICT");
    assert_eq!(digest_of(&publisher, &file).await, old);
    assert_eq!(world.count("file_version").await, 0);
}

#[tokio::test]
async fn what_somebody_looks_over_stays_as_it_is() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let file = sends(&world, &author, "Heft.pdf", &sample(CRISIS)).await;
    let draft = author.creates("download", json!({ "title": "Das Heft", "file": file })).await;
    let old = digest_of(&author, &file).await;
    let sent = sends(&world, &author, "Heft 2.pdf", &other_pdf()).await;
    let replace = json!({ "input": { "file": file, "with": sent, "expectedSha256": old.clone() } });
    author.takes("submitForReview", &draft).await.done();
    author.is_refused(REPLACE, replace).await.is("FORBIDDEN");
    assert_eq!(digest_of(&author, &file).await, old);

    // Nor does anything go that lies in the trash, from where it may come back.
    let chief = world.person("chief-editor", None).await;
    let opened = chief.opens(&draft.id).await;
    chief.takes("moveToTrash", &opened).await.done();
    let answer = author.asks(DELETE, json!({ "input": { "file": file } })).await;
    assert_eq!(codes(&answer["deleteFile"]["problems"]), ["IN_USE"]);
}

#[tokio::test]
async fn a_version_that_was_never_public_stays_with_the_editors() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let publisher = world.person("chief-editor", None).await;
    let file = sends(&world, &author, "Heft.pdf", &sample(CRISIS)).await;
    let draft = author.creates("download", json!({ "title": "Das Heft", "file": file })).await;
    let old = digest_of(&author, &file).await;
    let sent = sends(&world, &author, "Heft 2.pdf", &other_pdf()).await;
    let input = json!({ "input": { "file": file, "with": sent, "expectedSha256": old } });
    let replaced = author.asks(REPLACE, input).await["replaceFile"]["file"].clone();
    publisher.publishes(&draft).await;

    let shown = world.anyone().asks(SHOWN, json!({ "slug": "das-heft" })).await;
    let address = shown["download"]["file"]["url"].as_str().unwrap();
    let response = world.anyone().follows(&format!("{address}?sha256={old}")).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let sealed = replaced["versions"][0]["url"].as_str().unwrap();
    assert_eq!(world.anyone().downloads(sealed).await, sample(CRISIS));
}

#[tokio::test]
async fn only_what_nothing_points_at_is_deleted() {
    let mut world = World::empty().await;
    let (author, publisher) =
        (world.person("author", None).await, world.person("chief-editor", None).await);
    let (draft, file) = download(&world, &author, &publisher).await;
    let delete = |file: &str| json!({ "input": { "file": file } });
    let answer = author.asks(DELETE, delete(&file)).await["deleteFile"].clone();
    assert_eq!((&answer["deleted"], codes(&answer["problems"])), (&Value::Null, vec!["IN_USE"]));
    assert_eq!(answer["usedBy"], json!([{ "title": "Das Heft", "isPublic": true }]));

    let stranger = world.person("author", None).await;
    stranger.is_refused(DELETE, delete(&file)).await.is("FORBIDDEN");
    let own = sends(&world, &stranger, "meins.png", PICTURE).await;
    author.is_refused(DELETE, delete(&own)).await.is("NOT_FOUND");

    let opened = author.opens(&draft.id).await;
    let emptied = publisher.saves(&opened, "download", json!({ "file": null })).await;
    publisher.publishes(&emptied).await;
    let answer = author.asks(DELETE, delete(&file)).await["deleteFile"].clone();
    assert_eq!(answer["deleted"], json!(file));
    assert_eq!(world.count("file").await, 1);

    // The bytes go when nothing has needed them for a week, and others' bytes stay.
    assert!(world.count("blob").await >= 2);
    assert_eq!(world.stop().await, Some(0));
    world.sql("UPDATE blob SET kept_at = '2020-01-01 00:00:00+00:00', unneeded_since = '2020-01-01 00:00:00+00:00'").await.unwrap();
    world.restart().await;
    world.counts("blob", 1).await;
    let seen = stranger.asks(WORKING, json!({ "id": own })).await;
    let address = seen["workingFile"]["url"].as_str().unwrap();
    assert_eq!(world.anyone().follows(address).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_library_shows_what_one_may_use_and_finds_it() {
    let world = World::empty().await;
    let (author, publisher) =
        (world.person("author", None).await, world.person("chief-editor", None).await);
    download(&world, &author, &publisher).await;
    let picture = sends(&world, &author, "Grünfläche.png", PICTURE).await;
    let other = world.person("author", None).await;
    sends(&world, &other, "Geheim.pdf", &sample("merkblatt-wohnberatung-nicht-getaggt.pdf")).await;

    let finds = async |person: &Person, filter: Value| {
        let found = person.asks(LIST, json!({ "filter": filter })).await["workingFiles"].clone();
        let names: Vec<String> =
            each(&found["nodes"], "originalName").into_iter().map(Into::into).collect();
        assert_eq!(found["totalCount"], names.len());
        names
    };
    assert_eq!(finds(&author, json!({})).await, ["Grünfläche.png", "Heft.pdf"]);
    assert_eq!(finds(&other, json!({})).await, ["Geheim.pdf", "Heft.pdf"]);
    assert_eq!(finds(&publisher, json!({})).await.len(), 3, "whoever looks after all sees all");
    for (filter, expected) in [
        (json!({ "search": "GRÜNFL" }), vec!["Grünfläche.png"]),
        (json!({ "search": "krisenmodus heft" }), vec!["Heft.pdf"]),
        (json!({ "isPicture": true }), vec!["Grünfläche.png"]),
        (json!({ "isPublic": true }), vec!["Heft.pdf"]),
        (json!({ "isUsed": false }), vec!["Grünfläche.png"]),
        (json!({ "tagged": true }), vec!["Heft.pdf"]),
        (json!({ "tagged": false }), vec![]),
        (json!({ "lacksDescription": true }), vec!["Grünfläche.png"]),
        (json!({ "mediaTypes": ["application/pdf"] }), vec!["Heft.pdf"]),
        (json!({ "isMine": false }), vec![]),
    ] {
        assert_eq!(finds(&author, filter.clone()).await, expected, "{filter}");
    }
    let described = json!({ "input": { "file": picture, "decorative": true, "credit": "Stadt", "licence": "CC0-1.0" } });
    author.asks(DESCRIBE, described).await;
    assert!(finds(&author, json!({ "lacksDescription": true })).await.is_empty());
    let by_name = json!({ "orderBy": { "field": "NAME", "direction": "ASC" } });
    let found = author.asks(LIST, by_name).await;
    assert_eq!(
        each(&found["workingFiles"]["nodes"], "originalName"),
        ["Heft.pdf", "Grünfläche.png"]
    );
    world.anyone().is_refused(LIST, json!({})).await.is("UNAUTHENTICATED");
}
