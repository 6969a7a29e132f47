//! What stands in our letters. They are read by people, in German.

use crate::email::Email;

/// A letter, ready to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: Email,
    pub subject: String,
    pub text: String,
}

impl Letter {
    /// The link with which somebody may choose a new password.
    #[must_use]
    pub fn reset(to: Email, name: &str, link: &str) -> Self {
        let text = format!(
            "Guten Tag {name},\n\n\
             jemand hat für Ihr Konto bei Koffer ein neues Passwort angefordert.\n\
             Wenn Sie das waren, wählen Sie es bitte hier:\n\n\
             {link}\n\n\
             Der Link gilt eine Stunde und nur einmal.\n\
             Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.\n"
        );
        Self { to, subject: "Neues Passwort für Koffer".into(), text }
    }

    /// What somebody learns whose password has changed, for the case that it was not them.
    #[must_use]
    pub fn password_changed(to: Email, name: &str) -> Self {
        let text = format!(
            "Guten Tag {name},\n\n\
             das Passwort Ihres Kontos bei Koffer wurde geändert. Alle anderen Anmeldungen sind beendet.\n\
             Wenn Sie das nicht waren, wenden Sie sich bitte sofort an Ihre Administration.\n"
        );
        Self { to, subject: "Ihr Passwort für Koffer wurde geändert".into(), text }
    }
}
