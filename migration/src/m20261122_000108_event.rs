//! The published events.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("event")
                    .col(uuid("edition_id").primary_key())
                    .col(text_null("designation"))
                    .col(text_null("format"))
                    .col(text_null("start"))
                    .col(text_null("end"))
                    .col(text_null("time_text"))
                    .col(text_null("place"))
                    .col(text_null("access"))
                    .col(text_null("registration_deadline"))
                    .col(text_null("registration_url"))
                    .col(integer_null("capacity"))
                    .col(json_binary_null("attendance"))
                    .col(text_null("series_name"))
                    .col(json_binary_null("recording"))
                    .col(json_binary("disputed"))
                    .foreign_key(
                        ForeignKey::create().from("event", "edition_id").to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
