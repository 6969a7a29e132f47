//! The published reports.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("report")
                    .col(uuid("edition_id").primary_key())
                    .col(text_null("series"))
                    .col(text_null("series_title"))
                    .col(integer_null("number"))
                    .col(text_null("date"))
                    .col(text_null("topic"))
                    .col(json_binary("authors"))
                    .col(json_binary_null("body"))
                    .col(uuid_null("file"))
                    .col(text_null("isbn"))
                    .col(text_null("issn"))
                    .col(text_null("doi"))
                    .foreign_key(
                        ForeignKey::create().from("report", "edition_id").to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
