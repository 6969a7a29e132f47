//! The published tools.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("tool")
                    .col(uuid("edition_id").primary_key())
                    .col(json_binary("formats"))
                    .col(json_binary_null("body"))
                    .col(json_binary_null("steps"))
                    .col(json_binary("target_groups"))
                    .col(json_binary("used_by"))
                    .col(text_null("effort"))
                    .col(text_null("duration"))
                    .col(integer_null("year"))
                    .col(json_binary("authors"))
                    .col(json_binary("places"))
                    .col(text_null("video_url"))
                    .col(json_binary("assistant_steps"))
                    .col(text("state"))
                    .foreign_key(
                        ForeignKey::create().from("tool", "edition_id").to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
