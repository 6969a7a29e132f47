//! `koffer doctor`: is everything as it should be, and if not, what is to be done?
//!
//! It looks and does not touch: nothing is made, migrated or mended here.

mod files;

use std::{fmt::Write as _, os::unix::fs::PermissionsExt as _, path::Path};

use crate::{
    auth::{
        account,
        house::{self, Key},
        keyring::Keyring,
    },
    config::{Config, Source},
    content::log::{self, Chain},
    db::Db,
    opening,
};

/// What was found about one thing.
enum Finding {
    Good(String),
    /// Worth knowing; nothing stops.
    Odd(String),
    /// Koffer will not work as it is meant to.
    Wrong(String),
}

use Finding::{Good, Odd, Wrong};

/// Examines the house and tells; an error only if something is wrong.
pub async fn examine(file: Option<&Path>) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let mut text = in_force(&config);
    let findings = findings(config).await;
    for finding in &findings {
        let (sign, words) = match finding {
            Good(words) => ("ok   ", words),
            Odd(words) => ("hint ", words),
            Wrong(words) => ("WRONG", words),
        };
        writeln!(text, "{sign}  {words}")?;
    }
    crate::cli::say(text)?;

    let wrong = findings.iter().filter(|finding| matches!(finding, Wrong(_))).count();
    match wrong {
        0 => Ok(()),
        1 => anyhow::bail!("1 thing is wrong; see above"),
        some => anyhow::bail!("{some} things are wrong; see above"),
    }
}

/// Every setting, and where it came from.
fn in_force(config: &Config) -> String {
    let width =
        config.in_force().iter().map(|shown| shown.setting.variable().len()).max().unwrap_or(0);
    let lines = config.in_force().iter().map(|shown| {
        format!("{:width$}  {}  ({})\n", shown.setting.variable(), shown.value, shown.source)
    });
    lines.chain(["\n".to_owned()]).collect()
}

async fn findings(config: Config) -> Vec<Finding> {
    let mut found = vec![outside(&config), own_files(&config), data_folder(&config)];
    found.extend(database(&config).await);
    found.push(files::store(&config).await);
    found.push(files::workshop());
    found.extend(files::scanner(&config).await);
    if config.database_url().starts_with("postgres") {
        found.push(backup_tool().await);
    }
    found
}

fn outside(config: &Config) -> Finding {
    let url = config.public_url();
    if !config.is_public_over_tls() && !config.is_for_this_machine_only() {
        return Odd(format!(
            "address: {url} is not encrypted; put a proxy with TLS in front and set KOFFER_PUBLIC_URL to https://…"
        ));
    }
    Good(format!("address: {url}, listening at {}", config.listen))
}

/// Files with settings may hold secrets.
fn own_files(config: &Config) -> Finding {
    let with_secrets = config.in_force().iter().filter(|shown| shown.setting.confidential);
    for shown in with_secrets {
        let (Source::File(path) | Source::OwnFile(path)) = &shown.source else { continue };
        let readable =
            std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
        if readable {
            return Odd(format!(
                "permissions: {} holds {} and others may read it; `chmod 600 {0}` mends it",
                path.display(),
                shown.setting.variable()
            ));
        }
    }
    Good("permissions: no secret lies open".into())
}

fn data_folder(config: &Config) -> Finding {
    let data = config.data.display();
    let Ok(about) = std::fs::metadata(&config.data) else {
        return Good(format!("data: {data} is not there yet; the first start makes it"));
    };
    if !about.is_dir() {
        return Wrong(format!("data: {data} is not a folder; set KOFFER_DATA to one"));
    }
    if let Err(cause) = tempfile::tempfile_in(&config.data) {
        return Wrong(format!(
            "data: {data} cannot be written to ({cause}); give this user the right to"
        ));
    }
    if about.permissions().mode() & 0o007 != 0 {
        return Odd(format!(
            "data: everybody on this machine may look into {data}; `chmod 700 {data}` mends it"
        ));
    }
    Good(format!("data: {data} can be written to"))
}

async fn database(config: &Config) -> Vec<Finding> {
    let shown = config.database();
    // Connecting would make it.
    if let Some(path) = config.embedded_database().filter(|path| !path.exists()) {
        return vec![Good(format!(
            "database: {} is not there yet; the first start makes it",
            path.display()
        ))];
    }
    let db = match Db::connect(config.database_url()).await {
        Ok(db) => db,
        Err(failure) => {
            let cause = failure.into_report();
            return vec![Wrong(format!(
                "database: {shown} does not answer ({cause:#}); is it running, and the address right?"
            ))];
        }
    };
    let mut found = vec![Good(format!("database: {shown} answers"))];
    match opening::pending(&db).await {
        Ok(0) => {
            found.push(Good("tables: in their present shape".into()));
            found.extend(accounts(&db).await);
            found.push(key(config, &db).await);
            found.push(chain(&db).await);
        }
        Ok(steps) => {
            found.push(Odd(format!(
                "tables: {steps} steps behind; the next start takes them, or `koffer migrate`"
            )));
        }
        Err(failure) => found.push(Wrong(format!("tables: {:#}", failure.into_report()))),
    }
    found
}

async fn accounts(db: &Db) -> Vec<Finding> {
    match account::count(db.pool()).await {
        Ok(0) => {
            vec![Odd("accounts: none; the next start makes one, or `koffer account create`".into())]
        }
        Ok(count) => vec![Good(format!("accounts: {count}"))],
        Err(failure) => vec![Wrong(format!("accounts: {:#}", failure.into_report()))],
    }
}

async fn key(config: &Config, db: &Db) -> Finding {
    let keys = match Keyring::look(config) {
        Ok(Some(keys)) => keys,
        Ok(None) => return Good("key: none yet; the next start makes one".into()),
        Err(cause) => return Wrong(format!("key: {cause:#}")),
    };
    match house::compare(db.pool(), &keys).await {
        Ok(Key::Same) => Good("key: the one that the database was used with".into()),
        Ok(Key::First) => Good("key: the database was not used with one yet".into()),
        Ok(Key::Other) => Wrong(
            "key: not the one that the database was used with; put back koffer.key from your backup, or give all processes the same KOFFER_SECRET_KEY"
                .into(),
        ),
        Err(failure) => Wrong(format!("key: {:#}", failure.into_report())),
    }
}

/// The last seal is shown, so that somebody can write it down and see later whether lines are missing.
async fn chain(db: &Db) -> Finding {
    match log::verify(db).await {
        Ok(Chain::Whole { lines, last }) => {
            let seal: String = last.chars().take(16).collect();
            Good(format!("log: {lines} lines, each as it was written; the last seal is {seal}"))
        }
        Ok(Chain::Broken { sequence }) => Wrong(format!(
            "log: line {sequence} is not what was written, or one before it was changed or taken out; compare with a backup"
        )),
        Err(failure) => Wrong(format!("log: {:#}", failure.into_report())),
    }
}

async fn backup_tool() -> Finding {
    match tokio::process::Command::new("pg_dump").arg("--version").output().await {
        Ok(told) => Good(format!("backup: {}", String::from_utf8_lossy(&told.stdout).trim())),
        Err(_) => {
            Odd("backup: `koffer backup` needs pg_dump; install the package postgresql-client"
                .into())
        }
    }
}
