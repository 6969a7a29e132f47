//! The published theme fields.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("theme_field")
                    .col(uuid("edition_id").primary_key())
                    .col(integer_null("order"))
                    .col(text_null("icon"))
                    .col(json_binary_null("body"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("theme_field", "edition_id")
                            .to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
