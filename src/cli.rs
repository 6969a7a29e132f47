//! The command line: what an operator can ask Koffer to do.
//!
//! Commands answer on stdout; what goes wrong is one line on stderr. The exit code is 0 when it
//! worked, 1 when it did not, and 2 when the command line itself cannot be understood.

mod account;

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Args, Parser, Subcommand, error::ErrorKind};

use crate::{
    app::App,
    backup::{self, Existing},
    config::{Config, Setting},
    doctor, export,
    files::workshop,
    import::{self, Mode},
    opening::{self, Deed, Turn},
    reindex, schema,
    server::{self, Collection},
    telemetry::{self, Speaker},
};

/// A headless CMS with a GraphQL API for a municipal toolbox.
#[derive(Parser)]
#[command(name = "koffer", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    /// The file with the settings; otherwise `koffer.toml`, if there is one here.
    #[arg(long, global = true, value_name = "PATH")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Migrates the database and serves; this is also done when no command is given.
    Serve(Serve),
    /// Brings the database's tables to their present shape.
    Migrate,
    /// Brings in a collection and publishes what is complete; doing so again changes nothing.
    Import {
        /// The folder with the collection.
        path: PathBuf,
        /// Tells what would happen, and writes nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Writes the whole collection, with drafts and files, in the form that `import` reads.
    Export {
        /// The folder to write to.
        path: PathBuf,
    },
    /// Makes accounts, gives them new passwords and lists them.
    #[command(subcommand)]
    Account(account::Command),
    /// Works out anew what sorting and filtering need; to be run after an update says so.
    Reindex,
    /// Prints the schema of the GraphQL API.
    Schema,
    /// Copies the database and all files into a new folder while Koffer runs.
    Backup {
        /// The folder to make; it must not exist, or be empty.
        path: PathBuf,
    },
    /// Puts a backup in place while Koffer does not run.
    Restore {
        /// The folder that `backup` made.
        path: PathBuf,
        /// Replaces what is there.
        #[arg(long)]
        replace: bool,
    },
    /// Looks into one file, which comes on stdin; Koffer starts this by itself.
    #[command(hide = true)]
    Workshop {
        /// What is to be done, as JSON.
        task: String,
    },
    /// Checks settings, database, files and permissions, and says how to mend what is wrong.
    #[command(after_help = settings())]
    Doctor,
}

#[derive(Args, Default)]
struct Serve {
    /// Begins with nothing in it, where the first start would bring in the bundled collection.
    #[arg(long)]
    empty: bool,
}

/// Does what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::try_parse() {
        // Before anything else is begun that such a process has no use for.
        Ok(Cli { command: Some(Command::Workshop { task }), .. }) => {
            let (answer, code) = workshop::run(&task);
            match io::stdout().lock().write_all(&answer) {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::FAILURE,
            }
        }
        Ok(cli) => exit(cli.obey()),
        Err(no) => misunderstood(&no),
    }
}

impl Cli {
    fn obey(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(
            self.command.unwrap_or(Command::Serve(Serve::default())).run(self.config.as_deref()),
        )
    }
}

impl Command {
    async fn run(self, config: Option<&Path>) -> anyhow::Result<()> {
        match self {
            Self::Schema => say(schema::sdl()),
            Self::Doctor => doctor::examine(config).await,
            Self::Serve(Serve { empty }) => {
                let config = Config::load(config)?;
                telemetry::start(config.log, Speaker::Server);
                server::serve(config, if empty { Collection::None } else { Collection::Bundled })
                    .await
            }
            Self::Restore { path, replace } => {
                let existing = if replace { Existing::Replace } else { Existing::Keep };
                say(backup::restore(prepared(config)?, &path, existing).await?)
            }
            Self::Migrate => {
                let app = opened(prepared(config)?).await?;
                say(match migrate(&app).await? {
                    0 => "The database is in its present shape already.".to_owned(),
                    steps => format!("The database has taken {steps} steps to its present shape."),
                })
            }
            other => {
                let app = opened(prepared(config)?).await?;
                opening::is_current(&app).await.map_err(|failure| failure.into_report())?;
                other.work(&app).await
            }
        }
    }

    /// Commands on an open house whose tables are current.
    async fn work(self, app: &Arc<App>) -> anyhow::Result<()> {
        match self {
            Self::Import { path, dry_run } => {
                let mode = if dry_run { Mode::DryRun } else { Mode::Write };
                say(import::run(app, &path, mode).await.map_err(|failure| failure.into_report())?)
            }
            Self::Export { path } => {
                say(export::run(app, &path).await.map_err(|failure| failure.into_report())?)
            }
            Self::Account(command) => command.run(app).await,
            Self::Reindex => {
                say(reindex::run(app).await.map_err(|failure| failure.into_report())?)
            }
            Self::Backup { path } => {
                let made = backup::make(app, &path).await?;
                say(&made)?;
                made.check()
            }
            Self::Serve(_)
            | Self::Migrate
            | Self::Schema
            | Self::Restore { .. }
            | Self::Workshop { .. }
            | Self::Doctor => Ok(()),
        }
    }
}

fn prepared(config: Option<&Path>) -> anyhow::Result<Config> {
    let config = Config::load(config)?;
    telemetry::start(config.log, Speaker::Command);
    Ok(config)
}

async fn opened(config: Config) -> anyhow::Result<Arc<App>> {
    opening::open(config).await.map_err(|failure| failure.into_report())
}

async fn migrate(app: &App) -> anyhow::Result<usize> {
    let in_turn = async {
        let turn = Turn::wait(app, Deed::Start).await?;
        let steps = opening::migrate(app).await?;
        turn.end().await?;
        Ok(steps)
    };
    in_turn.await.map_err(|failure: crate::error::Failure| failure.into_report())
}

/// Answers on stdout. Whoever closes it early has read enough.
pub fn say(answer: impl std::fmt::Display) -> anyhow::Result<()> {
    let text = answer.to_string();
    let line = if text.ends_with('\n') { "" } else { "\n" };
    match write!(io::stdout().lock(), "{text}{line}") {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(cause.into()),
        _ => Ok(()),
    }
}

fn exit(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            complain(&format!("{cause:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Help and version are asked for; anything else is answered in one line.
fn misunderstood(no: &clap::Error) -> ExitCode {
    if let ErrorKind::DisplayHelp | ErrorKind::DisplayVersion = no.kind() {
        return exit(no.print().map_err(Into::into));
    }
    let text = if no.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        "this command needs another one after it".to_owned()
    } else {
        let text = no.to_string();
        let told = text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
        let told: Vec<_> =
            told.filter(|line| !line.is_empty() && !line.starts_with("For more")).collect();
        told.join(" ").trim_start_matches("error: ").to_owned()
    };
    complain(&format!("{text} (`koffer --help` tells more)"));
    ExitCode::from(2)
}

fn complain(text: &str) {
    // Causes from elsewhere may have several lines; ours is one.
    let line: Vec<_> = text.split_whitespace().collect();
    eprintln!("koffer: {}", line.join(" "));
}

fn settings() -> String {
    let mut text = "Settings, from the environment or, in lower case and without the prefix, from koffer.toml:\n".to_owned();
    for setting in Setting::ALL {
        let own_file = if setting.confidential { " Or from a file: `…_FILE`." } else { "" };
        text += &format!(
            "\n  {}\n      {}{own_file} [{}]",
            setting.variable(),
            setting.meaning,
            setting.usual
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_says_in_a_sentence_what_it_does() {
        fn look(command: &clap::Command) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(about.len() > 20, "{}: {about:?}", command.get_name());
            command.get_subcommands().for_each(look);
        }
        look(&Cli::command());
    }
}
