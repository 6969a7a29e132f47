//! The floors of the house, as far as they can be read from its source: `src/README.md` draws them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{collection::KINDS, world::crate_folder};

/// A line of code, and where it stands.
struct Line {
    path: String,
    number: usize,
    text: String,
}

/// All code below a folder or in a file, without comments and without what is only for tests.
fn code(within: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for path in sources(&crate_folder().join(within)) {
        let name = path.strip_prefix(crate_folder()).unwrap().display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        if name.ends_with("tests.rs") {
            continue;
        }
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for (number, line) in text.lines().enumerate() {
            if !line.trim_start().starts_with("//") {
                lines.push(Line { path: name.clone(), number: number + 1, text: line.to_owned() });
            }
        }
    }
    assert!(!lines.is_empty(), "there is no code in {within}");
    lines
}

fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let below = fs::read_dir(path).into_iter().flatten().flatten().map(|found| found.path());
    below
        .flat_map(|path| sources(&path))
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect()
}

/// Says where the code holds one of these words, but for the files that may.
fn without(within: &[&str], words: &[&str], allowed: &[&str]) {
    let lines = within.iter().flat_map(|within| code(within));
    let found: Vec<String> = lines
        .filter(|line| !allowed.contains(&line.path.as_str()))
        .filter(|line| words.iter().any(|word| line.text.contains(word)))
        .map(|line| format!("{}:{}: {}", line.path, line.number, line.text.trim()))
        .collect();
    assert!(found.is_empty(), "none of {words:?} belongs here:\n{}", found.join("\n"));
}

const CONTENT: [&str; 2] = ["src/content.rs", "src/content"];

/// `theme-field` is the table `theme_field`.
fn tables() -> Vec<String> {
    KINDS.iter().map(|kind| kind.name.replace('-', "_")).collect()
}

#[test]
fn content_names_no_kind_and_knows_nothing_above_it() {
    without(
        &CONTENT,
        &[
            "async_graphql",
            "crate::kinds",
            "crate::api",
            "crate::import",
            "crate::server",
            "crate::schema",
        ],
        &[],
    );
    let names: Vec<String> = KINDS.iter().map(|kind| format!("\"{}\"", kind.name)).collect();
    let tables: Vec<String> = tables().iter().map(|table| format!("entity::{table}::")).collect();
    let words: Vec<&str> = names.iter().chain(&tables).map(String::as_str).collect();
    without(&CONTENT, &words, &[]);
}

#[test]
fn tables_know_no_graphql_and_do_nothing() {
    without(&["entity/src"], &["async_graphql", "poem", "graphql"], &[]);
    let functions: Vec<String> = code("entity/src")
        .into_iter()
        .filter(|line| line.text.trim_start().trim_start_matches("pub ").starts_with("fn "))
        .map(|line| format!("{}:{}", line.path, line.number))
        .collect();
    assert!(functions.is_empty(), "tables have no functions: {functions:?}");
    without(&["migration/src"], &["entity::", "koffer::", "crate::content"], &[]);
}

#[test]
fn only_one_window_of_the_general_rooms_knows_the_kinds() {
    without(&["src/api", "src/api.rs"], &["crate::kinds", "super::kinds"], &["src/api/entry.rs"]);
    without(
        &["src/files", "src/files.rs", "src/db", "src/db.rs", "src/rich_text", "src/rich_text.rs"],
        &["crate::kinds", "crate::api", "crate::content", "crate::import", "crate::auth"],
        &[],
    );
}

#[test]
fn only_publishing_writes_what_is_public() {
    let mut words = Vec::new();
    for table in ["live", "link", "term"].iter().map(ToString::to_string).chain(tables()) {
        for deed in [
            "insert",
            "insert_many",
            "update",
            "update_many",
            "delete",
            "delete_by_id",
            "delete_many",
        ] {
            words.push(format!("{table}::Entity::{deed}("));
        }
        words.push(format!("{table}::ActiveModel"));
    }
    words.extend(["C::Table::insert", "C::Table::update", "C::Table::delete"].map(str::to_owned));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    without(&["src"], &words, &["src/content/publish.rs"]);
}

#[test]
fn only_the_feed_writes_the_feed() {
    let words = [
        "change::Entity::insert",
        "change::Entity::update",
        "change::Entity::delete",
        "change::ActiveModel",
    ];
    without(&["src"], &words, &["src/content/change.rs"]);
    let log =
        ["log::Entity::insert", "log::Entity::update", "log::Entity::delete", "log::ActiveModel"];
    without(&["src"], &log, &["src/content/log.rs"]);
}

#[test]
fn public_tables_are_read_through_one_door() {
    let allowed = ["src/content/publish.rs", "src/reindex.rs"];
    let lines = code("src").into_iter().filter(|line| !line.path.starts_with("src/content/read"));
    let found: Vec<String> = lines
        .filter(|line| !allowed.contains(&line.path.as_str()))
        .filter(|line| {
            ["live::Entity::find", "link::Entity::find", "from_as(\"live\""]
                .iter()
                .any(|word| line.text.contains(word))
        })
        .filter(|line| line.path != "src/content/edition.rs")
        .map(|line| format!("{}:{}", line.path, line.number))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn only_one_place_turns_a_failure_into_words_for_a_client() {
    let makes = [
        "async_graphql::Error::new",
        "Error::new(",
        "ServerError::new(",
        "extend_with",
        "ErrorExtensions",
    ];
    let lines = code("src/api").into_iter().chain(code("src/kinds")).chain(code("src/schema.rs"));
    let found: Vec<String> = lines
        .filter(|line| line.path != "src/api/error.rs")
        .filter(|line| makes.iter().any(|word| line.text.contains(word)))
        .map(|line| format!("{}:{}: {}", line.path, line.number, line.text.trim()))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    without(
        &["src/error.rs"],
        &["impl Display for Failure", "impl fmt::Display for Failure", "#[error("],
        &[],
    );
}

#[test]
fn one_place_reads_the_time_and_one_makes_ids() {
    without(&["src"], &["Utc::now", "Local::now", "SystemTime::now"], &["src/clock.rs"]);
    without(&["src"], &["Uuid::now_v7", "Uuid::new_v4", "Uuid::new_v7"], &["src/id.rs"]);
}

#[test]
fn nobody_prints_but_the_command_line() {
    let allowed = ["src/cli.rs", "src/server/first_start.rs"];
    without(&["src"], &["println!", "eprintln!", "print!(", "dbg!", "stdout()"], &allowed);
}

#[test]
fn every_module_says_why_it_exists() {
    for within in ["src", "entity/src", "migration/src"] {
        for path in sources(&crate_folder().join(within)) {
            let text = fs::read_to_string(&path).unwrap();
            let says = text.starts_with("//! ")
                || text.starts_with("#![doc")
                || path.ends_with("tests.rs");
            assert!(says, "{} does not", path.display());
        }
    }
}
