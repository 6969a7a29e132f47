//! Editing: what an edition is waiting for, and the drafts as readers would see them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::drafts;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The public tables that every kind has, and those of the kinds there were when drafts came.
const PUBLIC: [&str; 14] = [
    "live",
    "link",
    "term",
    "theme_field",
    "tool",
    "case",
    "report",
    "download",
    "municipality",
    "organisation",
    "event",
    "news_item",
    "programme",
    "assistant",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in [
            text("author").default("").take(),
            text("editor").default("").take(),
            text("state").default("draft").take(),
            text_null("approved_hash"),
            integer("problems").default(0).take(),
            timestamp_with_time_zone_null("saved_at"),
            timestamp_with_time_zone_null("archived_at"),
            timestamp_with_time_zone_null("trashed_at"),
            uuid_null("source_id"),
            integer_null("source_revision"),
        ] {
            let add = Table::alter().table("edition").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        let saved = Table::alter()
            .table("revision")
            .add_column(text("saved").default("milestone").take())
            .to_owned();
        manager.alter_table(saved).await?;
        let excepted =
            Table::alter().table("file").add_column(json_binary_null("exception")).to_owned();
        manager.alter_table(excepted).await?;
        let tell = "UPDATE edition SET \
             author = (SELECT author FROM revision WHERE edition_id = edition.id AND number = 1), \
             editor = (SELECT author FROM revision WHERE edition_id = edition.id AND number = edition.latest), \
             saved_at = (SELECT created_at FROM revision WHERE edition_id = edition.id AND number = edition.latest)";
        manager.get_connection().execute_unprepared(tell).await?;

        for table in PUBLIC {
            drafts::beside(manager, table).await?;
        }
        index(manager, "draft_live_of_entry", "draft_live", &["entry_id"]).await?;
        index(manager, "draft_link_to_target", "draft_link", &["target_id"]).await?;

        self.review(manager).await?;
        self.time(manager).await?;
        self.together(manager).await
    }
}

impl Migration {
    async fn review(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let review = Table::create()
            .table("review")
            .col(uuid("id").primary_key())
            .col(uuid("edition_id"))
            .col(integer("revision"))
            .col(text("content_hash"))
            .col(text("decision"))
            .col(text("actor"))
            .col(text_null("comment"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(ForeignKey::create().from("review", "edition_id").to("edition", "id"))
            .to_owned();
        manager.create_table(review).await?;
        index(manager, "review_of_edition", "review", &["edition_id", "created_at"]).await?;

        let rule = Table::create()
            .table("kind_rule")
            .col(text("kind").primary_key())
            .col(boolean("four_eyes"))
            .to_owned();
        manager.create_table(rule).await
    }

    async fn time(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let schedule = Table::create()
            .table("schedule")
            .col(uuid("id").primary_key())
            .col(uuid_null("edition_id"))
            .col(uuid_null("release_id"))
            .col(text("action"))
            .col(integer_null("revision"))
            .col(text_null("content_hash"))
            .col(timestamp_with_time_zone("due_at"))
            .col(text("zone"))
            .col(text("local_time"))
            .col(uuid("requested_by"))
            .col(text("state"))
            .col(json_binary_null("problems"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("done_at"))
            .to_owned();
        manager.create_table(schedule).await?;
        index(manager, "schedule_by_time", "schedule", &["state", "due_at"]).await?;
        index(manager, "schedule_of_edition", "schedule", &["edition_id"]).await?;

        let release = Table::create()
            .table("release")
            .col(uuid("id").primary_key())
            .col(text("name"))
            .col(text_null("note"))
            .col(text("author"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("published_at"))
            .to_owned();
        manager.create_table(release).await?;
        let member = Table::create()
            .table("release_member")
            .col(uuid("id").primary_key())
            .col(uuid("release_id"))
            .col(uuid("edition_id"))
            .col(integer("revision"))
            .col(text("content_hash"))
            .foreign_key(
                ForeignKey::create().from("release_member", "release_id").to("release", "id"),
            )
            .foreign_key(
                ForeignKey::create().from("release_member", "edition_id").to("edition", "id"),
            )
            .to_owned();
        manager.create_table(member).await?;
        let once = Index::create()
            .name("release_member_once")
            .table("release_member")
            .col("release_id")
            .col("edition_id")
            .unique()
            .to_owned();
        manager.create_index(once).await
    }

    async fn together(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let comment = Table::create()
            .table("comment")
            .col(uuid("id").primary_key())
            .col(uuid("edition_id"))
            .col(uuid_null("parent_id"))
            .col(text_null("field"))
            .col(text("body"))
            .col(json_binary("mentions"))
            .col(text("author"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("done_at"))
            .col(text_null("done_by"))
            .foreign_key(ForeignKey::create().from("comment", "edition_id").to("edition", "id"))
            .to_owned();
        manager.create_table(comment).await?;
        index(manager, "comment_of_edition", "comment", &["edition_id", "created_at"]).await?;

        let presence = Table::create()
            .table("presence")
            .col(uuid("id").primary_key())
            .col(uuid("edition_id"))
            .col(uuid("account_id"))
            .col(uuid("session_id"))
            .col(boolean("writing"))
            .col(timestamp_with_time_zone("since"))
            .col(timestamp_with_time_zone("seen_at"))
            .to_owned();
        manager.create_table(presence).await?;
        index(manager, "presence_of_edition", "presence", &["edition_id"]).await?;

        let view = Table::create()
            .table("saved_view")
            .col(uuid("id").primary_key())
            .col(uuid("account_id"))
            .col(text("name"))
            .col(boolean("shared"))
            .col(json_binary("query"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        manager.create_table(view).await?;

        let preview = Table::create()
            .table("preview_token")
            .col(uuid("id").primary_key())
            .col(uuid("account_id"))
            .col(json_binary("entries"))
            .col(uuid_null("release_id"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .to_owned();
        manager.create_table(preview).await?;

        let once = Table::create()
            .table("idempotency")
            .col(uuid("account_id"))
            .col(text("key"))
            .col(text("fingerprint"))
            .col(uuid("subject_id"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("account_id").col("key"))
            .to_owned();
        manager.create_table(once).await
    }
}

async fn index(
    manager: &SchemaManager<'_>,
    name: &str,
    table: &str,
    columns: &[&str],
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(name).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    manager.create_index(index).await
}
