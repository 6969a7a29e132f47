//! What is found inside files, and the pictures that are made of their pages.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            json_null("facts"),
            boolean_null("has_text"),
            integer_null("width"),
            integer_null("height"),
            uuid_null("uploaded_by"),
        ] {
            let add = Table::alter().table("file").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("file_page")
                    .col(uuid("file_id"))
                    .col(integer("number"))
                    .col(float("width"))
                    .col(float("height"))
                    .col(text("text"))
                    .primary_key(Index::create().col("file_id").col("number"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("variant")
                    .col(text("source"))
                    .col(text("name"))
                    .col(text("digest"))
                    .col(big_integer("size"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("source").col("name"))
                    .to_owned(),
            )
            .await
    }
}
