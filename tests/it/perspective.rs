//! Perspective: whatever is drafted, the public is told the same, to the letter.
//!
//! Chance asks the public questions of every shape that the schema has: lists in every order,
//! filters over fields and relations, facets, counts, cursors and pages, single entries, changes.
//! Then chance drafts, over what is published and beside it. The same questions must be answered
//! in the same words.

use std::collections::BTreeMap;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::{Value, json};

use crate::{
    graphql::{Schema, camel, inner},
    people::{Anyone, Edition, Person, all, with_revision},
    samples::{Samples, as_input, with_samples},
    world::World,
};

/// A word that stands in drafts only.
const SECRET: &str = "Verschlusssache";

/// How many filters are tried on each kind, and how many drafts are made.
const FILTERS: usize = 12;
const DRAFTS: usize = 50;

#[tokio::test]
async fn whatever_is_drafted_the_public_is_told_the_same() {
    let seed: u64 = rand::rng().random();
    println!("the seed is {seed}");
    let mut chance = StdRng::seed_from_u64(seed);
    let (world, kinds, samples) = with_samples().await;
    let anyone = world.anyone();
    let asker = Asker::of(&anyone, &samples).await;
    let questions = asker.questions(&mut chance, &kinds, &samples, &anyone).await;
    let before = answers(&anyone, &questions).await;
    let told = before.iter().filter(|answer| answer["errors"].is_null()).count();
    assert!(told * 5 > before.len() * 4, "{told} of {} questions make sense", before.len());

    let mut newsroom = Newsroom::of(&world, &samples, &kinds).await;
    for _ in 0..DRAFTS {
        newsroom.drafts(&mut chance).await;
    }

    let after = answers(&anyone, &questions).await;
    for ((question, before), after) in questions.iter().zip(&before).zip(&after) {
        assert_eq!(before, after, "seed {seed}: {}\n{:#}", question.text, question.variables);
        assert!(!after.to_string().contains(SECRET), "seed {seed}: {}", question.text);
    }
    newsroom.has_drafts_that_only_it_sees(&anyone).await;

    // Whoever may see the drafts is told something else, so the questions do reach them.
    let insider = newsroom.editor.with_header("koffer-view", "draft");
    let inside = answers(&insider, &questions).await;
    let differ = inside.iter().zip(&after).filter(|(inside, after)| inside != after).count();
    assert!(differ * 2 > questions.len(), "{differ} of {} questions reach drafts", questions.len());
}

/// A question to the public.
struct Question {
    text: String,
    variables: Value,
}

async fn answers(anyone: &Anyone, questions: &[Question]) -> Vec<Value> {
    let mut answers = Vec::new();
    for question in questions {
        let mut answer = anyone.sends(&question.text, &question.variables).await;
        for error in answer["errors"].as_array_mut().into_iter().flatten() {
            error["extensions"]["requestId"].take();
        }
        answers.push(answer);
    }
    answers
}

/// Somebody who makes questions out of the schema.
struct Asker {
    schema: Schema,
    ids: Vec<String>,
}

impl Asker {
    async fn of(anyone: &Anyone, samples: &Samples) -> Self {
        let ids = samples.ids.values().flatten().cloned().collect();
        Self { schema: Schema::told_to(anyone).await, ids }
    }

    async fn questions(
        &self,
        chance: &mut StdRng,
        kinds: &[(String, String)],
        samples: &Samples,
        anyone: &Anyone,
    ) -> Vec<Question> {
        let mut questions = vec![
            self.plain("{ site { kinds { kind count } } changes(first: 100) { totalCount nodes { entryId reason entry { id title } } } }".into(), json!({})),
            self.plain("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }".into(), json!({ "ids": self.ids })),
        ];
        for (name, kind) in kinds {
            let (one, many) = (camel(name), self.list_of(name));
            let type_ = inner(&self.schema.field("Query", &one)["type"]).to_owned();
            let selected = self.schema.everything_of(&type_, 3);
            // Its own entries, and one of any kind: an id is good for its own kind only.
            let own = self.ids.iter().filter(|id| samples.ids[kind].contains(id));
            for id in own.chain(self.ids.choose(chance)) {
                let text = format!(
                    "query($id: ID!) {{ node(id: $id) {{ id }} {one}(id: $id) {{ {selected} }} }}"
                );
                questions.push(self.plain(text, json!({ "id": id })));
            }
            questions.extend(self.lists(chance, &many, &type_, anyone).await);
            let path = json!({ "path": format!("{kind}/{kind}") });
            questions.push(
                self.plain(
                    "query($path: String!) { entry(path: $path) { id title } }".into(),
                    path,
                ),
            );
        }
        questions
    }

    fn plain(&self, text: String, variables: Value) -> Question {
        Question { text, variables }
    }

    /// The field of the root that lists a kind: it gives a connection of the kind's type.
    fn list_of(&self, name: &str) -> String {
        let type_ = inner(&self.schema.field("Query", &camel(name))["type"]);
        let fields = all(&self.schema.named("Query")["fields"]);
        let list =
            fields.iter().find(|field| inner(&field["type"]) == format!("{type_}Connection"));
        list.expect("every kind has a list")["name"].as_str().unwrap().to_owned()
    }

    /// Lists of one kind, in every order and with filters of all sorts.
    async fn lists(
        &self,
        chance: &mut StdRng,
        many: &str,
        type_: &str,
        anyone: &Anyone,
    ) -> Vec<Question> {
        let connection = format!("{type_}Connection");
        let nodes = self.schema.everything_of(type_, 1);
        let facets = inner(&self.schema.field(&connection, "facets")["type"]);
        let facets = self.schema.everything_of(facets, 2);
        let arguments = all(&self.schema.field("Query", many)["args"]);
        let of = |name: &str| {
            let argument = arguments.iter().find(|argument| argument["name"] == name).unwrap();
            inner(&argument["type"]).to_owned()
        };
        let (filter, order) = (of("filter"), of("orderBy"));
        let text = format!(
            "query($filter: {filter}, $orderBy: [{order}!], $first: Int, $after: String, $offset: Int) {{
               {many}(filter: $filter, orderBy: $orderBy, first: $first, after: $after, offset: $offset) {{
                 totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
                 edges {{ cursor }} nodes {{ {nodes} }} facets {{ {facets} }} }} }}"
        );
        let question = |variables| self.plain(text.clone(), variables);

        let mut questions = vec![question(json!({ "first": 1, "offset": 1 }))];
        for by in self.schema.values(&format!("{order}Field")) {
            for direction in ["ASC", "DESC"] {
                let first =
                    json!({ "orderBy": [{ "field": by, "direction": direction }], "first": 1 });
                let page = anyone.asks(&text, first.clone()).await;
                let mut next = first.clone();
                next["after"] = page[many]["pageInfo"]["endCursor"].clone();
                questions.extend([question(first), question(next)]);
            }
        }
        for _ in 0..FILTERS {
            let filter = self.input(chance, &filter, 3);
            questions.push(question(json!({ "filter": filter })));
        }
        questions
    }

    /// Something that an input may be.
    fn input(&self, chance: &mut StdRng, name: &str, depth: usize) -> Value {
        let type_ = self.schema.named(name);
        match type_["kind"].as_str().unwrap() {
            "ENUM" => json!(self.schema.values(name).choose(chance).unwrap()),
            "INPUT_OBJECT" if depth == 0 => json!({}),
            "INPUT_OBJECT" => {
                let fields = all(&type_["inputFields"]);
                let field = fields.choose(chance).unwrap();
                let value = self.input(chance, inner(&field["type"]), depth - 1);
                let listed = field["type"]["kind"] == "LIST";
                json!({ field["name"].as_str().unwrap(): if listed { json!([value]) } else { value } })
            }
            _ => match name {
                "String" => json!(["a", "Heatmap", "e", SECRET, "Quadrat"].choose(chance)),
                "Int" => json!([0, 1, 2019, 2031].choose(chance)),
                "Float" => json!(1.5),
                "Boolean" => json!(chance.random::<bool>()),
                "ID" | "UUID" => json!(self.ids.choose(chance)),
                "PartialDate" => json!(["2019", "2020-05", "2031-12-31"].choose(chance)),
                "NaiveDate" => json!("2031-12-31"),
                "DateTime" => json!("2026-01-01T00:00:00Z"),
                other => panic!("nobody knows what a {other} may be"),
            },
        }
    }
}

/// Those who draft: one writes, the other looks it over and plans.
struct Newsroom<'s> {
    editor: Person,
    publisher: Person,
    samples: &'s Samples,
    kinds: &'s [(String, String)],
    /// What content may point at: entries by kind, drafts among them.
    entries: BTreeMap<String, Vec<String>>,
    /// What was never public.
    drafts: Vec<(String, Edition)>,
}

impl<'s> Newsroom<'s> {
    async fn of(world: &World, samples: &'s Samples, kinds: &'s [(String, String)]) -> Self {
        let entries = samples.ids.iter().map(|(kind, ids)| (kind.clone(), ids.to_vec())).collect();
        Self {
            editor: world.person("editor", None).await,
            publisher: world.person("chief-editor", None).await,
            samples,
            kinds,
            entries,
            drafts: Vec::new(),
        }
    }

    /// Does something that the public must not notice.
    async fn drafts(&mut self, chance: &mut StdRng) {
        let (name, kind) = self.kinds.choose(chance).unwrap();
        let field = camel(name);
        match chance.random_range(0..10) {
            0..3 => {
                let content = self.content(chance, kind);
                let new = self.editor.creates(&field, content).await;
                self.is_new(kind, new);
            }
            3..7 => {
                let public = self.opens_public(chance, kind).await;
                let content = self.content(chance, kind);
                let changed = self.editor.saves(&public, &field, content).await;
                self.goes_on(chance, &changed).await;
            }
            7 => {
                let public = self.opens_public(chance, kind).await;
                let copy = self.editor.step("duplicate", json!({ "id": public.id })).await.done();
                self.is_new(kind, copy);
            }
            8 => {
                let public = self.opens_public(chance, kind).await;
                let (language, register) =
                    [("en", "STANDARD"), ("de", "EASY")][chance.random_range(0..2)];
                let wish =
                    json!({ "source": public.id, "language": language, "register": register });
                let query = "mutation($input: CreateEditionInput!) { createEdition(input: $input) { edition { id } } }";
                self.editor.sends(query, &json!({ "input": wish })).await;
            }
            _ => {
                let Some(place) =
                    (0..self.drafts.len()).collect::<Vec<_>>().choose(chance).copied()
                else {
                    return;
                };
                let draft = self.editor.opens(&self.drafts[place].1.id).await;
                if draft.state != "TRASHED" {
                    self.editor.takes("moveToTrash", &draft).await;
                }
            }
        }
    }

    async fn opens_public(&self, chance: &mut StdRng, kind: &str) -> Edition {
        self.editor.opens(self.samples.ids[kind].choose(chance).unwrap()).await
    }

    fn is_new(&mut self, kind: &str, new: Edition) {
        self.entries.entry(kind.to_owned()).or_default().push(new.entry.clone());
        self.drafts.push((kind.to_owned(), new));
    }

    /// A change is handed in, approved, planned, bundled, talked about.
    async fn goes_on(&self, chance: &mut StdRng, changed: &Edition) {
        match chance.random_range(0..4) {
            0 => {
                self.editor.takes("submitForReview", changed).await;
            }
            1 => {
                let mut plan = with_revision(changed);
                plan["at"] = json!("2031-01-01T09:00");
                let query = "mutation($input: ScheduleInput!) { schedule(input: $input) { problems { code } } }";
                self.publisher.asks(query, json!({ "input": plan })).await;
            }
            2 => {
                let query = "mutation($input: CreateReleaseInput!) { createRelease(input: $input) { release { id } } }";
                let made = self.publisher.asks(query, json!({ "input": { "name": SECRET } })).await;
                let mut member = with_revision(changed);
                member["release"] = made["createRelease"]["release"]["id"].clone();
                let query = "mutation($input: AddToReleaseInput!) { addToRelease(input: $input) { problems { code } } }";
                self.publisher.asks(query, json!({ "input": member })).await;
            }
            _ => {
                let query = "mutation($input: AddCommentInput!) { addComment(input: $input) { problems { code } } }";
                let said = json!({ "edition": changed.id, "body": SECRET });
                self.editor.asks(query, json!({ "input": said })).await;
            }
        }
    }

    /// The example of a kind, under a secret name, pointing at other entries; or less of it.
    fn content(&self, chance: &mut StdRng, kind: &str) -> Value {
        let mut content = as_input(self.samples.snapshots[kind].choose(chance).unwrap());
        self.points_elsewhere(chance, &mut content);
        let members = content.as_object_mut().unwrap();
        members.retain(|_, _| chance.random_range(0..4) > 0);
        let number: u32 = chance.random();
        members.insert("title".into(), json!(format!("{SECRET} {number}")));
        members.insert("summary".into(), json!(SECRET));
        members.insert("aliases".into(), json!([SECRET]));
        members.insert("slug".into(), Value::Null);
        content
    }

    fn points_elsewhere(&self, chance: &mut StdRng, value: &mut Value) {
        match value {
            Value::String(text) => {
                let kind = self.samples.ids.iter().find(|(_, ids)| ids.contains(text));
                if let Some((kind, _)) = kind {
                    text.clone_from(self.entries[kind].choose(chance).unwrap());
                }
            }
            Value::Array(values) => {
                values.iter_mut().for_each(|value| self.points_elsewhere(chance, value));
            }
            Value::Object(members) => {
                members.values_mut().for_each(|value| self.points_elsewhere(chance, value));
            }
            _ => {}
        }
    }

    async fn has_drafts_that_only_it_sees(&self, anyone: &Anyone) {
        assert!(!self.drafts.is_empty(), "nothing was drafted");
        for (kind, draft) in &self.drafts {
            let one = camel(&kind.replace('-', "_"));
            let query = format!(
                "query($id: ID!) {{ node(id: $id) {{ id }} entry(id: $id) {{ id }} {one}(id: $id) {{ id }} }}"
            );
            for id in [&draft.id, &draft.entry] {
                let answer = anyone.asks(&query, json!({ "id": id })).await;
                assert_eq!(*answer, json!({ "node": null, "entry": null, one.clone(): null }));
            }
            assert!(self.editor.finds(&draft.id).await.is_some(), "{kind}");
        }
    }
}
