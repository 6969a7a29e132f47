//! The server process of a world.

use std::{
    fs::File,
    path::PathBuf,
    process::{Child, Command},
    time::{Duration, Instant},
};

use super::place::Place;

/// A start with an import takes its time where everything is unoptimised and the machine is busy.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Server {
    process: Child,
}

impl Server {
    /// Starts it and waits until it says that it is ready.
    pub async fn start(place: &Place, command: &[&str]) -> Self {
        let log = File::options().create(true).append(true).open(log(place)).unwrap();
        let mut starting = place.command(command);
        starting.stdout(log.try_clone().unwrap()).stderr(log);
        let mut server = Self { process: starting.spawn().expect("the binary can be started") };

        let ready = format!("http://127.0.0.1:{}/readyz", place.port);
        let client = reqwest::Client::new();
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(answer) = client.get(&ready).send().await
                && answer.status().is_success()
            {
                return server;
            }
            let gone = server.process.try_wait().unwrap();
            let late = Instant::now() > deadline;
            assert!(gone.is_none() && !late, "not ready ({gone:?}):\n{}", said(place));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// SIGTERM; the standard library knows only the signal that kills.
    pub fn is_told_to_stop(&self) {
        let sent = Command::new("sh")
            .args(["-c", "kill -s TERM $0", &self.process.id().to_string()])
            .status();
        assert!(sent.unwrap().success(), "it has ended by itself");
    }

    /// The code with which it has ended, once it has.
    pub async fn has_stopped(mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not stop");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the servers of this place have said, all of them.
pub fn said(place: &Place) -> String {
    std::fs::read_to_string(log(place)).unwrap_or_default()
}

fn log(place: &Place) -> PathBuf {
    place.folder.join("server.log")
}
