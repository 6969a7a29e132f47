//! Entries, their editions and the revisions of these.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("entry")
                    .col(uuid("id").primary_key())
                    .col(text("kind"))
                    .col(text_null("key"))
                    .col(timestamp_with_time_zone("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("entry_by_key")
                    .table("entry")
                    .col("kind")
                    .col("key")
                    .unique()
                    .to_owned(),
            )
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("edition")
                    .col(uuid("id").primary_key())
                    .col(uuid("entry_id"))
                    .col(text("kind"))
                    .col(text("language"))
                    .col(text("register"))
                    .col(integer("latest"))
                    .col(integer_null("live"))
                    .col(text_null("slug"))
                    .col(timestamp_with_time_zone_null("first_published_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().from("edition", "entry_id").to("entry", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("edition_of_entry")
                    .table("edition")
                    .col("entry_id")
                    .col("language")
                    .col("register")
                    .unique()
                    .to_owned(),
            )
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("revision")
                    .col(uuid("id").primary_key())
                    .col(uuid("edition_id"))
                    .col(integer("number"))
                    .col(integer("shape"))
                    .col(json_binary("snapshot"))
                    .col(text("content_hash"))
                    .col(text("author"))
                    .col(text_null("note"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create().from("revision", "edition_id").to("edition", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("revision_of_edition")
                    .table("revision")
                    .col("edition_id")
                    .col("number")
                    .unique()
                    .to_owned(),
            )
            .await
    }
}
