//! Backups: made while it runs, put back to the same answers.

use serde_json::json;

use crate::{
    collection::{Collection, bundled},
    graphql::{REPORT, THEME_PAGE},
    people::Answer,
    world::World,
};

async fn answers(world: &World) -> Vec<Answer> {
    let anyone = world.anyone();
    let lists = "{ tools(first: 100) { nodes { id slug title year revision publishedAt body { html } } }
                   changes(first: 100) { totalCount nodes { cursor at what entryId } } site { kinds { kind count } } }";
    vec![
        anyone.asks(lists, json!({})).await,
        anyone.asks(THEME_PAGE, json!({ "slug": "intra-und-interkommunale-kooperationen" })).await,
        anyone.asks(REPORT, json!({ "slug": "arbeiten-im-krisenmodus" })).await,
    ]
}

/// A world, a backup of it, what it answered then, and everything changed since.
async fn changed_since_a_backup() -> (World, String, Vec<Answer>) {
    let world = World::new().await;
    let before = answers(&world).await;
    let path = world.folder().join("backup").to_str().unwrap().to_owned();
    world.koffer(&["backup", &path]).await.worked();

    let trends =
        std::fs::read(bundled().join("files/trends-in-der-buergerbeteiligung.pdf")).unwrap();
    let collection = Collection::bundled()
        .changing("tools.json", "speed-dating", |tool| tool["year"] = json!(2031))
        .bytes("files/arbeiten-im-krisenmodus.pdf", &trends);
    world.koffer(&["import", collection.path()]).await.worked();
    assert_ne!(answers(&world).await, before);
    (world, path, before)
}

#[tokio::test]
async fn a_backup_put_back_gives_the_same_answers() {
    let (mut world, backup, before) = changed_since_a_backup().await;
    world.stop().await;
    world.koffer(&["restore", "--replace", &backup]).await.worked();
    world.restart().await;
    assert_eq!(answers(&world).await, before);

    let file = before[2]["report"]["file"]["url"].as_str().unwrap();
    let original = bundled().join("files/arbeiten-im-krisenmodus.pdf");
    assert_eq!(world.anyone().downloads(file).await, std::fs::read(original).unwrap());
    let accounts = world.koffer(&["account", "list"]).await.worked();
    assert_eq!(accounts.lines().count(), 1, "{accounts}");
}

#[tokio::test]
async fn a_backup_moves_to_a_new_machine() {
    let (world, backup, before) = changed_since_a_backup().await;
    let mut other = World::unborn();
    other.koffer(&["restore", &backup]).await.worked();
    other.starts(&["serve"]).await;
    let told: Vec<String> = answers(&other)
        .await
        .iter()
        .map(|answer| answer.to_string().replace(&other.url(""), ""))
        .collect();
    let expected: Vec<String> =
        before.iter().map(|answer| answer.to_string().replace(&world.url(""), "")).collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_backup_is_not_put_over_a_running_or_a_filled_house() {
    let (mut world, backup, _) = changed_since_a_backup().await;
    let rows = world.rows().await;
    let told = world.koffer(&["restore", "--replace", &backup]).await.failed();
    assert!(told.contains("stop it first") || told.contains("is running"), "{told}");
    world.stop().await;
    let told = world.koffer(&["restore", &backup]).await.failed();
    assert!(told.contains("--replace"), "{told}");
    assert_eq!(world.rows().await, rows);
}

#[tokio::test]
async fn a_damaged_backup_is_refused_before_anything_is_touched() {
    let (mut world, backup, _) = changed_since_a_backup().await;
    let rows = world.rows().await;
    world.stop().await;
    let manifests: Vec<_> =
        std::fs::read_dir(&backup).unwrap().map(|found| found.unwrap().path()).collect();
    for path in manifests.into_iter().filter(|path| path.is_file()) {
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        world.koffer(&["restore", "--replace", &backup]).await.failed();
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(world.rows().await, rows, "{}", path.display());
    }
    world.koffer(&["restore", "--replace", &backup]).await.worked();
}

#[tokio::test]
async fn a_backup_does_not_write_over_anything() {
    let world = World::empty().await;
    let path = world.folder().join("backup");
    let path = path.to_str().unwrap();
    world.koffer(&["backup", path]).await.worked();
    let told = world.koffer(&["backup", path]).await.failed();
    assert!(told.contains("is there already"), "{told}");
    let nothing = world.koffer(&["restore", "/nirgends"]).await.failed();
    assert!(nothing.contains("/nirgends"), "{nothing}");
}
