//! When to stop: on SIGTERM, as service managers send it, and on SIGINT, as Ctrl-C does.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
pub use tokio_util::sync::CancellationToken as Stop;

/// Says stop at the first signal; at the second one the process ends as it is.
pub fn on_signals() -> io::Result<Stop> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = Stop::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            next(&mut terminate, &mut interrupt).await;
            tracing::info!("stopping: no new requests; those that run may finish");
            stop.cancel();

            next(&mut terminate, &mut interrupt).await;
            tracing::warn!("stopping at once");
            std::process::exit(1);
        }
    });
    Ok(stop)
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
