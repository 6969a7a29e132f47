//! Tables for drafts, column by column like the public tables that they stand beside.
//!
//! What lies in them can be worked out anew from the revisions, so they need no constraints: a
//! draft may lack whatever it lacks.

use sea_orm_migration::prelude::*;

/// Makes `draft_tool` beside `tool`.
pub async fn beside(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let like = match manager.get_database_backend() {
        sea_orm::DbBackend::Postgres => format!(r#"CREATE TABLE "draft_{table}" (LIKE "{table}")"#),
        _ => format!(r#"CREATE TABLE "draft_{table}" AS SELECT * FROM "{table}" WHERE 0"#),
    };
    let database = manager.get_connection();
    database.execute_unprepared(&like).await?;
    let index =
        format!(r#"CREATE INDEX "draft_{table}_by_edition" ON "draft_{table}" ("edition_id")"#);
    database.execute_unprepared(&index).await?;
    Ok(())
}
