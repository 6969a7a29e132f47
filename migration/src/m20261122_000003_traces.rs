//! The change feed and the log: written with every publication, never changed.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("change")
                    .col(big_integer("sequence").primary_key().auto_increment())
                    .col(timestamp_with_time_zone("at"))
                    .col(text("what"))
                    .col(text_null("reason"))
                    .col(uuid("entry_id"))
                    .col(uuid("edition_id"))
                    .col(text("kind"))
                    .col(text("language"))
                    .col(text("register"))
                    .col(integer("revision"))
                    .to_owned(),
            )
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("log")
                    .col(big_integer("sequence").primary_key().auto_increment())
                    .col(timestamp_with_time_zone("at"))
                    .col(text("actor"))
                    .col(text("action"))
                    .col(text("subject_kind"))
                    .col(uuid("subject_id"))
                    .col(integer_null("revision"))
                    .col(text_null("detail"))
                    .to_owned(),
            )
            .await
    }
}
