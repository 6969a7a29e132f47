//! The published cases.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("case")
                    .col(uuid("edition_id").primary_key())
                    .col(json_binary("places"))
                    .col(json_binary_null("body"))
                    .col(text_null("start_date"))
                    .col(integer_null("year"))
                    .col(json_binary("figures"))
                    .col(json_binary_null("results"))
                    .col(json_binary_null("transferable"))
                    .col(json_binary_null("contact"))
                    .col(json_binary("disputed"))
                    .foreign_key(
                        ForeignKey::create().from("case", "edition_id").to("live", "edition_id"),
                    )
                    .to_owned(),
            )
            .await
    }
}
