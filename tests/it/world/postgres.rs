//! A throw-away PostgreSQL: one cluster for the run, one database for each world.
//!
//! It needs no installation of its own, only the programs of the package `postgresql`. Nothing it
//! writes has to survive a power cut, so it does not wait for the disk.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use super::{janitor, port};

/// What must never be seen in what the program says.
pub const PASSWORD: &str = "streng-geheim";

pub struct Cluster {
    programs: PathBuf,
    port: u16,
    /// Its own folder and that of its socket.
    folder: PathBuf,
    _process: Child,
}

impl Cluster {
    /// The cluster of this run. Where one test could not start it, the others need not try.
    pub fn running() -> &'static Self {
        static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
        match CLUSTER.get_or_init(Self::start) {
            Ok(cluster) => cluster,
            Err(why) => panic!("no PostgreSQL: {why}"),
        }
    }

    /// Where the program finds one of its databases. The password is not asked for, only hidden.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://koffer:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a database, empty or as another one is.
    pub fn create(&self, database: &str, like: Option<&str>) {
        let template = like.unwrap_or("template0");
        self.sql(&format!("CREATE DATABASE {database} TEMPLATE {template}")).unwrap();
    }

    /// Nobody gets to this database any more, and whoever is there has to go.
    pub fn cut_off(&self, database: &str) {
        self.sql(&format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false")).unwrap();
        self.sql(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        ))
        .unwrap();
    }

    pub fn bring_back(&self, database: &str) {
        self.sql(&format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true")).unwrap();
    }

    fn start() -> Result<Self, String> {
        let programs = programs()
            .ok_or("install the package postgresql; initdb and postgres were not found")?;
        let folder = janitor::folder("postgres");
        if is_root() {
            told(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let data = folder.join("data");
        told(
            as_postgres(&programs.join("initdb"))
                .args([
                    "--username=koffer",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync",
                    "-D",
                ])
                .arg(&data)
                .current_dir(&folder),
        )?;

        let port = port::free();
        let log = std::fs::File::create(janitor::root().join("postgres.log")).unwrap();
        let process = as_postgres(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .args([
                "-c",
                "max_connections=1000",
                "-c",
                "wal_level=minimal",
                "-c",
                "max_wal_senders=0",
            ])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|cause| cause.to_string())?;
        let cluster = Self { programs, port, folder, _process: process };

        let deadline = Instant::now() + Duration::from_secs(60);
        while let Err(why) = cluster.sql("SELECT 1") {
            if Instant::now() > deadline {
                let log = std::fs::read_to_string(janitor::root().join("postgres.log"));
                return Err(format!("{why}\n{}", log.unwrap_or_default()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(cluster)
    }

    fn sql(&self, statement: &str) -> Result<(), String> {
        told(
            janitor::command(self.programs.join("psql"))
                .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "koffer", "-d", "postgres", "-h"])
                .arg(&self.folder)
                .args(["-p", &self.port.to_string(), "-c", statement]),
        )
    }
}

/// The folder that has all of them: one on the path, or the newest that Debian installed.
fn programs() -> Option<PathBuf> {
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).exists())
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    installed.sort();
    std::env::split_paths(&path).chain(installed.into_iter().rev()).find(has_all)
}

/// PostgreSQL refuses to be run by root. Unlike `su`, `setpriv` becomes the program it starts, so
/// that this stays a child of ours in the janitor's group.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return janitor::command(program);
    }
    let mut command = janitor::command("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Runs a command to its end; what it said is the error.
fn told(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|cause| format!("{command:?}: {cause}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}
