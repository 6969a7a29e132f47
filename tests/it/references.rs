//! Who points here: warnings before something goes that others point at.

use serde_json::json;

use crate::{people::with_revision, world::World};

#[tokio::test]
async fn what_others_point_at_goes_only_when_that_is_known() {
    let world = World::empty().await;
    let publisher = world.person("chief-editor", None).await;
    let target = publisher.creates("tool", json!({ "title": "Ziel" })).await;
    let target = publisher.publishes(&target).await;
    let card = format!("Siehe [dort](entry:{}).", target.entry);
    let case =
        publisher.creates("case", json!({ "title": "Fall", "body": { "markdown": card } })).await;
    let case = publisher.publishes(&case).await;
    let draft = json!({ "title": "Entwurf", "relatedTools": [target.entry] });
    publisher.creates("tool", draft).await;

    let query = "query($id: ID!) { references(id: $id) { title fields isPublic } }";
    let found = publisher.asks(query, json!({ "id": target.entry })).await;
    assert_eq!(
        found["references"],
        json!([
            { "title": "Fall", "fields": ["body"], "isPublic": true },
            { "title": "Entwurf", "fields": ["relatedTools"], "isPublic": false },
        ])
    );
    // Somebody who sees no drafts hears of none.
    let author = world.person("author", None).await;
    let found = author.asks(query, json!({ "id": target.entry })).await;
    assert_eq!(found["references"].as_array().unwrap().len(), 1);

    for step in ["unpublish", "moveToTrash", "archive"] {
        let told = publisher.takes(step, &target).await;
        assert_eq!(told.answer["references"][0]["title"], "Fall", "{step}");
        assert_eq!(told.refused(), [("confirmedReferences".into(), "REFERENCED".into())], "{step}");
    }
    let mut known = with_revision(&target);
    known["confirmedReferences"] = json!([case.entry]);
    known["reason"] = json!("überholt");
    let withdrawn = publisher.step("unpublish", known).await.done();
    assert_eq!(withdrawn.state, "DRAFT");
    let feed = world.anyone().asks("{ changes { nodes { what reason } } }", json!({})).await;
    assert_eq!(feed["changes"]["nodes"][2], json!({ "what": "WITHDRAWN", "reason": "überholt" }));

    publisher.takes("moveToTrash", &withdrawn).await.done();
    let told = publisher.step("deleteForever", json!({ "id": target.id })).await;
    assert_eq!(told.refused().len(), 2, "the draft points at it as well");
}
