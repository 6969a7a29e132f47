//! Revisions that an older Koffer wrote are opened, compared, brought back and published.
//!
//! `old_shapes/1/` holds one snapshot of every kind as shape 1 had it, and so on for every shape
//! there was. These files are never edited: what they say lies in people's databases.

use std::{collections::BTreeSet, fs};

use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use crate::{
    graphql::camel,
    samples::with_samples,
    world::{World, crate_folder},
};

/// The shapes of which there are examples.
fn known() -> BTreeSet<i32> {
    let folders = fs::read_dir(crate_folder().join("tests/it/old_shapes")).unwrap();
    folders.map(|folder| folder.unwrap().file_name().to_str().unwrap().parse().unwrap()).collect()
}

fn snapshot(shape: i32, kind: &str) -> Value {
    let path = crate_folder().join(format!("tests/it/old_shapes/{shape}/{kind}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|_| {
        panic!("there is no {kind} as shape {shape} had it: {}", path.display())
    });
    serde_json::from_str(&text).unwrap()
}

/// Puts a snapshot in the place of a revision's, as if it had always been there.
async fn was_written_by_an_older_koffer(
    world: &World,
    edition: &str,
    shape: i32,
    snapshot: &Value,
) {
    let database = world.database().await;
    let edition: uuid::Uuid = edition.parse().unwrap();
    let statement = Statement::from_sql_and_values(
        database.get_database_backend(),
        "UPDATE revision SET snapshot = $1, shape = $2 WHERE edition_id = $3 AND number = 1",
        [snapshot.clone().into(), shape.into(), edition.into()],
    );
    let done = database.execute_raw(statement).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
}

#[tokio::test]
async fn a_revision_of_any_shape_there_was_comes_back_to_life() {
    for shape in known() {
        let (world, kinds, samples) = with_samples().await;
        let publisher = world.person("chief-editor", None).await;
        for (name, kind) in kinds {
            let field = camel(&name);
            let now = publisher.opens(&samples.ids[&kind][0]).await;
            let now = publisher.saves(&now, &field, json!({ "title": "Wie es jetzt heißt" })).await;
            let old = samples.resolved(snapshot(shape, &kind));
            was_written_by_an_older_koffer(&world, &now.id, shape, &old).await;

            let query = "query($id: ID!) { workingEdition(id: $id) {
                comparison(from: 1, to: 2) { fields { field before after } } } }";
            let compared = publisher.asks(query, json!({ "id": now.id })).await;
            let fields = compared["workingEdition"]["comparison"]["fields"].to_string();
            assert!(fields.contains("\"title\""), "{kind} of shape {shape}: {fields}");

            let wish = json!({ "id": now.id, "expectedRevision": now.revision, "revision": 1 });
            let back = publisher.step("restoreRevision", wish).await.done();
            assert_eq!(back.seen["title"], old["title"], "{kind} of shape {shape}");
            for (field, value) in old.as_object().unwrap() {
                assert_eq!(&back.seen["content"][field], value, "{kind} of shape {shape}: {field}");
            }
            publisher.publishes(&back).await;
            let query = "query($id: ID!) { entry(id: $id) { title } }";
            let public = world.anyone().asks(query, json!({ "id": now.entry })).await;
            assert_eq!(public["entry"]["title"], old["title"], "{kind} of shape {shape}");
        }
    }
}

#[tokio::test]
async fn the_shape_that_is_written_now_has_its_examples() {
    let (world, ..) = with_samples().await;
    let database = world.database().await;
    let statement = Statement::from_string(
        database.get_database_backend(),
        "SELECT MAX(shape) AS shape FROM revision",
    );
    let row = database.query_one_raw(statement).await.unwrap().unwrap();
    let newest: i32 = row.try_get("", "shape").unwrap();
    assert_eq!(known(), (1..=newest).collect(), "every shape there was needs its folder");
}
