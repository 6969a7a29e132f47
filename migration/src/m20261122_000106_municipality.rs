//! The published municipalities.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("municipality")
                    .col(uuid("edition_id").primary_key())
                    .col(text("name"))
                    .col(text_null("designation"))
                    .col(text_null("category"))
                    .col(json_binary("federal_states"))
                    .col(text_null("ags"))
                    .col(json_binary_null("population"))
                    .col(json_binary_null("location"))
                    .col(json_binary("participations"))
                    .col(text_null("note"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("municipality", "edition_id")
                            .to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
