//! Opening the house: from the settings to an [`App`] whose database is in its present shape.
//!
//! Several processes may open at once. Whatever only one of them may do is done in its [`Turn`];
//! the locks are given back by the system, also when a process is killed.

use std::{
    fs::{File, TryLockError},
    path::Path,
    sync::Arc,
};

use anyhow::Context as _;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbBackend, TransactionTrait as _};
use tokio_util::task::TaskTracker;

use crate::{
    app::App,
    auth::{brakes::Brakes, keyring::Keyring, oidc::Provider},
    config::Config,
    content::read::catalogue::Catalogue,
    db::{Db, dialect},
    error::{Answer, Failure},
    files::{Scanner, Staging, Workshop},
    kinds,
    mail::Post,
};

/// Opens database and files. The tables are left as they are; see [`migrate`] and [`is_current`].
pub async fn open(config: Config) -> Answer<Arc<App>> {
    make_data_folder(&config.data).map_err(Failure::internal)?;
    let db = Db::connect(config.database_url())
        .await
        .map_err(|failure| unreachable(&config, failure))?;
    let store = config.files.open(&config.data, config.s3_delivery).await?;
    let staging = Staging::open(config.data.join("staging")).await?;
    let keys = Keyring::open(&config).map_err(Failure::internal)?;
    let post = Post::open(&config).map_err(Failure::internal)?;
    let brakes = Brakes::new(config.sign_ins);
    let scanner = config.clamd.clone().map(Scanner::at);
    let provider = Provider::open(&config).map_err(Failure::internal)?;
    Ok(Arc::new(App {
        config,
        db,
        catalogue: Catalogue::default(),
        store,
        staging,
        scanner,
        workshop: Workshop::default(),
        keys,
        brakes,
        post,
        provider,
        tidying: TaskTracker::new(),
        doors: kinds::DOORS,
    }))
}

/// Brings the tables to their present shape, all steps or none, and says how many steps it took.
///
/// To be called in one's [`Turn`].
pub async fn migrate(app: &App) -> Answer<usize> {
    let steps = pending(&app.db).await?;
    if steps > 0 {
        app.db
            .write(|tx| {
                Box::pin(async move {
                    if tx.get_database_backend() == DbBackend::Postgres {
                        // A step over many rows may take longer than any request.
                        tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
                    }
                    Ok(Migrator::up(tx, None).await?)
                })
            })
            .await?;
    }
    Ok(steps)
}

/// How many steps the tables are behind.
pub async fn pending(db: &Db) -> Answer<usize> {
    let steps = Migrator::get_pending_migrations_read_only(db.pool()).await;
    let steps = steps.map_err(|cause| match cause {
        // The one thing that it calls a custom error.
        sea_orm::DbErr::Custom(cause) => Failure::internal(anyhow::anyhow!(
            "the database was used by a newer Koffer, start that one: {cause}"
        )),
        cause => cause.into(),
    })?;
    Ok(steps.len())
}

/// How many steps there are from nothing.
#[must_use]
pub fn steps() -> usize {
    Migrator::migrations().len()
}

/// For commands that work on tables which must be there.
pub async fn is_current(app: &App) -> Answer<()> {
    match pending(&app.db).await? {
        0 => Ok(()),
        steps => Err(Failure::internal(anyhow::anyhow!(
            "the database is {steps} steps behind this Koffer; run `koffer migrate` first"
        ))),
    }
}

/// What only one process of this house does at a time.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// Bringing the tables up to date, and the first content and account in.
    Start,
    /// Giving ids to keys that are new.
    Import,
}

/// A time in which no other process of this house does the same.
pub struct Turn(Held);

enum Held {
    /// One SQLite database, one data folder.
    File(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File),
    /// The processes around one PostgreSQL may each have their own folder.
    Transaction(DatabaseTransaction),
}

impl Turn {
    pub async fn wait(app: &App, deed: Deed) -> Answer<Self> {
        if app.db.backend() == DbBackend::Postgres {
            let tx = app.db.pool().begin().await?;
            tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
            match deed {
                Deed::Start => dialect::lock_start(&tx).await?,
                Deed::Import => dialect::lock_import(&tx).await?,
            }
            return Ok(Self(Held::Transaction(tx)));
        }
        let path = app.config.data.join(match deed {
            Deed::Start => "koffer.lock",
            Deed::Import => "import.lock",
        });
        let waiting = tokio::task::spawn_blocking(move || -> std::io::Result<File> {
            let file = lock_file(&path)?;
            file.lock()?;
            Ok(file)
        });
        let file = waiting.await.map_err(Failure::internal)?.context("locking the data folder");
        Ok(Self(Held::File(file.map_err(Failure::internal)?)))
    }

    pub async fn end(self) -> Answer<()> {
        match self.0 {
            Held::File(_) => Ok(()),
            Held::Transaction(tx) => Ok(tx.rollback().await?),
        }
    }
}

/// A sign that a server uses the data folder; any number of servers may hold it.
pub struct InUse(#[expect(dead_code, reason = "the lock lasts as long as the file is open")] File);

impl InUse {
    /// For a server.
    pub fn share(data: &Path) -> anyhow::Result<Self> {
        let file =
            lock_file(&data.join("running.lock")).context("marking the data folder as in use")?;
        // It can only be held alone by a restore.
        file.try_lock_shared()
            .map_err(|_| anyhow::anyhow!("{} is being restored; wait for it", data.display()))?;
        Ok(Self(file))
    }

    /// For those who replace everything.
    pub fn alone(data: &Path) -> anyhow::Result<Self> {
        let file =
            lock_file(&data.join("running.lock")).context("marking the data folder as in use")?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("a Koffer is running on {}; stop it first", data.display())
            }
            Err(TryLockError::Error(cause)) => {
                Err(cause).context("marking the data folder as in use")
            }
        }
    }
}

/// Passwords' hashes and drafts lie here, so it is for nobody else.
pub fn make_data_folder(data: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.with_context(|| {
        format!("the data folder {} cannot be made (KOFFER_DATA names it)", data.display())
    })
}

fn lock_file(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

fn unreachable(config: &Config, failure: Failure) -> Failure {
    let cause = failure.into_report();
    Failure::unavailable(anyhow::anyhow!(
        "the database {} does not answer; is KOFFER_DATABASE_URL right, and is it running? ({cause:#})",
        config.database()
    ))
}
