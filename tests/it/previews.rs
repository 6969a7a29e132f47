//! Drafts in the place of what is published: for editors by a header, for guests by a token; and for
//! nobody else, however they ask.

use serde_json::{Value, json};

use crate::{
    people::{Anyone, all},
    world::World,
};

const TOOLS: &str = "query($text: String) {
    tools(filter: { title: { contains: $text } }, orderBy: [{ field: TITLE }]) {
        totalCount nodes { title summary themeFields { title } relatedTools { title } }
        facets { formats { value count } themeFields { entry { title } count } } }
    viewer { perspective } }";

fn titles(answer: &Value) -> Vec<&str> {
    let nodes = answer["tools"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["title"].as_str().unwrap()).collect()
}

fn guest(world: &World, token: &str) -> Anyone {
    world.anyone().with_header("authorization", &format!("Bearer {token}"))
}

#[tokio::test]
async fn an_editor_sees_drafts_in_all_queries_and_the_public_in_none() {
    let world = World::empty().await;
    let (publisher, author) =
        (world.person("chief-editor", None).await, world.person("author", None).await);
    let field = publisher.creates("themeField", json!({ "title": "Feld" })).await;
    let field = publisher.publishes(&field).await;
    let live = json!({ "title": "Alt qx", "formats": ["METHODE"], "themeFields": [field.entry] });
    let live = publisher.creates("tool", live).await;
    let live = publisher.publishes(&live).await;
    publisher.saves(&live, "tool", json!({ "title": "Neu qx", "formats": ["SPIEL"] })).await;
    let fresh =
        json!({ "title": "Ganz neu qx", "relatedTools": [live.entry], "formats": ["SPIEL"] });
    publisher.creates("tool", fresh).await;

    let about = json!({ "text": "qx" });
    let public = world.anyone().asks(TOOLS, about.clone()).await;
    assert_eq!(titles(&public), ["Alt qx"]);
    assert_eq!(public["viewer"]["perspective"], "PUBLISHED");
    assert_eq!(public["tools"]["facets"]["formats"], json!([{ "value": "METHODE", "count": 1 }]));
    // A signed-in person who does not ask for drafts sees what all see.
    assert_eq!(titles(&*publisher.asks(TOOLS, about.clone()).await), ["Alt qx"]);

    let inside = publisher.with_header("Koffer-View", "draft");
    let drafts = inside.asks(TOOLS, about.clone()).await;
    assert_eq!(titles(&drafts), ["Ganz neu qx", "Neu qx"]);
    assert_eq!(drafts["viewer"]["perspective"], "DRAFTS");
    assert_eq!(drafts["tools"]["totalCount"], 2);
    assert_eq!(drafts["tools"]["facets"]["formats"], json!([{ "value": "SPIEL", "count": 2 }]));
    let nodes = all(&drafts["tools"]["nodes"]);
    assert_eq!(nodes[0]["relatedTools"], json!([{ "title": "Neu qx" }]));
    assert_eq!(nodes[1]["relatedTools"], json!([{ "title": "Ganz neu qx" }]));
    assert_eq!(nodes[1]["themeFields"], json!([{ "title": "Feld" }]));

    // An author sees the drafts that are her own, and of others what is public.
    let hers = author.creates("tool", json!({ "title": "Annas qx" })).await;
    let seen = author.with_header("Koffer-View", "draft").asks(TOOLS, about.clone()).await;
    assert_eq!(titles(&seen), ["Alt qx", "Annas qx"]);
    author.takes("moveToTrash", &hers).await.done();
    let seen = author.with_header("Koffer-View", "draft").asks(TOOLS, about.clone()).await;
    assert_eq!(titles(&seen), ["Alt qx"]);

    let wish = world.anyone().with_header("Koffer-View", "draft");
    assert_eq!(wish.is_refused(TOOLS, about.clone()).await.code, "UNAUTHENTICATED");
    let odd = publisher.with_header("Koffer-View", "alles");
    odd.is_refused(TOOLS, about).await.is_bad_input("Koffer-View");
}

#[tokio::test]
async fn a_guest_sees_what_the_token_shows_until_it_ends() {
    let world = World::empty().await;
    let (publisher, author) =
        (world.person("chief-editor", None).await, world.person("author", None).await);
    let shown = author.creates("tool", json!({ "title": "Gezeigt qx" })).await;
    publisher.creates("tool", json!({ "title": "Verborgen qx" })).await;
    let about = json!({ "text": "qx" });
    let give = "mutation($input: CreatePreviewInput!) { createPreview(input: $input) { id token expiresAt } }";

    for minutes in [14, 10081] {
        let input = json!({ "input": { "entries": [shown.entry], "minutes": minutes } });
        author.is_refused(give, input).await.is_bad_input("minutes");
    }
    let input = json!({ "input": { "entries": [shown.entry], "minutes": 15 } });
    let given = author.asks(give, input.clone()).await["createPreview"].clone();
    let token = given["token"].as_str().unwrap();

    let guest_of = guest(&world, token);
    let seen = guest_of.asks(TOOLS, about.clone()).await;
    assert_eq!(titles(&seen), ["Gezeigt qx"]);
    assert_eq!(seen["viewer"]["perspective"], "PREVIEW");
    let preview = guest_of.asks("{ preview { entryIds releaseId } }", json!({})).await;
    assert_eq!(preview["preview"], json!({ "entryIds": [shown.entry], "releaseId": null }));
    // A guest is no editor, and the token is no account's.
    let refused = guest_of.is_refused("{ workingEditions { totalCount } }", json!({})).await;
    assert_eq!(refused.code, "UNAUTHENTICATED");
    let stranger = world.person("author", None).await;
    assert_eq!(stranger.is_refused(give, input).await.code, "NOT_FOUND");

    // A changed letter makes it nobody's.
    let mut forged = token.to_owned();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.insert(forged.len() / 2, last);
    assert_eq!(
        guest(&world, &forged).is_refused(TOOLS, about.clone()).await.code,
        "UNAUTHENTICATED"
    );

    let end = "mutation($input: EndPreviewInput!) { endPreview(input: $input) }";
    author.asks(end, json!({ "input": { "id": given["id"] } })).await;
    assert_eq!(guest_of.is_refused(TOOLS, about).await.code, "UNAUTHENTICATED");
}

#[tokio::test]
async fn whoever_asks_again_for_the_same_preview_gets_the_same_token() {
    let world = World::empty().await;
    let author = world.person("author", None).await;
    let shown = author.creates("tool", json!({ "title": "Gezeigt" })).await;
    let give = "mutation($input: CreatePreviewInput!) { createPreview(input: $input) { id token expiresAt } }";
    let input = json!({ "input": { "entries": [shown.entry], "minutes": 15 } });
    let author = author.with_header("idempotency-key", "vorschau-1");
    let first = author.asks(give, input.clone()).await;
    assert_eq!(first, author.asks(give, input).await);
    assert_eq!(world.logged("share-preview").await, 1);
}
