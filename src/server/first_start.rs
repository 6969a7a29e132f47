//! Before anything is served: the tables are brought up to date, and an empty house gets its first
//! content and its first administrator.
//!
//! All of it happens in one [`Turn`], so of two processes that start at once on an empty database
//! the second finds everything done. A start that finds nothing to do asks two questions and is over.

use std::io::Write as _;

use entity::entry;
use sea_orm::{EntityTrait as _, QuerySelect as _};

use crate::{
    app::App,
    auth::{
        account::{self, Person},
        house,
        password::Password,
        principal::Grant,
        role::Role,
    },
    content::log::Actor,
    error::{Answer, Failure},
    import,
    opening::{self, Deed, Turn},
};

/// What an empty house begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    Bundled,
    None,
}

/// Makes the house ready to be opened.
pub async fn prepare(app: &App, collection: Collection) -> Answer<()> {
    let turn = Turn::wait(app, Deed::Start).await?;
    let steps = opening::migrate(app).await?;
    if steps > 0 {
        tracing::info!(steps, "the database is in its present shape");
    }
    house::agree(&app.db, &app.keys).await?;

    // Nobody has an account: this is the first start, or the first one was broken off.
    if account::count(app.db.pool()).await? == 0 {
        if collection == Collection::Bundled && has_no_entry(app).await? {
            tell(&import::bundled(app).await?.to_string())?;
        }
        let password =
            account::create(&app.db, Actor::system("first-start"), first_person(app)).await?;
        tell(&welcome(app, &password))?;
    }
    turn.end().await
}

async fn has_no_entry(app: &App) -> Answer<bool> {
    Ok(entry::Entity::find().limit(1).one(app.db.pool()).await?.is_none())
}

fn first_person(app: &App) -> Person {
    Person {
        email: app.config.admin_email.clone(),
        name: "Administration".into(),
        grants: vec![Grant::everywhere(Role::Administration)],
    }
}

/// The one time that the password is seen.
fn welcome(app: &App, password: &Password) -> String {
    framed(&[
        "Koffer ist eingerichtet.".to_owned(),
        String::new(),
        format!("Adresse:         {}/admin/", app.config.public_url()),
        format!("E-Mail:          {}", app.config.admin_email),
        format!("Einmal-Passwort: {}", password.expose()),
        String::new(),
        "Das Passwort wird nur dieses eine Mal angezeigt.".to_owned(),
        "Bei der ersten Anmeldung wählen Sie ein eigenes.".to_owned(),
    ])
}

fn framed(lines: &[String]) -> String {
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let edge = "─".repeat(width + 2);
    let rows: String = lines.iter().map(|line| format!("│ {line:width$} │\n")).collect();
    format!("\n┌{edge}┐\n{rows}└{edge}┘\n")
}

fn tell(text: &str) -> Answer<()> {
    writeln!(std::io::stdout().lock(), "{}", text.trim_end_matches('\n')).map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_straight_also_with_umlauts() {
        let framed = framed(&["Grüße".into(), "an alle".into()]);
        assert_eq!(framed, "\n┌─────────┐\n│ Grüße   │\n│ an alle │\n└─────────┘\n");
    }
}
