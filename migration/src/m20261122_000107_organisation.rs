//! The published organisations.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("organisation")
                    .col(uuid("edition_id").primary_key())
                    .col(text("name"))
                    .col(text_null("short_name"))
                    .col(text_null("designation"))
                    .col(text_null("location"))
                    .col(text_null("website"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("organisation", "edition_id")
                            .to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
