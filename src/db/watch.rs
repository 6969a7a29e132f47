//! When it is worth looking again: at once after a commit of this process, and every second or so,
//! for other processes write as well.
//!
//! The bell says only that something was written. Whoever waits looks for themselves whether it
//! concerns them, so nobody has to think of ringing it, and nothing is told to who may not know it.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

/// How long what other processes have written may stay unseen.
const ELSEWHERE: Duration = Duration::from_secs(1);

/// Rings after every commit.
#[derive(Debug, Clone, Default)]
pub struct Bell(watch::Sender<u64>);

impl Bell {
    pub fn ring(&self) {
        self.0.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    pub fn watch(&self) -> Watch {
        Watch(self.0.subscribe())
    }
}

/// Hears the bell. What is written between two looks is heard, once.
#[derive(Debug)]
pub struct Watch(watch::Receiver<u64>);

impl Watch {
    /// Waits until there may be something new.
    pub async fn next(&mut self) {
        // Too late or no bell any more: both mean to look.
        if let Ok(Err(_no_bell)) = timeout(ELSEWHERE, self.0.changed()).await {
            tokio::time::sleep(ELSEWHERE).await;
        }
    }
}
