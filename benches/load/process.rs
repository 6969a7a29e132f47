//! Programs that run beside us, each on its cores, and end with us.

use std::{
    ffi::OsStr,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

/// Who may run where.
#[derive(Clone, Copy)]
pub enum Cores {
    /// For what is measured.
    First,
    /// For all that stands beside it. On a machine with one core, that is the same.
    Rest,
}

pub fn pinned(cores: Cores, program: impl AsRef<OsStr>) -> Command {
    // Not `available_parallelism`: that tells what we may use, and we may be pinned ourselves.
    let last = std::fs::read_to_string("/sys/devices/system/cpu/online")
        .ok()
        .and_then(|cores| cores.trim().rsplit(['-', ',']).next()?.parse::<u32>().ok())
        .unwrap_or(0);
    let list = match (cores, last) {
        (Cores::First, _) | (Cores::Rest, 0) => "0".to_owned(),
        (Cores::Rest, last) => format!("1-{last}"),
    };
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &list]).arg(program);
    command
}

/// A program that is ended when this is dropped.
pub struct Running(Child);

impl Running {
    pub fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child = command.spawn().with_context(|| format!("starting {command:?}"))?;
        Ok(Self(child))
    }

    /// `taskset` becomes the program that it starts, so this is the program's.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(&mut self, signal: &str) -> anyhow::Result<()> {
        if self.has_ended() {
            return Ok(());
        }
        Command::new("kill").args(["-s", signal, &self.pid().to_string()]).status()?;
        let patience = Instant::now() + Duration::from_secs(30);
        while !self.has_ended() {
            if Instant::now() > patience {
                bail!("process {} does not end", self.pid());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.has_ended() {
            // Whoever still runs here was left behind by a fault that is told elsewhere.
            self.0.kill().ok();
            self.0.wait().ok();
        }
    }
}

/// An address on this machine where nobody listens.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
