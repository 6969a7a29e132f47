//! The two databases; a PostgreSQL of our own, made for the run and thrown away after it.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    str::FromStr,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::process::{Cores, Running, free_address, pinned};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl FromStr for Backend {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => Ok(Self::Postgres),
            _ => Err(format!("{name} is neither sqlite nor postgres")),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// A PostgreSQL with Debian's settings.
pub struct Cluster {
    programs: PathBuf,
    port: u16,
    server: Running,
    folder: TempDir,
}

impl Cluster {
    pub fn start() -> anyhow::Result<Self> {
        let programs = programs()
            .context("PostgreSQL is needed: apt-get install postgresql postgresql-client")?;
        let folder = tempfile::tempdir()?;
        if is_root() {
            told(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        let data = folder.path().join("data");
        told(
            as_postgres(Command::new("env"), &programs.join("initdb"))
                .args(["--username=koffer", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D"])
                .arg(&data)
                .current_dir(folder.path()),
        )?;
        let port = free_address()?.port();
        let log = fs::File::create(folder.path().join("log"))?;
        let server = Running::start(
            as_postgres(pinned(Cores::Rest, "env"), &programs.join("postgres"))
                .arg("-D")
                .arg(&data)
                .arg("-k")
                .arg(folder.path())
                .args(["-h", "127.0.0.1", "-p", &port.to_string()])
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .stderr(log),
        )?;

        let cluster = Self { programs, port, server, folder };
        let patience = Instant::now() + Duration::from_secs(60);
        while let Err(why) = cluster.sql("postgres", "SELECT 1") {
            if Instant::now() > patience {
                bail!("PostgreSQL does not start: {why:#}");
            }
            thread::sleep(Duration::from_millis(50));
        }
        cluster.sql("postgres", "CREATE DATABASE koffer TEMPLATE template0")?;
        Ok(cluster)
    }

    pub fn url(&self) -> String {
        format!("postgres://koffer@127.0.0.1:{}/koffer", self.port)
    }

    /// What autovacuum does within minutes, without waiting for it.
    pub fn settles(&self) -> anyhow::Result<()> {
        self.sql("koffer", "VACUUM ANALYZE").map(drop)
    }

    pub fn bytes(&self) -> anyhow::Result<u64> {
        Ok(self.sql("koffer", "SELECT pg_database_size('koffer')")?.trim().parse()?)
    }

    fn sql(&self, database: &str, statement: &str) -> anyhow::Result<String> {
        told(
            Command::new(self.programs.join("psql"))
                .args([
                    "-X",
                    "-q",
                    "-A",
                    "-t",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-U",
                    "koffer",
                    "-d",
                    database,
                    "-h",
                ])
                .arg(self.folder.path())
                .args(["-p", &self.port.to_string(), "-c", statement]),
        )
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its folder is removed next; what it still had to write is of no interest.
        self.server.stop("INT").ok();
    }
}

/// The folder that has all of them: one on the path, or the newest that Debian installed.
fn programs() -> Option<PathBuf> {
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).exists())
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    installed.sort();
    std::env::split_paths(&path).chain(installed.into_iter().rev()).find(has_all)
}

/// PostgreSQL refuses to be run by root. `setpriv` becomes the program that it starts.
fn as_postgres(mut command: Command, program: &Path) -> Command {
    if is_root() {
        command.args(["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]);
    }
    command.arg(program);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Runs a command to its end; what it said is the answer, or the error.
fn told(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
