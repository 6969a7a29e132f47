//! Who is signed in, how somebody proves who they are, and a log that nobody can rewrite.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.accounts(manager).await?;
        self.sessions(manager).await?;
        self.proofs(manager).await?;
        self.log(manager).await
    }
}

impl Migration {
    async fn accounts(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        for column in [
            text("state").default("active").take(),
            integer("epoch").default(0).take(),
            text_null("totp_secret"),
            timestamp_with_time_zone_null("totp_confirmed_at"),
            big_integer_null("totp_last_step"),
        ] {
            add(manager, "account", column).await?;
        }
        for column in ["kinds", "theme_fields", "languages"] {
            add(manager, "grant", json_binary_null(column)).await?;
        }
        // The same role may be held twice, each time with another scope.
        let unique = Index::drop().name("grant_of_account").table("grant").to_owned();
        manager.drop_index(unique).await?;
        index(manager, "grant_of_account", "grant", "account_id").await
    }

    async fn sessions(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let session = Table::create()
            .table("session")
            .col(uuid("id").primary_key())
            .col(uuid("account_id"))
            .col(text("salt"))
            .col(integer("generation"))
            .col(timestamp_with_time_zone("rotated_at"))
            .col(integer("epoch"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("last_used_at"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(text_null("ended_why"))
            .col(text_null("address"))
            .col(text_null("agent"))
            .foreign_key(&mut of_account("session"))
            .to_owned();
        manager.create_table(session).await?;
        index(manager, "session_of_account", "session", "account_id").await
    }

    async fn proofs(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let recovery_code = Table::create()
            .table("recovery_code")
            .col(uuid("id").primary_key())
            .col(uuid("account_id"))
            .col(text("hash"))
            .col(timestamp_with_time_zone_null("used_at"))
            .foreign_key(&mut of_account("recovery_code"))
            .to_owned();
        manager.create_table(recovery_code).await?;
        index(manager, "recovery_code_of_account", "recovery_code", "account_id").await?;

        let one_time_token = Table::create()
            .table("one_time_token")
            .col(uuid("id").primary_key())
            .col(text("purpose"))
            .col(uuid_null("account_id"))
            .col(text_uniq("hash"))
            .col(text_null("sealed"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("used_at"))
            .foreign_key(&mut of_account("one_time_token"))
            .to_owned();
        manager.create_table(one_time_token).await?;
        index(manager, "one_time_token_expires", "one_time_token", "expires_at").await?;

        let identity = Table::create()
            .table("identity")
            .col(uuid("id").primary_key())
            .col(uuid("account_id"))
            .col(text("issuer"))
            .col(text("subject"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(&mut of_account("identity"))
            .to_owned();
        manager.create_table(identity).await?;
        let one_person = Index::create()
            .name("identity_is_one_account")
            .table("identity")
            .col("issuer")
            .col("subject")
            .unique()
            .to_owned();
        manager.create_index(one_person).await?;

        let house = Table::create()
            .table("house")
            .col(integer("id").primary_key())
            .col(text("key_fingerprint"))
            .to_owned();
        manager.create_table(house).await
    }

    async fn log(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        for column in [
            text("result").default("done").take(),
            text_null("request_id"),
            uuid_null("session_id"),
            text_null("address"),
            text("previous").default("").take(),
            text("hash").default("").take(),
        ] {
            add(manager, "log", column).await?;
        }
        index(manager, "log_of_actor", "log", "actor").await?;
        index(manager, "log_of_subject", "log", "subject_id").await?;

        // Whoever opens the database by other means than Koffer is at least told.
        let refuse: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "CREATE FUNCTION log_stays() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'the log is only added to'; END $$",
                "CREATE TRIGGER log_stays BEFORE UPDATE OR DELETE ON \"log\" \
                 FOR EACH ROW EXECUTE FUNCTION log_stays()",
            ],
            _ => &[
                "CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON \"log\" \
                 BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END",
                "CREATE TRIGGER log_is_not_shortened BEFORE DELETE ON \"log\" \
                 BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END",
            ],
        };
        for statement in refuse {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// SQLite adds one column at a time.
async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: impl IntoColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

async fn index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    manager.create_index(Index::create().name(name).table(table).col(column).to_owned()).await
}

fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "account_id").to("account", "id").to_owned()
}
