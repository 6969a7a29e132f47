//! The published downloads.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("download")
                    .col(uuid("edition_id").primary_key())
                    .col(text_null("document_kind"))
                    .col(uuid_null("file"))
                    .col(text_null("date"))
                    .col(json_binary("authors"))
                    .col(text_null("original_name"))
                    .col(text_null("original_url"))
                    .col(integer_null("page_count"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("download", "edition_id")
                            .to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
