//! The few places where SQLite and PostgreSQL differ.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseTransaction, DbBackend,
    sea_query::{Expr, ExprTrait, Func, FunctionCall, IntoColumnRef},
};

use crate::error::Answer;

/// SQLite reads faster from few connections; PostgreSQL waits on the network.
pub fn pool_size(url: &str) -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, usize::from) as u32;
    if url.starts_with("sqlite") { cores + 2 } else { cores * 8 }
}

pub fn tune(options: &mut ConnectOptions) {
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("journal_mode", "WAL")
            // An acknowledged write is to survive a power cut as well as a kill.
            .pragma("synchronous", "FULL")
            .pragma("cache_size", "-65536")
            .pragma("mmap_size", "268435456")
            .pragma("temp_store", "MEMORY")
            .statement_cache_capacity(512)
    });
    options.map_sqlx_postgres_opts(|postgres| {
        postgres
            .application_name("koffer")
            .options([("statement_timeout", "30s"), ("jit", "off")])
            .statement_cache_capacity(512)
    });
}

/// Lets one transaction write at a time, as SQLite does by itself.
///
/// PostgreSQL hands out sequence numbers before the commit, so two publications could become
/// visible in the wrong order and a follower of the feed would skip one; and the log is a chain,
/// where every line seals the one before. With one lock, taken first, nobody waits crosswise either.
pub async fn lock_writer(tx: &DatabaseTransaction) -> Answer<()> {
    lock(tx, 0x4b6f_6666).await
}

/// Keeps two starting processes from doing the first start at the same time.
pub async fn lock_start(tx: &DatabaseTransaction) -> Answer<()> {
    lock(tx, 0x4b6f_6667).await
}

/// Keeps two imports from giving the same key two ids.
pub async fn lock_import(tx: &DatabaseTransaction) -> Answer<()> {
    lock(tx, 0x4b6f_6668).await
}

async fn lock(tx: &DatabaseTransaction, number: i64) -> Answer<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({number})")).await?;
    }
    Ok(())
}

/// A JSON column that is not asked for: nothing, but with the type of the column.
pub fn no_json(backend: DbBackend) -> Expr {
    match backend {
        DbBackend::Postgres => Expr::cust("NULL::jsonb"),
        _ => Expr::cust("NULL"),
    }
}

/// Whether the text contains the part, to the letter, alike on both databases.
pub fn contains(backend: DbBackend, column: impl IntoColumnRef, part: &str) -> Expr {
    position(backend, column, part).gt(0)
}

/// Whether the text starts with the part, to the letter.
pub fn starts_with(backend: DbBackend, column: impl IntoColumnRef, part: &str) -> Expr {
    position(backend, column, part).eq(1)
}

fn position(backend: DbBackend, column: impl IntoColumnRef, part: &str) -> FunctionCall {
    let function = if backend == DbBackend::Postgres { "strpos" } else { "instr" };
    Func::cust(function).arg(Expr::col(column)).arg(part)
}

/// Plans every statement of this transaction for the tables as they are by then.
///
/// PostgreSQL keeps a plan that it made at the beginning; an import that fills empty tables would
/// read the whole of them for every row to the end.
pub async fn plan_afresh(tx: &DatabaseTransaction) -> Answer<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SET LOCAL plan_cache_mode = force_custom_plan").await?;
    }
    Ok(())
}
