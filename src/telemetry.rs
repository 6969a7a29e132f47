//! What Koffer tells about itself while it runs: the log on stderr, for people or for programs.
//!
//! Stdout belongs to the answers of commands. Numbers are in `server/metrics.rs`.

use tracing::Level;
use tracing_subscriber::{
    Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::config::{Log, LogForm};

/// Who is speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// A server tells what it does.
    Server,
    /// A command answers on stdout and speaks up only when something is odd.
    Command,
}

/// Starts the log; called once, before anything is worth telling.
pub fn start(log: Log, speaker: Speaker) {
    let wanted = targets(log.level, speaker);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.form {
        LogForm::Human => lines.with_target(false).boxed(),
        LogForm::Json => {
            lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
        }
    };
    // The filter stands before the layer and not on it: there it would lose the line that follows
    // whenever somebody only asks whether a level is on, as sqlx does.
    // Only a second start could fail, and the first one's log is as good.
    if tracing_subscriber::registry().with(wanted).with(lines).try_init().is_ok() {
        tell_of_panics();
    }
}

/// Our own words at the level asked for; those of dependencies one level rarer.
fn targets(level: Level, speaker: Speaker) -> Targets {
    let (ours, others) = match (level, speaker) {
        (Level::ERROR, _) => (Level::ERROR, Level::ERROR),
        (Level::WARN, _) | (Level::INFO, Speaker::Command) => (Level::WARN, Level::WARN),
        (Level::INFO, Speaker::Server) => (Level::INFO, Level::WARN),
        (Level::DEBUG, _) => (Level::DEBUG, Level::INFO),
        _ => (Level::TRACE, Level::DEBUG),
    };
    Targets::new().with_default(others).with_target("koffer", ours)
}

/// A panic is a line in the log like any other, with its place.
fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("without words");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked: {message}");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_speak_up_less_than_we_do() {
        let server = targets(Level::INFO, Speaker::Server);
        assert!(server.would_enable("koffer::server", &Level::INFO));
        assert!(!server.would_enable("koffer::server", &Level::DEBUG));
        assert!(server.would_enable("sqlx", &Level::WARN));
        assert!(!server.would_enable("sqlx", &Level::INFO));

        let command = targets(Level::INFO, Speaker::Command);
        assert!(!command.would_enable("koffer::import", &Level::INFO));
        assert!(command.would_enable("koffer::import", &Level::WARN));
    }
}
