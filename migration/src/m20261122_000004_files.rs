//! Kept files and what was found inside them.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("file")
                    .col(uuid("id").primary_key())
                    .col(text_uniq("key").null())
                    .col(text("digest"))
                    .col(big_integer("size"))
                    .col(text("media_type"))
                    .col(text("name"))
                    .col(integer_null("pages"))
                    .col(text_null("document_title"))
                    .col(text_null("document_language"))
                    .col(boolean_null("tagged"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("file_by_digest").table("file").col("digest").to_owned(),
            )
            .await
    }
}
