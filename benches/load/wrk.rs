//! The load, made by `wrk`.

use std::{
    io::Write as _,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::{
    process::{Cores, pinned},
    question::Question,
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/wrk.lua");

/// What came back.
#[derive(Debug, Deserialize)]
pub struct Answered {
    requests: u64,
    microseconds: u64,
    p50: u64,
    p99: u64,
    /// Answers that were no success.
    refused: u64,
    /// Requests that got no answer.
    broken: u64,
}

impl Answered {
    pub fn per_second(&self) -> f64 {
        self.requests as f64 / Duration::from_micros(self.microseconds).as_secs_f64()
    }

    pub fn p50(&self) -> Duration {
        Duration::from_micros(self.p50)
    }

    pub fn p99(&self) -> Duration {
        Duration::from_micros(self.p99)
    }

    pub fn failed(&self) -> u64 {
        self.refused + self.broken
    }
}

pub fn is_there() -> anyhow::Result<()> {
    let started =
        Command::new("wrk").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    started.map(drop).context("wrk is needed: apt-get install --no-install-recommends wrk")
}

/// Asks all inputs in turn for so many seconds.
pub fn run(
    url: &str,
    question: &Question,
    connections: u32,
    seconds: u64,
) -> anyhow::Result<Answered> {
    let mut bodies = tempfile::NamedTempFile::new()?;
    for input in &question.inputs {
        writeln!(bodies, "{}", input.body)?;
    }
    let output = pinned(Cores::Rest, "wrk")
        .args(["--threads", "1", "--connections", &connections.to_string()])
        .args(["--duration", &format!("{seconds}s"), "--timeout", "20s"])
        .args(["--script", SCRIPT, url, "--"])
        .arg(bodies.path())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "wrk failed: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let line =
        said.lines().find(|line| line.starts_with('{')).context("wrk did not tell its figures")?;
    Ok(serde_json::from_str(line)?)
}
