//! How each database is copied and put back.
//!
//! SQLite copies itself while it is in use. PostgreSQL has tools for it, which must be at hand.

use std::{
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, bail, ensure};
use entity::{account, entry};
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _, Statement};
use tokio::process::Command;
use url::Url;

use super::manifest::{Database, Manifest};
use crate::{app::App, opening};

const SQLITE: &str = "koffer.db";
const POSTGRES: &str = "koffer.dump";

/// Copies the database into the folder and says under which name.
pub async fn dump(app: &App, folder: &Path) -> anyhow::Result<String> {
    match app.db.backend() {
        DbBackend::Postgres => {
            let file = folder.join(POSTGRES);
            let options = ["--format=custom", "--no-owner", "--no-privileges"].map(OsStr::new);
            let to = [OsStr::new("--file"), file.as_os_str()];
            run(app, "pg_dump", options.iter().chain(&to)).await?;
            File::open(file)?.sync_all()?;
            Ok(POSTGRES.to_owned())
        }
        _ => {
            let file = folder.join(SQLITE);
            let name = file.to_str().context("the path of the backup is not UTF-8")?;
            let copy =
                Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [name.into()]);
            app.db.pool().execute_raw(copy).await.context("copying the database")?;
            File::open(file)?.sync_all()?;
            Ok(SQLITE.to_owned())
        }
    }
}

/// A backup goes back to where it came from; `export` and `import` lead to the other database.
pub fn fits(app: &App, manifest: &Manifest) -> anyhow::Result<()> {
    let ours = Database::from(app.db.backend());
    ensure!(
        ours == manifest.database,
        "this is a backup of {:?} and KOFFER_DATABASE_URL names {ours:?}; use `koffer export` and `import` to change",
        manifest.database
    );
    Ok(())
}

/// Whether nobody has written anything here yet.
pub async fn is_empty(app: &App) -> anyhow::Result<bool> {
    let fresh = opening::pending(&app.db).await.map_err(|failure| failure.into_report())?
        == opening::steps();
    if fresh {
        return Ok(true);
    }
    let (entries, accounts) = (
        entry::Entity::find().count(app.db.pool()).await?,
        account::Entity::find().count(app.db.pool()).await?,
    );
    Ok(entries == 0 && accounts == 0)
}

/// That no server on another machine uses the database; one on this machine is seen by its lock.
pub async fn is_left_alone(app: &App) -> anyhow::Result<()> {
    if app.db.backend() == DbBackend::Postgres {
        let others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
            AND application_name = 'koffer' AND pid <> pg_backend_pid()";
        let others = app
            .db
            .pool()
            .query_all_raw(Statement::from_string(DbBackend::Postgres, others))
            .await?;
        ensure!(
            others.is_empty(),
            "a Koffer is running on {}; stop it first",
            app.config.database()
        );
    }
    Ok(())
}

/// Puts the copy in the database's place, all of it or nothing.
pub async fn put_back(app: &App, folder: &Path) -> anyhow::Result<()> {
    match app.config.embedded_database() {
        Some(database) => {
            app.db.pool().clone().close().await?;
            replace(&database, &folder.join(SQLITE))
        }
        None => fill_postgres(app, &folder.join(POSTGRES)).await,
    }
}

fn replace(database: &Path, copy: &Path) -> anyhow::Result<()> {
    let coming = beside(database, ".restoring");
    fs::copy(copy, &coming)?;
    File::open(&coming)?.sync_all()?;

    // Closed properly, the old database has left nothing here; a log of its own would spoil the new.
    for left in ["-wal", "-shm"] {
        match fs::remove_file(beside(database, left)) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(cause.into()),
            _ => {}
        }
    }
    fs::rename(&coming, database)?;
    if let Some(parent) = database.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

async fn fill_postgres(app: &App, dump: &Path) -> anyhow::Result<()> {
    let script = tempfile::NamedTempFile::new_in(&app.config.data)?;
    let options = ["--no-owner", "--no-privileges", "--file"].map(OsStr::new);
    let output =
        Command::new("pg_restore").args(options).arg(script.path()).arg(dump).output().await;
    succeeded("pg_restore", output)?;

    // Tables that only a newer Koffer has must go as well, or its next start would stumble over them.
    let tables =
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = current_schema()";
    let tables =
        app.db.pool().query_all_raw(Statement::from_string(DbBackend::Postgres, tables)).await?;
    let names: Vec<String> =
        tables.iter().map(|row| row.try_get("", "name")).collect::<Result<_, _>>()?;
    let mut order = vec!["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"];
    let drop = format!("DROP TABLE {} CASCADE", names.join(", "));
    if !names.is_empty() {
        // The guard of the log is a function, which does not go with its table.
        order.extend(["--command", &drop, "--command", "DROP FUNCTION IF EXISTS log_stays()"]);
    }
    order.push("--file");

    app.db.pool().clone().close().await?;
    let order = order.into_iter().map(OsStr::new).chain([script.path().as_os_str()]);
    run(app, "psql", order.collect::<Vec<_>>().iter()).await
}

/// Runs one of PostgreSQL's tools on our database; its password travels where nobody sees it.
async fn run<'a>(
    app: &App,
    tool: &str,
    arguments: impl Iterator<Item = &'a &'a OsStr>,
) -> anyhow::Result<()> {
    let mut url = Url::parse(app.config.database_url())?;
    let password = url.password().map(|password| {
        percent_encoding::percent_decode_str(password).decode_utf8_lossy().into_owned()
    });
    if url.set_password(None).is_err() {
        bail!("KOFFER_DATABASE_URL names no host");
    }

    let mut command = Command::new(tool);
    command.args(arguments).arg("--dbname").arg(url.as_str()).stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    succeeded(tool, command.output().await)
}

fn succeeded(tool: &str, output: std::io::Result<std::process::Output>) -> anyhow::Result<()> {
    let output = match output {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            bail!("{tool} is not installed; it comes with the package postgresql-client")
        }
        output => output.with_context(|| format!("starting {tool}"))?,
    };
    if !output.status.success() {
        bail!("{tool} did not succeed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
