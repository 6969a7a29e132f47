//! The program that is measured, as operators run it: its own commands, its usual settings.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use tempfile::TempDir;

use crate::{
    backend::{Backend, Cluster},
    memory::{Peak, Watch},
    process::{Cores, Running, free_address, pinned},
};

/// A Koffer with a data folder of its own.
pub struct House {
    address: SocketAddr,
    server: Option<Running>,
    // In the order in which they are dropped: nobody's folder goes before he does.
    cluster: Option<Cluster>,
    folder: TempDir,
}

/// How an import went.
pub struct Imported {
    pub took: Duration,
    pub peak: Peak,
    /// What the database takes on the disk afterwards.
    pub bytes: u64,
}

impl House {
    /// An empty one, with its tables.
    pub fn build(backend: Backend) -> anyhow::Result<Self> {
        let cluster = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Cluster::start()?),
        };
        let house =
            Self { address: free_address()?, server: None, cluster, folder: tempfile::tempdir()? };
        house.runs("migrate", &mut house.koffer(&["migrate"])?)?;
        Ok(house)
    }

    pub fn backend(&self) -> Backend {
        if self.cluster.is_some() { Backend::Postgres } else { Backend::Sqlite }
    }

    pub fn imports(&mut self, folder: &Path) -> anyhow::Result<Imported> {
        let mut command = self.koffer(&["import"])?;
        command.arg(folder);
        let started = Instant::now();
        let peak = self.runs("import", &mut command)?;
        let took = started.elapsed();

        let bytes = match &self.cluster {
            Some(cluster) => {
                cluster.settles()?;
                cluster.bytes()?
            }
            None => fs::metadata(self.folder.path().join("data/koffer.db"))?.len(),
        };
        Ok(Imported { took, peak, bytes })
    }

    /// Starts serving, and waits until it is ready.
    pub async fn opens(&mut self) -> anyhow::Result<()> {
        let mut server = Running::start(&mut self.koffer(&["serve", "--empty"])?)?;
        let patience = Instant::now() + Duration::from_secs(60);
        let ready = format!("http://{}/readyz", self.address);
        while !reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
            if server.has_ended() || Instant::now() > patience {
                bail!("koffer does not serve:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.server = Some(server);
        Ok(())
    }

    pub fn closes(&mut self) -> anyhow::Result<()> {
        match self.server.take() {
            Some(mut server) => server.stop("TERM"),
            None => Ok(()),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    pub fn pid(&self) -> anyhow::Result<u32> {
        self.server.as_ref().map(Running::pid).context("koffer does not run")
    }

    /// Runs a command to its end, and says what memory it took.
    fn runs(&self, name: &str, command: &mut Command) -> anyhow::Result<Peak> {
        let mut child = command.spawn().with_context(|| format!("koffer {name}"))?;
        let watch = Watch::over(child.id());
        let status = loop {
            match child.try_wait()? {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        ensure!(status.success(), "koffer {name} ended with {status}:\n{}", self.log());
        Ok(watch.end())
    }

    fn koffer(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let data = self.folder.path().join("data");
        let log = File::options().create(true).append(true).open(self.folder.path().join("log"))?;
        let mut command = pinned(Cores::First, env!("CARGO_BIN_EXE_koffer"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(log.try_clone()?)
            .stderr(log);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("KOFFER_") {
                command.env_remove(name);
            }
        }
        command.env("KOFFER_DATA", data).env("KOFFER_LISTEN", self.address.to_string());
        if let Some(cluster) = &self.cluster {
            command.env("KOFFER_DATABASE_URL", cluster.url());
        }
        Ok(command)
    }

    /// The end of what it said.
    fn log(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}
