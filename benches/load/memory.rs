//! How much memory a process takes, as the kernel counts it.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::Context as _;

/// The most that was taken at once, in kB.
#[derive(Debug, Clone, Copy, Default)]
pub struct Peak {
    /// With files that are mapped, such as an SQLite database.
    pub all: u64,
    /// Without them.
    pub own: u64,
}

/// Looks at a process until it is told to end, or the process has.
pub struct Watch {
    end: Arc<AtomicBool>,
    looking: JoinHandle<Peak>,
}

const EVERY: Duration = Duration::from_millis(20);

impl Watch {
    /// Forgets what the process took before.
    pub fn afresh(pid: u32) -> anyhow::Result<Self> {
        fs::write(format!("/proc/{pid}/clear_refs"), "5")
            .context("forgetting the peak of memory")?;
        Ok(Self::over(pid))
    }

    pub fn over(pid: u32) -> Self {
        let end = Arc::new(AtomicBool::new(false));
        let ended = end.clone();
        let looking = thread::spawn(move || {
            let mut peak = Peak::default();
            while let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) {
                let Some(all) = kilobytes(&status, "VmHWM:") else { break };
                peak.all = peak.all.max(all);
                peak.own = peak.own.max(kilobytes(&status, "RssAnon:").unwrap_or(0));
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                thread::sleep(EVERY);
            }
            peak
        });
        Self { end, looking }
    }

    pub fn end(self) -> Peak {
        self.end.store(true, Ordering::Relaxed);
        self.looking.join().unwrap_or_default()
    }
}

fn kilobytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
