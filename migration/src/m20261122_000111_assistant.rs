//! The published assistants.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("assistant")
                    .col(uuid("edition_id").primary_key())
                    .col(text_null("acronym"))
                    .col(integer_null("year"))
                    .col(text_null("audience"))
                    .col(text_null("purpose"))
                    .col(text_null("saved_data"))
                    .col(boolean_null("cost_free"))
                    .col(boolean_null("browser_based"))
                    .col(boolean_null("registration_required"))
                    .col(boolean_null("collaborative"))
                    .col(text_null("website"))
                    .col(json_binary_null("body"))
                    .col(json_binary("steps"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("assistant", "edition_id")
                            .to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
