//! The clockwork: does what was planned when its time has come.
//!
//! Every process runs one. Who does what is settled in the database, so any number may.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::{app::App, content::life::schedule, db, shutdown::Stop};

/// How often it looks. A look is one short statement.
const TICK: Duration = Duration::from_secs(1);

/// Runs until the house closes; what it has begun it ends.
pub async fn run(app: Arc<App>, stop: Stop) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        // What does not work now is tried again with the next tick.
        if let Err(failure) = db::uncounted(schedule::run_due(&app)).await {
            let cause = failure.into_report();
            tracing::error!("what was planned could not be looked at: {cause:#}");
        }
    }
}
