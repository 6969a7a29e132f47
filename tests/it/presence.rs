//! Working at the same time: who is there, who writes, and what the others do.

use serde_json::{Value, json};

use crate::{
    people::{Edition, Heard, Person, Socket, all},
    world::World,
};

const PRESENCE: &str = "subscription($edition: ID!, $writing: Boolean!) {
    presence(edition: $edition, writing: $writing) {
      window amWriting writer { who { accountId } } present { window who { accountId name } writing isMe since } } }";

const CHANGES: &str = "subscription($edition: ID!) { editionChanged(edition: $edition) {
    what by { accountId } isMine revision state commentId } }";

const TAKE_OVER: &str = "mutation($input: TakeOverInput!) { takeOver(input: $input) {
    presence { amWriting } problems { field code message } } }";

/// Somebody who has an edition open.
struct Open {
    socket: Socket,
    window: String,
    told: Value,
}

impl Open {
    async fn by(world: &World, person: &Person, draft: &Edition, writing: bool) -> Self {
        let mut socket = Socket::of(world, person).await;
        let variables = json!({ "edition": draft.id, "writing": writing });
        socket.asks("there", PRESENCE, variables).await;
        let told = socket.next("there").await["presence"].take();
        Self { socket, window: told["window"].as_str().unwrap().to_owned(), told }
    }

    /// Listens until it is as it should be.
    async fn sees(&mut self, people: &[(&Person, bool)]) {
        while self.there()
            != people
                .iter()
                .map(|(one, writes)| (one.account.id.clone(), *writes))
                .collect::<Vec<_>>()
        {
            self.told = self.socket.next("there").await["presence"].take();
        }
    }

    fn there(&self) -> Vec<(String, bool)> {
        let one = |one: &Value| {
            let id = one["who"]["accountId"].as_str().unwrap().to_owned();
            (id, one["writing"] == true)
        };
        all(&self.told["present"]).iter().map(one).collect()
    }
}

impl Person {
    async fn takes_over(&self, draft: &Edition, window: Option<&str>) -> Value {
        let input = json!({ "edition": draft.id, "window": window });
        self.asks(TAKE_OVER, json!({ "input": input })).await["takeOver"].clone()
    }

    /// Follows what happens to an edition.
    async fn follows_edition(&self, world: &World, draft: &Edition) -> Socket {
        let mut socket = Socket::of(world, self).await;
        socket.asks("news", CHANGES, json!({ "edition": draft.id })).await;
        let found = socket.next("news").await["editionChanged"].take();
        assert_eq!(found["what"], "FOUND");
        assert_eq!(found["revision"], draft.revision);
        socket
    }
}

#[tokio::test]
async fn who_comes_writes_and_goes_is_seen_by_the_others() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("editor", None).await);
    let draft = erika.drafts("Wärmekarte").await;

    let mut first = Open::by(&world, &erika, &draft, true).await;
    assert_eq!(first.told["amWriting"], true);
    let mut second = Open::by(&world, &otto, &draft, true).await;
    assert_eq!(second.told["amWriting"], false, "somebody else is writing");
    assert_eq!(second.told["writer"]["who"]["accountId"], erika.account.id);
    first.sees(&[(&erika, true), (&otto, false)]).await;

    let taken = otto.takes_over(&draft, Some(&second.window)).await;
    assert_eq!(taken, json!({ "presence": { "amWriting": true }, "problems": [] }));
    first.sees(&[(&erika, false), (&otto, true)]).await;
    assert_eq!(first.told["amWriting"], false, "who was writing is told");
    second.sees(&[(&erika, false), (&otto, true)]).await;

    second.socket.closes().await;
    first.sees(&[(&erika, false)]).await;
    erika.takes_over(&draft, None).await;
    first.sees(&[(&erika, true)]).await;
}

#[tokio::test]
async fn who_stops_following_is_gone_though_the_socket_stays() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("editor", None).await);
    let draft = erika.drafts("Wärmekarte").await;
    let mut first = Open::by(&world, &erika, &draft, false).await;
    let mut second = Open::by(&world, &otto, &draft, false).await;
    first.sees(&[(&erika, false), (&otto, false)]).await;

    second.socket.says(json!({ "type": "complete", "id": "there" })).await;
    first.sees(&[(&erika, false)]).await;
    second.socket.asks("still", "{ __typename }", json!({})).await;
    second.socket.next("still").await;
}

#[tokio::test]
async fn people_at_different_processes_see_each_other() {
    let world = World::new().await;
    let mut twin = world.twin();
    twin.restart().await;
    let (erika, otto) = (world.person("editor", None).await, world.newcomer("editor", None).await);
    let otto = otto.settles_in(&twin.url("")).await;
    let draft = erika.drafts("Wärmekarte").await;

    let mut here = Open::by(&world, &erika, &draft, true).await;
    let mut there = Open::by(&twin, &otto, &draft, true).await;
    here.sees(&[(&erika, true), (&otto, false)]).await;
    otto.takes_over(&draft, None).await;
    here.sees(&[(&erika, false), (&otto, true)]).await;
    there.sees(&[(&erika, false), (&otto, true)]).await;

    let mut news = otto.follows_edition(&twin, &draft).await;
    erika.saves(&draft, "tool", json!({ "title": "Hitzekarte" })).await;
    assert_eq!(news.next("news").await["editionChanged"]["what"], "SAVED");

    // A process that dies says goodbye to nobody; its people are gone all the same, a little later.
    twin.kill();
    here.sees(&[(&erika, false)]).await;
}

#[tokio::test]
async fn whoever_stops_a_process_leaves_nobody_behind() {
    let mut world = World::new().await;
    let erika = world.person("editor", None).await;
    let draft = erika.drafts("Wärmekarte").await;
    let mut open = Open::by(&world, &erika, &draft, true).await;

    world.is_told_to_stop();
    assert_eq!(open.socket.is_closed().await, 1001);
    assert_eq!(world.has_stopped().await, Some(0));

    world.restart().await;
    let mut again = Open::by(&world, &erika, &draft, true).await;
    assert_eq!(again.told["amWriting"], true);
    again.sees(&[(&erika, true)]).await;
}

#[tokio::test]
async fn who_follows_an_edition_hears_what_the_others_do() {
    let world = World::new().await;
    let (author, editor) =
        (world.person("author", None).await, world.person("chief-editor", None).await);
    let draft = author.drafts("Wärmekarte").await;
    let mut news = editor.follows_edition(&world, &draft).await;
    let mut hears = async |what: &str, by: &Person, revision: i64, state: &str| {
        let told = news.next("news").await["editionChanged"].take();
        assert_eq!(told["what"], what, "{told}");
        assert_eq!(told["by"]["accountId"], by.account.id, "{told}");
        assert_eq!(
            (&told["revision"], &told["state"]),
            (&json!(revision), &json!(state)),
            "{told}"
        );
        assert_eq!(told["isMine"], by.account.id == editor.account.id, "{told}");
        told["commentId"].clone()
    };

    let draft = author.saves(&draft, "tool", json!({ "summary": "Neu." })).await;
    hears("SAVED", &author, 2, "DRAFT").await;
    let draft = author.takes("submitForReview", &draft).await.done();
    hears("SUBMITTED", &author, 2, "IN_REVIEW").await;
    let add = "mutation($input: AddCommentInput!) { addComment(input: $input) { comment { id } } }";
    let said =
        author.asks(add, json!({ "input": { "edition": draft.id, "body": "Fertig." } })).await;
    let comment = hears("COMMENTED", &author, 2, "IN_REVIEW").await;
    assert_eq!(comment, said["addComment"]["comment"]["id"]);
    let draft = editor.takes("approve", &draft).await.done();
    hears("APPROVED", &editor, 2, "APPROVED").await;
    editor.takes("publish", &draft).await.done();
    hears("PUBLISHED", &editor, 2, "PUBLISHED").await;
}

#[tokio::test]
async fn what_one_may_not_see_one_may_not_follow() {
    let world = World::new().await;
    let (erika, author, reader) = (
        world.person("editor", None).await,
        world.person("author", None).await,
        world.person("reader", None).await,
    );
    let draft = erika.drafts("Wärmekarte").await;
    let there = json!({ "edition": draft.id, "writing": false });
    for (query, variables) in [(PRESENCE, &there), (CHANGES, &json!({ "edition": draft.id }))] {
        let mut socket = Socket::of_anyone(&world).await;
        socket.asks("a", query, variables.clone()).await;
        assert_eq!(socket.is_refused("a").await, "UNAUTHENTICATED");
        socket.is_complete("a").await;
        let mut socket = Socket::of(&world, &author).await;
        socket.asks("a", query, variables.clone()).await;
        assert_eq!(socket.is_refused("a").await, "NOT_FOUND");
        socket.is_complete("a").await;
    }

    let mut socket = Socket::of(&world, &reader).await;
    let writing = json!({ "edition": draft.id, "writing": true });
    socket.asks("a", PRESENCE, writing).await;
    assert_eq!(socket.is_refused("a").await, "FORBIDDEN");
    let refused = reader.is_refused(TAKE_OVER, json!({ "input": { "edition": draft.id } })).await;
    assert_eq!(refused.code, "FORBIDDEN");
    let nothing = erika.takes_over(&draft, None).await;
    assert_eq!(nothing["problems"][0]["code"], "NOT_OPEN");
}

#[tokio::test]
async fn a_stream_ends_when_the_edition_goes_out_of_reach() {
    let world = World::new().await;
    let chief = world.person("chief-editor", None).await;
    let fields = world.anyone().asks("{ themeFields(first: 1) { nodes { id } } }", json!({})).await;
    let field = fields["themeFields"]["nodes"][0]["id"].clone();
    let near = json!({ "title": "Wärmekarte", "themeFields": [field] });
    let draft = chief.creates("tool", near).await;
    let limited = world.person("editor", Some(json!({ "themeFieldIds": [field] }))).await;
    let mut news = limited.follows_edition(&world, &draft).await;

    let draft = chief.saves(&draft, "tool", json!({ "summary": "Noch da." })).await;
    assert_eq!(news.next("news").await["editionChanged"]["what"], "SAVED");
    chief.saves(&draft, "tool", json!({ "themeFields": [] })).await;

    assert_eq!(news.is_refused("news").await, "NOT_FOUND");
    news.is_complete("news").await;
}

#[tokio::test]
async fn who_is_signed_out_hears_nothing_more() {
    let world = World::new().await;
    let (erika, otto) = (world.person("editor", None).await, world.person("editor", None).await);
    let draft = erika.drafts("Wärmekarte").await;
    let mut news = otto.follows_edition(&world, &draft).await;

    otto.asks("mutation { signOut { done } }", json!({})).await;
    erika.saves(&draft, "tool", json!({ "summary": "Geheim." })).await;

    loop {
        match news.hears().await {
            Heard::Said(said) => assert!(!said.to_string().contains("SAVED"), "{said}"),
            Heard::Closed(code) => break assert_eq!(code, 4401),
            Heard::Gone => panic!("it is gone without a word"),
        }
    }
}
