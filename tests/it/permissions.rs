//! Who may do what: the policy as a table, and as people meet it.

use koffer::{
    auth::{
        policy::{self, Action, Authorship, HouseAction, Subject},
        principal::{Grant, Principal, Scope},
        role::Role,
    },
    content::log::Origin,
    kinds::Kind,
};
use serde_json::json;
use uuid::Uuid;

use crate::{people::all, world::World};

fn principal(role: Role, scope: Scope) -> Principal {
    Principal {
        account: Uuid::nil(),
        session: Uuid::nil(),
        name: String::new(),
        email: String::new(),
        grants: vec![Grant { role, scope }],
        origin: Origin::default(),
    }
}

/// What a role may do with each kind: `+` always, `o` with one's own, `-` never.
fn row(role: Role, action: Action) -> String {
    let person = principal(role, Scope::default());
    let cell = |kind: &Kind| {
        let with = |authorship| {
            let subject = Subject {
                kind: kind.name().into(),
                language: "de".into(),
                theme_fields: Vec::new(),
                authorship,
            };
            policy::may(&person, action, &subject)
        };
        match (with(Authorship::Own), with(Authorship::Others)) {
            (true, true) => "+",
            (true, false) => "own",
            (false, true) => "others",
            (false, false) => "-",
        }
    };
    let cells: Vec<String> = Kind::ALL.iter().map(|kind| format!("{:<6}", cell(kind))).collect();
    format!("{:<15} {:<14} {}", role.german(), format!("{action:?}"), cells.join(" "))
}

#[test]
fn roles_times_actions_times_kinds() {
    let kinds: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| format!("{:<6}", kind.name().chars().take(6).collect::<String>()))
        .collect();
    let mut table = vec![format!("{:<15} {:<14} {}", "", "", kinds.join(" "))];
    for role in Role::ALL {
        table.extend(Action::ALL.map(|action| row(role, action)));
    }
    for role in Role::ALL {
        let person = principal(role, Scope::default());
        let may = HouseAction::ALL.map(|action| {
            format!("{action:?} {}", if policy::may_in_house(&person, action) { "+" } else { "-" })
        });
        table.push(format!("{:<15} {}", role.german(), may.join("  ")));
    }
    let table: Vec<&str> = table.iter().map(|line| line.trim_end()).collect();
    insta::assert_snapshot!("permissions", table.join("\n"));
}

#[test]
fn a_scope_reaches_what_it_names_and_nothing_else() {
    let (field, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let scope = Scope {
        kinds: Some(vec!["tool".into()]),
        theme_fields: Some(vec![field]),
        languages: Some(vec!["de".into()]),
    };
    let person = principal(Role::ChiefEditor, scope);
    let may = |kind: &str, language: &str, theme_fields: Vec<Uuid>| {
        let subject = Subject {
            kind: kind.into(),
            language: language.into(),
            theme_fields,
            authorship: Authorship::Others,
        };
        policy::may(&person, Action::Publish, &subject)
    };
    assert!(may("tool", "de", vec![other, field]));
    assert!(!may("case", "de", vec![field]));
    assert!(!may("tool", "en", vec![field]));
    assert!(!may("tool", "de", vec![other]));
    assert!(!may("tool", "de", Vec::new()));
    // Whoever is limited does not rule the house.
    assert!(!policy::may_in_house(
        &principal(Role::Administration, Scope { languages: Some(vec![]), ..Scope::default() }),
        HouseAction::ManageAccounts
    ));
}

#[tokio::test]
async fn what_one_may_not_see_does_not_exist() {
    let world = World::empty().await;
    let (anna, bert) = (world.person("author", None).await, world.person("author", None).await);
    let english = world.person("editor", Some(json!({ "languages": ["en"] }))).await;
    let tool = anna.creates("tool", json!({ "title": "Annas Entwurf" })).await;
    let nowhere = "00000000-0000-7000-8000-000000000000";

    for stranger in [&bert, &english] {
        assert!(stranger.finds(&tool.id).await.is_none());
        for step in ["publish", "discardDraft", "submitForReview", "moveToTrash"] {
            let known =
                stranger.may_not(step, json!({ "id": tool.id, "expectedRevision": 1 })).await;
            let unknown =
                stranger.may_not(step, json!({ "id": nowhere, "expectedRevision": 1 })).await;
            assert_eq!((&*known.code, &known), ("NOT_FOUND", &unknown), "{step}");
        }
        let list =
            stranger.asks("{ workingEditions { totalCount nodes { id } } }", json!({})).await;
        assert_eq!(list["workingEditions"], json!({ "totalCount": 0, "nodes": [] }));
    }
    let nobody = world.anyone();
    let refused = nobody.is_refused("{ workingEditions { totalCount } }", json!({})).await;
    assert_eq!(refused.code, "UNAUTHENTICATED");
}

#[tokio::test]
async fn nobody_writes_out_of_their_own_reach() {
    let world = World::new().await;
    let fields = world.anyone().asks("{ themeFields(first: 2) { nodes { id } } }", json!({})).await;
    let fields: Vec<String> = all(&fields["themeFields"]["nodes"])
        .iter()
        .map(|field| field["id"].as_str().unwrap().to_owned())
        .collect();
    let scope = json!({ "themeFieldIds": [fields[0]] });
    let anna = world.person("editor", Some(scope)).await;

    let input =
        |field: &str| json!({ "content": { "tool": { "title": "T", "themeFields": [field] } } });
    assert_eq!(anna.may_not("createDraft", input(&fields[1])).await.code, "FORBIDDEN");
    let nowhere = json!({ "content": { "tool": { "title": "T" } } });
    assert_eq!(anna.may_not("createDraft", nowhere).await.code, "FORBIDDEN");

    let tool = anna.step("createDraft", input(&fields[0])).await.done();
    let away = json!({ "id": tool.id, "expectedRevision": 1,
                       "content": { "tool": { "themeFields": [fields[1]] } } });
    assert_eq!(anna.may_not("saveDraft", away).await.code, "FORBIDDEN");
    let list = anna.asks("{ workingEditions(first: 100) { nodes { id } } }", json!({})).await;
    let listed = all(&list["workingEditions"]["nodes"]);
    assert!(listed.contains(&json!({ "id": tool.id })));
}

#[tokio::test]
async fn a_right_that_is_taken_away_is_gone_with_the_next_request() {
    let world = World::empty().await;
    let administrator = world.administrator().await;
    let anna = world.person("chief-editor", None).await;
    let tool = anna.creates("tool", json!({ "title": "T" })).await;
    let grants =
        "mutation($input: SetGrantsInput!) { setGrants(input: $input) { problems { code } } }";
    let input = json!({ "input": { "id": anna.account.id, "grants": [{ "role": "READER" }] } });
    administrator.asks(grants, input).await;
    let refused = anna
        .sends(
            "mutation($input: EditionInput!) { publish(input: $input) { problems { code } } }",
            &json!({ "input": { "id": tool.id, "expectedRevision": 1 } }),
        )
        .await;
    let code = &refused["errors"][0]["extensions"]["code"];
    assert!(["FORBIDDEN", "UNAUTHENTICATED"].contains(&code.as_str().unwrap()), "{refused}");
}

#[tokio::test]
async fn four_eyes_publish_what_was_approved_and_nothing_else() {
    let world = World::empty().await;
    let administrator = world.administrator().await;
    let (author, publisher) =
        (world.person("author", None).await, world.person("chief-editor", None).await);
    let rule =
        "mutation($input: SetFourEyesInput!) { setFourEyes(input: $input) { kind fourEyes } }";
    let input = json!({ "input": { "kind": "TOOL", "needed": true } });
    assert_eq!(publisher.is_refused(rule, input.clone()).await.code, "FORBIDDEN");
    administrator.asks(rule, input).await;

    let tool = author.creates("tool", json!({ "title": "Geprüft" })).await;
    let refused = publisher.takes("publish", &tool).await.refused();
    assert_eq!(refused, [("id".into(), "NOT_APPROVED".into())]);
    let tool = author.takes("submitForReview", &tool).await.done();
    let tool = publisher.takes("approve", &tool).await.done();

    // One more letter, and the approval is void; the letter taken back, and it holds again.
    let changed = author.saves(&tool, "tool", json!({ "title": "Geprüft?" })).await;
    let refused = publisher.takes("publish", &changed).await.refused();
    assert_eq!(refused, [("id".into(), "NOT_APPROVED".into())]);
    let back = author.saves(&changed, "tool", json!({ "title": "Geprüft" })).await;
    assert_eq!(publisher.publishes(&back).await.state, "PUBLISHED");

    // Nobody is their own second person.
    let own = publisher.creates("tool", json!({ "title": "Selbst" })).await;
    let own = publisher.takes("submitForReview", &own).await.done();
    let input = json!({ "id": own.id, "expectedRevision": own.revision });
    assert_eq!(publisher.may_not("approve", input).await.code, "FORBIDDEN");
}
