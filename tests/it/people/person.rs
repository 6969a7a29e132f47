//! Somebody with an account, signed in.

use std::ops::Deref;

use serde_json::{Value, json};

use super::{Anyone, Browser};

/// The password of everybody here who has chosen one.
pub const PASSWORD: &str = "vier Wale hören Radio";

/// Somebody with an account, signed in.
#[derive(Clone)]
pub struct Person {
    pub account: Account,
    /// What they show with every question.
    pub token: String,
    asks_as: Anyone,
}

/// Who has an account, and how they sign in.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: String,
    pub email: String,
    pub password: String,
}

impl Account {
    /// Makes an account of this role. Its password is still the one that was shown once.
    pub async fn made_by(
        administrator: &Person,
        email: &str,
        role: &str,
        scope: Option<Value>,
    ) -> Self {
        let mut grant = scope.unwrap_or(json!({}));
        grant["role"] = role.to_uppercase().replace('-', "_").into();
        let name = email.split('@').next().unwrap();
        let input = json!({ "email": email, "name": name, "grants": [grant] });
        let query = "mutation($input: CreateAccountInput!) { createAccount(input: $input) {
            account { id } oneTimePassword problems { field code message } } }";
        let answer = administrator.asks(query, json!({ "input": input })).await;
        let made = &answer["createAccount"];
        assert_eq!(made["problems"], json!([]), "{made}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: text(&made["account"]["id"]),
            email: email.to_owned(),
            password: text(&made["oneTimePassword"]),
        }
    }

    /// Replaces the password that was shown once, and goes on with the session of that.
    pub async fn settles_in(mut self, url: &str) -> Person {
        let mut browser = Browser::at(url);
        browser.signs_in(&self).await;
        let changed = browser.changes_password(&self.password, PASSWORD).await;
        assert_eq!(changed["problems"], json!([]), "{changed}");
        self.password = PASSWORD.to_owned();
        Person::of(self, browser)
    }

    /// Signs in with the password that it has.
    pub async fn signs_in(mut self, url: &str) -> Person {
        let mut browser = Browser::at(url);
        let told = browser.signs_in(&self).await;
        self.id = told["account"]["id"].as_str().unwrap().to_owned();
        Person::of(self, browser)
    }
}

impl Person {
    fn of(account: Account, browser: Browser) -> Self {
        let asks_as = browser.asks_as();
        Self { account, asks_as, token: browser.token.expect("they have signed in") }
    }

    /// The same person, who sends this along with every question.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        Self { asks_as: self.asks_as.with_header(name, value), ..self.clone() }
    }
}

/// A person asks like anyone else, only under their name.
impl Deref for Person {
    type Target = Anyone;

    fn deref(&self) -> &Anyone {
        &self.asks_as
    }
}
