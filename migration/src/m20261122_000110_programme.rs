//! The published programmes.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("programme")
                    .col(uuid("edition_id").primary_key())
                    .col(text_null("designation"))
                    .col(text_null("acronym"))
                    .col(text_null("run_from"))
                    .col(text_null("run_to"))
                    .col(text_null("website"))
                    .col(text_null("funding"))
                    .col(text_null("framework"))
                    .col(text_null("strategic_support"))
                    .col(json_binary_null("body"))
                    .col(json_binary("touches"))
                    .col(json_binary("figures"))
                    .col(json_binary("projects"))
                    .col(json_binary("disputed"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("programme", "edition_id")
                            .to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
