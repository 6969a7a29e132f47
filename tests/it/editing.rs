//! What editors do all day, for tests that are about something else.

use serde_json::{Value, json};

use crate::people::Person;

/// A draft of a tool, as its editor has it before them.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: String,
    pub entry: String,
    pub revision: i64,
}

const FIELDS: &str = "edition { id entryId revision state } problems { field code message }";

impl Person {
    /// Makes a tool of which only the title is known.
    pub async fn drafts(&self, title: &str) -> Draft {
        self.drafts_tool(json!({ "title": title, "summary": "Ein Werkzeug." })).await
    }

    /// Makes a tool.
    pub async fn drafts_tool(&self, tool: Value) -> Draft {
        let made =
            self.mutates("createDraft", "CreateDraft", json!({ "content": { "tool": tool } }));
        Draft::of(&made.await)
    }

    /// Saves something else about it.
    pub async fn writes(&self, draft: &Draft, changes: Value) -> Draft {
        let input = json!({
            "id": draft.id, "expectedRevision": draft.revision, "content": { "tool": changes },
        });
        Draft::of(&self.mutates("saveDraft", "SaveDraft", input).await)
    }

    /// Takes a step that needs no more than the revision, and a word about it.
    pub async fn steps(&self, step: &str, draft: &Draft) -> Draft {
        let input = match step {
            "publish" => "Edition",
            _ => "Commented",
        };
        let mut given = json!({ "id": draft.id, "expectedRevision": draft.revision });
        if step == "requestChanges" {
            given["comment"] = json!("Bitte kürzen.");
        }
        Draft::of(&self.mutates(step, input, given).await)
    }

    async fn mutates(&self, mutation: &str, input: &str, given: Value) -> Value {
        let query = format!(
            "mutation($input: {input}Input!) {{ {mutation}(input: $input) {{ {FIELDS} }} }}"
        );
        let answer = self.asks(&query, json!({ "input": given })).await;
        assert_eq!(answer[mutation]["problems"], json!([]), "{mutation}");
        answer[mutation]["edition"].clone()
    }
}

impl Draft {
    fn of(edition: &Value) -> Self {
        let text = |name: &str| edition[name].as_str().unwrap().to_owned();
        Self {
            id: text("id"),
            entry: text("entryId"),
            revision: edition["revision"].as_i64().unwrap(),
        }
    }
}
