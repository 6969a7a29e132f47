//! Working together: comments that were changed or taken back.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["edited_at", "deleted_at"] {
            let add = Table::alter()
                .table("comment")
                .add_column(timestamp_with_time_zone_null(column))
                .to_owned();
            manager.alter_table(add).await?;
        }
        for (name, table, column) in [
            ("comment_by_author", "comment", "author"),
            ("comment_of_parent", "comment", "parent_id"),
            ("saved_view_of_account", "saved_view", "account_id"),
            ("edition_by_state", "edition", "state"),
        ] {
            let index = Index::create().name(name).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
