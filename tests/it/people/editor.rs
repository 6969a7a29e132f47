//! What people do to content.

use serde_json::{Value, json};

use super::{Person, Refusal};

/// An edition as somebody has it before them.
#[derive(Debug, Clone)]
pub struct Edition {
    pub id: String,
    pub entry: String,
    pub revision: i64,
    pub state: String,
    pub seen: Value,
}

/// What came of a step.
#[derive(Debug)]
pub struct Step {
    pub edition: Option<Edition>,
    /// What is to be mended, as field and code.
    pub problems: Vec<(String, String)>,
    pub answer: Value,
}

/// What is shown of an edition.
const EDITION: &str = "id entryId kind language register title slug state revision liveRevision
    hasDraft content allowedActions problems { field code message }";

/// The name of the input of each mutation.
fn input_of(mutation: &str) -> String {
    match mutation {
        "createDraft" => "CreateDraftInput",
        "saveDraft" => "SaveDraftInput",
        "discardDraft" | "publish" => "EditionInput",
        "submitForReview" | "approve" | "requestChanges" => "CommentedInput",
        "unpublish" | "archive" | "moveToTrash" => "WithdrawInput",
        "restoreRevision" => "RestoreRevisionInput",
        "restoreFromTrash" | "duplicate" | "markUpToDate" => "TargetInput",
        "deleteForever" => "DeleteForeverInput",
        "createEdition" => "CreateEditionInput",
        other => panic!("nobody knows what {other} takes"),
    }
    .into()
}

fn mutation(name: &str) -> String {
    let input = input_of(name);
    format!(
        "mutation($input: {input}!) {{ {name}(input: $input) {{ edition {{ {EDITION} }}
         problems {{ field code message }} references {{ entryId title fields isPublic }} }} }}"
    )
}

impl Edition {
    fn of(seen: &Value) -> Option<Self> {
        if seen.is_null() {
            return None;
        }
        let text = |name: &str| seen[name].as_str().unwrap().to_owned();
        Some(Self {
            id: text("id"),
            entry: text("entryId"),
            revision: seen["revision"].as_i64().unwrap(),
            state: text("state"),
            seen: seen.clone(),
        })
    }

    pub fn title(&self) -> &str {
        self.seen["title"].as_str().unwrap()
    }
}

impl Step {
    /// The edition, where nothing stood in the way.
    #[track_caller]
    pub fn done(self) -> Edition {
        assert!(self.problems.is_empty(), "{:#}", self.answer);
        self.edition.unwrap_or_else(|| panic!("no edition: {:#}", self.answer))
    }

    /// What stood in the way, as field and code.
    #[track_caller]
    pub fn refused(self) -> Vec<(String, String)> {
        assert!(!self.problems.is_empty(), "{:#}", self.answer);
        self.problems
    }
}

impl Person {
    /// Takes a step; whatever comes of it.
    pub async fn step(&self, name: &str, input: Value) -> Step {
        let mut answer = self.asks(&mutation(name), json!({ "input": input })).await[name].clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let problems = super::all(&answer["problems"])
            .iter()
            .map(|problem| {
                assert!(text(&problem["message"]).len() > 10, "that helps nobody: {problem}");
                (text(&problem["field"]), text(&problem["code"]))
            })
            .collect();
        Step { edition: Edition::of(&answer["edition"]), problems, answer: answer.take() }
    }

    /// A step that is refused as a whole.
    pub async fn may_not(&self, name: &str, input: Value) -> Refusal {
        self.is_refused(&mutation(name), json!({ "input": input })).await
    }

    /// Makes a new entry; the kind by its field in the input: `themeField`.
    pub async fn creates(&self, kind: &str, content: Value) -> Edition {
        self.step("createDraft", json!({ "content": { kind: content } })).await.done()
    }

    /// Makes a tool of which not much is known yet, for tests that are about something else.
    pub async fn drafts(&self, title: &str) -> Edition {
        self.creates("tool", json!({ "title": title, "summary": "Ein Werkzeug." })).await
    }

    /// Saves what is different.
    pub async fn saves(&self, edition: &Edition, kind: &str, content: Value) -> Edition {
        let input = json!({ "id": edition.id, "expectedRevision": edition.revision,
                            "content": { kind: content } });
        self.step("saveDraft", input).await.done()
    }

    /// Takes a step with the newest revision.
    pub async fn takes(&self, name: &str, edition: &Edition) -> Step {
        self.step(name, with_revision(edition)).await
    }

    /// Gives the newest revision back to its author.
    pub async fn asks_for_changes(&self, edition: &Edition) -> Edition {
        let mut wish = with_revision(edition);
        wish["comment"] = json!("Bitte kürzen.");
        self.step("requestChanges", wish).await.done()
    }

    /// Publishes the newest revision.
    pub async fn publishes(&self, edition: &Edition) -> Edition {
        self.takes("publish", edition).await.done()
    }

    /// Opens an edition, or an entry's German standard one, as it is now.
    pub async fn opens(&self, id: &str) -> Edition {
        self.finds(id).await.unwrap_or_else(|| panic!("nobody sees {id}"))
    }

    /// The same where there may be nothing to see.
    pub async fn finds(&self, id: &str) -> Option<Edition> {
        let query = format!("query($id: ID!) {{ workingEdition(id: $id) {{ {EDITION} }} }}");
        let answer = self.asks(&query, json!({ "id": id })).await;
        Edition::of(&answer["workingEdition"])
    }
}

/// The input of a step with the newest revision.
pub fn with_revision(edition: &Edition) -> Value {
    json!({ "id": edition.id, "expectedRevision": edition.revision })
}
