//! `koffer account`: for the first account, and for those who are locked out.

use std::io::Read as _;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::say;
use crate::{
    app::App,
    auth::{
        account::{self, NewPassword, Person},
        password::Password,
        principal::Grant,
        role::Role,
    },
    content::log::Actor,
    email::Email,
};

#[derive(Subcommand)]
pub enum Command {
    /// Makes an account and prints a password for the first sign-in.
    Create(Create),
    /// Gives an account a new password: a printed one for one sign-in, or one from stdin.
    Password {
        /// Whose account it is.
        email: Email,
        /// Reads the new password from stdin instead of making one.
        #[arg(long)]
        stdin: bool,
    },
    /// Lists all accounts with their roles.
    List,
}

#[derive(Args)]
pub struct Create {
    /// The e-mail address to sign in with.
    #[arg(long)]
    email: Email,
    /// What the person is called.
    #[arg(long)]
    name: String,
    /// What the person is in the house: administration, chief-editor, editor, author or reader.
    #[arg(long)]
    role: Role,
}

impl Command {
    pub async fn run(self, app: &App) -> anyhow::Result<()> {
        let actor = Actor::system("command-line");
        match self {
            Self::Create(Create { email, name, role }) => {
                let person = Person {
                    email,
                    name: name.trim().to_owned(),
                    grants: vec![Grant::everywhere(role)],
                };
                anyhow::ensure!(!person.name.is_empty(), "--name: write what the person is called");
                let password = account::create(&app.db, actor, person).await;
                say(password.map_err(|failure| failure.into_report())?.expose())
            }
            Self::Password { email, stdin: false } => {
                let password = Password::one_time();
                let new = NewPassword::OneTime(password.clone());
                let set = account::set_password(&app.db, actor, email, new).await;
                set.map_err(|failure| failure.into_report())?;
                say(password.expose())
            }
            Self::Password { email, stdin: true } => {
                let new = NewPassword::Chosen(from_stdin()?);
                let set = account::set_password(&app.db, actor, email, new).await;
                set.map_err(|failure| failure.into_report())
            }
            Self::List => say(list(app).await?),
        }
    }
}

/// One line for each account: e-mail, roles, name.
async fn list(app: &App) -> anyhow::Result<String> {
    let accounts = account::list(&app.db).await.map_err(|failure| failure.into_report())?;
    if accounts.is_empty() {
        return Ok("There is no account yet; `koffer account create` makes one.".into());
    }
    let width =
        accounts.iter().map(|listed| listed.account.email.chars().count()).max().unwrap_or(0);
    let line = |listed: &account::Listed| {
        let account = &listed.account;
        let waiting = if account.one_time_password { "  (one-time password)" } else { "" };
        format!(
            "{:width$}  {:14}  {}{waiting}",
            account.email,
            listed.roles.join(", "),
            account.name
        )
    };
    Ok(accounts.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn from_stdin() -> anyhow::Result<Password> {
    let mut text = String::new();
    // More than the longest password is none anyway.
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .context("reading the password from stdin")?;
    Password::chosen(text.trim_end_matches(['\r', '\n']))
        .map_err(|unfit| anyhow::anyhow!("{unfit}"))
}
