//! The whole life of an entry of every kind, lived by people with roles, through HTTP.

use serde_json::{Value, json};

use crate::{
    graphql::camel,
    people::{Edition, Person, all},
    samples::{Samples, as_input, with_samples},
    world::World,
};

/// The newsroom: one person of each role that does something to content.
struct Newsroom {
    author: Person,
    editor: Person,
    publisher: Person,
    reader: Person,
}

impl Newsroom {
    async fn of(world: &World) -> Self {
        Self {
            author: world.person("author", None).await,
            editor: world.person("editor", None).await,
            publisher: world.person("chief-editor", None).await,
            reader: world.person("reader", None).await,
        }
    }
}

/// What the public sees of an entry: its title, or nothing.
async fn in_public(world: &World, edition: &Edition) -> Value {
    let query = "query($id: ID!) { entry(id: $id) { title revision } }";
    world.anyone().asks(query, json!({ "id": edition.entry })).await["entry"].clone()
}

fn content(samples: &Samples, kind: &str, title: &str) -> Value {
    let mut content = as_input(&samples.snapshots[kind][0]);
    content["title"] = json!(title);
    content["slug"] = Value::Null;
    content
}

#[tokio::test]
async fn an_entry_of_every_kind_lives_its_whole_life() {
    let (world, kinds, samples) = with_samples().await;
    let newsroom = Newsroom::of(&world).await;
    for (name, kind) in kinds {
        lives(&world, &newsroom, &samples, &camel(&name), &kind).await;
    }
}

async fn lives(world: &World, newsroom: &Newsroom, samples: &Samples, field: &str, kind: &str) {
    let Newsroom { author, editor, publisher, reader } = newsroom;

    // The author begins with nothing, and hears what is missing when she hands it in.
    let draft = author.creates(field, json!({ "summary": "Nur ein Anfang." })).await;
    assert_eq!((draft.title(), &*draft.state, draft.revision), ("", "DRAFT", 1), "{kind}");
    let missing = author.takes("submitForReview", &draft).await.refused();
    assert!(missing.contains(&("title".into(), "MISSING".into())), "{kind}: {missing:?}");

    let whole = content(samples, kind, &format!("Leben von {kind}"));
    let draft = author.saves(&draft, field, whole.clone()).await;
    assert_eq!(draft.revision, 2, "{kind}");
    assert_eq!(in_public(world, &draft).await, Value::Null, "{kind}");
    let submitted = author.takes("submitForReview", &draft).await.done();
    assert_eq!(submitted.state, "IN_REVIEW", "{kind}");

    // Nobody looks over their own work, and a reader only reads.
    assert_eq!(author.may_not("approve", with(&submitted)).await.code, "FORBIDDEN");
    assert_eq!(reader.may_not("approve", with(&submitted)).await.code, "FORBIDDEN");
    let mut wish = with(&submitted);
    wish["comment"] = json!("Bitte einen treffenderen Titel.");
    let back = editor.step("requestChanges", wish).await.done();
    assert_eq!(back.state, "CHANGES_REQUESTED", "{kind}");

    let title = format!("Das Leben, gebessert: {kind}");
    let mended = author.saves(&back, field, json!({ "title": title })).await;
    assert_eq!(mended.seen["content"]["summary"], whole["summary"], "what was left out stays");
    let submitted = author.takes("submitForReview", &mended).await.done();
    let approved = editor.takes("approve", &submitted).await.done();
    assert_eq!(approved.state, "APPROVED", "{kind}");

    // An editor does not publish; a publisher does, and a second click changes nothing.
    assert_eq!(editor.may_not("publish", with(&approved)).await.code, "FORBIDDEN");
    let public = publisher.publishes(&approved).await;
    assert_eq!((&*public.state, public.revision), ("PUBLISHED", 3), "{kind}");
    assert_eq!(in_public(world, &public).await, json!({ "title": title, "revision": 3 }));
    publisher.publishes(&public).await;
    assert_eq!(changes_of(world, &public).await, ["PUBLISHED"], "{kind}");

    // It goes on: a change stays inside until it is published, and can be taken back.
    let changed = author.saves(&public, field, json!({ "title": "Verworfen" })).await;
    assert_eq!(changed.state, "DRAFT", "{kind}");
    assert_eq!(in_public(world, &public).await["title"], json!(title));
    let discarded = author.takes("discardDraft", &changed).await.done();
    assert_eq!((discarded.title(), &*discarded.state), (&*title, "PUBLISHED"), "{kind}");

    // An old state comes back, a copy is another entry, another edition belongs to this one.
    let mut earlier = with(&discarded);
    earlier["revision"] = json!(2);
    let restored = author.step("restoreRevision", earlier).await.done();
    assert_eq!(restored.title(), format!("Leben von {kind}"));
    let copy = author.step("duplicate", json!({ "id": restored.id })).await.done();
    assert_ne!(copy.entry, restored.entry);
    assert!(copy.title().ends_with("(Kopie)"), "{kind}: {}", copy.title());
    let easy = json!({ "source": restored.id, "language": "de", "register": "EASY" });
    let easy = author.step("createEdition", easy).await.done();
    assert_eq!((&easy.entry, easy.title()), (&restored.entry, restored.title()));

    // It leaves: withdrawn, thrown away, taken out, thrown away again and deleted for ever.
    let withdrawn = publisher.takes("unpublish", &restored).await.done();
    assert_eq!(in_public(world, &withdrawn).await, Value::Null, "{kind}");
    assert_eq!(changes_of(world, &withdrawn).await, ["PUBLISHED", "WITHDRAWN"], "{kind}");
    let trashed = author.takes("moveToTrash", &withdrawn).await.done();
    assert_eq!(trashed.state, "TRASHED", "{kind}");
    author
        .may_not("saveDraft", {
            let mut input = with(&trashed);
            input["content"] = json!({ field: { "title": "Zu spät" } });
            input
        })
        .await
        .is_bad_input("id");
    let again = author.step("restoreFromTrash", json!({ "id": trashed.id })).await.done();
    assert_eq!(again.state, "DRAFT", "{kind}");
    let early = publisher.step("deleteForever", json!({ "id": again.id })).await.refused();
    assert_eq!(early, [("id".into(), "NOT_IN_TRASH".into())]);
    author.takes("moveToTrash", &again).await.done();
    let gone = publisher.step("deleteForever", json!({ "id": again.id })).await;
    assert!(gone.edition.is_none() && gone.problems.is_empty(), "{kind}: {:#}", gone.answer);
    assert!(author.finds(&again.id).await.is_none(), "{kind}");
    // The other edition of the entry is still there.
    assert!(author.finds(&easy.id).await.is_some(), "{kind}");
}

fn with(edition: &Edition) -> Value {
    json!({ "id": edition.id, "expectedRevision": edition.revision })
}

/// What the feed says of an entry, in order.
async fn changes_of(world: &World, edition: &Edition) -> Vec<String> {
    let query = "query($after: String) { changes(after: $after, first: 100) {
        nodes { entryId what } pageInfo { hasNextPage endCursor } } }";
    let (mut after, mut found) = (Value::Null, Vec::new());
    loop {
        let answer = world.anyone().asks(query, json!({ "after": after })).await;
        let page = &answer["changes"];
        let lines = all(&page["nodes"]);
        let ours = lines.iter().filter(|line| line["entryId"] == json!(edition.entry));
        found.extend(ours.map(|line| line["what"].as_str().unwrap().to_owned()));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
