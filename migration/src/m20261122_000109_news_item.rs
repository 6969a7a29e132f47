//! The published news items.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("news_item")
                    .col(uuid("edition_id").primary_key())
                    .col(text_null("designation"))
                    .col(text_null("date"))
                    .col(text_null("external_id"))
                    .col(json_binary_null("body"))
                    .col(json_binary_null("contact"))
                    .col(json_binary_null("image"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("news_item", "edition_id")
                            .to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
