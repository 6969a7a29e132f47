//! What the public reads of every kind: live editions, their links and their plain values.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("live")
                    .col(uuid("edition_id").primary_key())
                    .col(uuid("entry_id"))
                    .col(text("kind"))
                    .col(text("language"))
                    .col(text("register"))
                    .col(text("slug"))
                    .col(text("title"))
                    .col(blob("title_key"))
                    .col(text("title_folded"))
                    .col(text_null("summary"))
                    .col(text_null("summary_folded"))
                    .col(json_binary("aliases"))
                    .col(json_binary_null("cover"))
                    .col(text_null("licence"))
                    .col(text_null("attribution"))
                    .col(text_null("source_url"))
                    .col(json_binary("further_sources"))
                    .col(json_binary("old_paths"))
                    .col(date_null("review_by"))
                    .col(integer("revision"))
                    .col(text_null("change_note"))
                    .col(timestamp_with_time_zone("first_published_at"))
                    .col(timestamp_with_time_zone("published_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .foreign_key(
                        ForeignKey::create().from("live", "edition_id").to("edition", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        for index in [
            Index::create()
                .name("live_of_entry")
                .table("live")
                .col("entry_id")
                .col("language")
                .col("register")
                .unique()
                .to_owned(),
            Index::create()
                .name("live_by_slug")
                .table("live")
                .col("kind")
                .col("slug")
                .col("language")
                .col("register")
                .unique()
                .to_owned(),
            // Covers choosing the edition as well, so that a deep page skips rows without reading them.
            Index::create()
                .name("live_by_title")
                .table("live")
                .col("kind")
                .col("title_key")
                .col("entry_id")
                .col("language")
                .col("register")
                .to_owned(),
        ] {
            manager.create_index(index).await?;
        }

        manager
            .create_table(
                Table::create()
                    .table("link")
                    .col(uuid("edition_id"))
                    .col(text("field"))
                    .col(integer("position"))
                    .col(uuid("source_id"))
                    .col(text("source_kind"))
                    .col(text("language"))
                    .col(text("register"))
                    .col(uuid("target_id"))
                    .primary_key(Index::create().col("edition_id").col("field").col("position"))
                    .foreign_key(
                        ForeignKey::create().from("link", "edition_id").to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await?;
        for index in [
            Index::create()
                .name("link_to_target")
                .table("link")
                .col("target_id")
                .col("field")
                .col("source_kind")
                .to_owned(),
            Index::create()
                .name("link_from_source")
                .table("link")
                .col("source_id")
                .col("field")
                .to_owned(),
        ] {
            manager.create_index(index).await?;
        }

        manager
            .create_table(
                Table::create()
                    .table("term")
                    .col(uuid("edition_id"))
                    .col(text("field"))
                    .col(integer("position"))
                    .col(text("value"))
                    .col(text("folded"))
                    .primary_key(Index::create().col("edition_id").col("field").col("position"))
                    .foreign_key(
                        ForeignKey::create().from("term", "edition_id").to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("term_by_value")
                    .table("term")
                    .col("field")
                    .col("value")
                    .col("edition_id")
                    .to_owned(),
            )
            .await
    }
}
