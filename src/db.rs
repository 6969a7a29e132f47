//! The database: connect, tune, read and write.
//!
//! One source runs on SQLite and on PostgreSQL; what differs between them is in `db/dialect.rs`.
//! Reads go straight to the pool; everything that writes goes through [`Db::write`].

pub mod dialect;
pub mod watch;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    FromQueryResult, QueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, sea_query::SelectStatement,
};
use tokio::sync::Mutex;

pub use self::dialect::plan_afresh;
use self::watch::{Bell, Watch};
use crate::{
    clock,
    error::{Answer, Failure},
};

tokio::task_local! {
    static UNCOUNTED: ();
}

/// Work of the house itself that nobody asked for: its statements are not counted.
pub async fn uncounted<T>(work: impl Future<Output = T>) -> T {
    UNCOUNTED.scope((), work).await
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: DatabaseConnection,
    statements: Arc<AtomicU64>,
    written: Arc<AtomicU64>,
    /// SQLite has one writer; waiting here is fair, waiting inside SQLite is not.
    writer: Arc<Mutex<()>>,
    /// Rings after every commit of this process.
    bell: Bell,
}

/// What becomes of a transaction whose work went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Commit,
    TakeBack,
}

impl Db {
    pub async fn connect(url: &str) -> Answer<Self> {
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false).connect_timeout(Duration::from_secs(5));
        options.acquire_timeout(Duration::from_secs(5));
        options.max_connections(dialect::pool_size(url));
        dialect::tune(&mut options);

        let mut pool = Database::connect(options).await?;
        let statements = Arc::new(AtomicU64::new(0));
        let counter = statements.clone();
        pool.set_metric_callback(move |metric| {
            if UNCOUNTED.try_with(|()| ()).is_err() {
                counter.fetch_add(1, Ordering::Relaxed);
            }
            tracing::trace!(took = ?metric.elapsed, statement = metric.statement.sql, "asked the database");
        });
        Ok(Self {
            pool,
            statements,
            written: Arc::default(),
            writer: Arc::default(),
            bell: Bell::default(),
        })
    }

    pub fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    pub fn backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    /// How many statements have been sent since the start; the tests prove batching with it.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How many transactions this process has committed; who remembers what was there looks again
    /// when this has grown.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::SeqCst)
    }

    /// Runs a statement that one of our builders made.
    pub async fn all(&self, query: &SelectStatement) -> Answer<Vec<QueryResult>> {
        Ok(self.pool.query_all(query).await?)
    }

    /// The same, with a text before the statement that says what its tables mean.
    pub async fn all_seen(
        &self,
        prefix: &str,
        query: &SelectStatement,
    ) -> Answer<Vec<QueryResult>> {
        if prefix.is_empty() {
            return self.all(query).await;
        }
        let mut statement = self.backend().build(query);
        statement.sql.insert_str(0, prefix);
        Ok(self.pool.query_all_raw(statement).await?)
    }

    pub async fn rows<R: FromQueryResult>(&self, query: &SelectStatement) -> Answer<Vec<R>> {
        let rows = self.all(query).await?;
        rows.iter().map(|row| R::from_query_result(row, "").map_err(Failure::from)).collect()
    }

    /// Runs the work in one transaction: all of it, or nothing.
    pub async fn write<T, F>(&self, work: F) -> Answer<T>
    where
        F: for<'t> FnOnce(&'t DatabaseTransaction) -> BoxFuture<'t, Answer<T>>,
    {
        self.transaction(Ending::Commit, work).await
    }

    /// The same, with the choice to take all of it back in the end: for dry runs.
    pub async fn transaction<T, F>(&self, ending: Ending, work: F) -> Answer<T>
    where
        F: for<'t> FnOnce(&'t DatabaseTransaction) -> BoxFuture<'t, Answer<T>>,
    {
        let (tx, _turn) = self.begin().await?;
        let outcome = work(&tx).await;
        match ending {
            Ending::Commit if outcome.is_ok() => {
                tx.commit().await?;
                self.tell();
            }
            _ => tx.rollback().await?,
        }
        outcome
    }

    /// The same, where the work itself says in the end whether it is to stay.
    pub async fn attempt<T, F>(&self, work: F) -> Answer<T>
    where
        F: for<'t> FnOnce(&'t DatabaseTransaction) -> BoxFuture<'t, Answer<(T, Ending)>>,
    {
        let (tx, _turn) = self.begin().await?;
        match work(&tx).await {
            Ok((outcome, Ending::Commit)) => {
                tx.commit().await?;
                self.tell();
                Ok(outcome)
            }
            Ok((outcome, Ending::TakeBack)) => {
                tx.rollback().await?;
                Ok(outcome)
            }
            Err(failure) => {
                tx.rollback().await?;
                Err(failure)
            }
        }
    }

    /// The time by the clock that all processes around one database share.
    pub async fn now(&self) -> Answer<DateTime<Utc>> {
        match self.backend() {
            DbBackend::Postgres => {
                let now = Statement::from_string(DbBackend::Postgres, "SELECT now() AS now");
                let row = self.pool.query_one_raw(now).await?;
                let row =
                    row.ok_or_else(|| Failure::internal(anyhow::anyhow!("no time came back")))?;
                Ok(row.try_get("", "now")?)
            }
            // The database is a file here; its clock is ours.
            _ => Ok(clock::now()),
        }
    }

    /// Something was written: whoever keeps what it read looks again.
    fn tell(&self) {
        self.written.fetch_add(1, Ordering::SeqCst);
        self.bell.ring();
    }

    /// Tells whoever waits for something when it is worth looking again.
    pub fn watch(&self) -> Watch {
        self.bell.watch()
    }

    /// Reads in one transaction, beside whoever writes; nothing of it stays.
    pub async fn read<T, F>(&self, work: F) -> Answer<T>
    where
        F: for<'t> FnOnce(&'t DatabaseTransaction) -> BoxFuture<'t, Answer<T>>,
    {
        let tx = self.pool.begin().await?;
        let outcome = work(&tx).await;
        tx.rollback().await?;
        outcome
    }

    async fn begin(
        &self,
    ) -> Answer<(DatabaseTransaction, Option<tokio::sync::OwnedMutexGuard<()>>)> {
        let turn = match self.backend() {
            DbBackend::Sqlite => Some(self.writer.clone().lock_owned().await),
            _ => None,
        };
        let options = TransactionOptions {
            // A deferred transaction that turns into a write fails when another one was faster.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = self.pool.begin_with_options(options).await?;
        dialect::lock_writer(&tx).await?;
        Ok((tx, turn))
    }

    /// Lets the database look at its tables anew, so that it plans well after much was written.
    pub async fn take_stock(&self) -> Answer<()> {
        self.pool.execute_unprepared("ANALYZE").await?;
        Ok(())
    }

    pub async fn probe(&self) -> Answer<()> {
        self.pool.execute_unprepared("SELECT 1").await?;
        Ok(())
    }
}
