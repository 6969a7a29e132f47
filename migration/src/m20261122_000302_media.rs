//! What editors say about files, earlier versions of them, what they are sent in, and which bytes are
//! kept.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{Statement, prelude::Uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            text_null("title"),
            text_null("language"),
            text_null("alt"),
            boolean("decorative").default(false).take(),
            text_null("credit"),
            text_null("licence"),
            double_null("focal_x"),
            double_null("focal_y"),
            text_null("blurhash"),
            text_null("colour"),
            text_null("scan"),
            integer("version").default(1).take(),
            text("folded").default("").take(),
        ] {
            let add = Table::alter().table("file").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        manager.create_table(versions()).await?;
        manager.create_table(uploads()).await?;
        manager.create_table(parts()).await?;
        manager.create_table(blobs()).await?;

        // Whether bytes are needed is asked by their digest.
        for table in ["file", "file_version", "variant", "upload_part"] {
            let name = format!("{table}_digest");
            let index = Index::create().name(name).table(table).col("digest").to_owned();
            manager.create_index(index).await?;
        }
        fold_names(manager.get_connection()).await?;
        // What is there already was kept when its row was written.
        let known = "INSERT INTO blob (digest, size, kept_at) \
                     SELECT digest, MAX(size), MAX(created_at) FROM \
                     (SELECT digest, size, created_at FROM file \
                     UNION ALL SELECT digest, size, created_at FROM variant) kept GROUP BY digest";
        manager.get_connection().execute_unprepared(known).await?;
        Ok(())
    }
}

/// The words by which editors look for what is there already. Not every database knows the small
/// form of an umlaut.
async fn fold_names(db: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let all = Statement::from_string(backend, "SELECT id, name, document_title FROM file");
    for row in db.query_all_raw(all).await? {
        let (id, name): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "name")?);
        let title: Option<String> = row.try_get("", "document_title")?;
        let words = format!("{} {name}", title.unwrap_or_default()).to_lowercase();
        let write = "UPDATE file SET folded = $1 WHERE id = $2";
        db.execute_raw(Statement::from_sql_and_values(backend, write, [words.into(), id.into()]))
            .await?;
    }
    Ok(())
}

fn versions() -> TableCreateStatement {
    Table::create()
        .table("file_version")
        .col(uuid("file_id"))
        .col(integer("number"))
        .col(text("digest"))
        .col(big_integer("size"))
        .col(text("media_type"))
        .col(text("name"))
        .col(boolean("was_public"))
        .col(text_null("scan"))
        .col(timestamp_with_time_zone("since"))
        .col(timestamp_with_time_zone("until"))
        .col(uuid_null("replaced_by"))
        .col(text_null("note"))
        .primary_key(Index::create().col("file_id").col("number"))
        .to_owned()
}

fn uploads() -> TableCreateStatement {
    Table::create()
        .table("upload")
        .col(uuid("id").primary_key())
        .col(uuid("account"))
        .col(text("name"))
        .col(text_null("media_type"))
        .col(big_integer("size"))
        .col(big_integer("received"))
        .col(timestamp_with_time_zone("touched_at"))
        .to_owned()
}

fn parts() -> TableCreateStatement {
    Table::create()
        .table("upload_part")
        .col(uuid("upload_id"))
        .col(big_integer("start"))
        .col(big_integer("size"))
        .col(text("digest"))
        .primary_key(Index::create().col("upload_id").col("start"))
        .to_owned()
}

fn blobs() -> TableCreateStatement {
    Table::create()
        .table("blob")
        .col(text("digest").primary_key())
        .col(big_integer("size"))
        .col(timestamp_with_time_zone("kept_at"))
        .col(timestamp_with_time_zone_null("unneeded_since"))
        .to_owned()
}
