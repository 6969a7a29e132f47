//! A browser as far as signing in goes: it keeps one cookie, and the admin in it one token.

use reqwest::{Client, Response, header};
use serde_json::{Value, json};

use super::{Account, Anyone};

/// Keeps a cookie and a token.
#[derive(Clone)]
pub struct Browser {
    url: String,
    client: Client,
    /// The cookie as it would be sent: name and value.
    pub cookie: Option<String>,
    /// The whole line with which the cookie was set last.
    pub set_cookie: String,
    pub token: Option<String>,
}

pub const SIGN_IN: &str = "mutation($input: SignInInput!) { signIn(input: $input) {
    outcome accessToken expiresAt account { id email mustChangePassword hasSecondFactor }
    problems { field code message } } }";

const CHANGE_PASSWORD: &str =
    "mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
    accessToken account { mustChangePassword } problems { field code message } } }";

impl Browser {
    /// At the front of this house.
    pub fn at(url: &str) -> Self {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            url: url.to_owned(),
            client: client.build().unwrap(),
            cookie: None,
            set_cookie: String::new(),
            token: None,
        }
    }

    /// Signs in, and has to succeed.
    pub async fn signs_in(&mut self, account: &Account) -> Value {
        let told = self.tries(&account.email, &account.password, None).await;
        assert_eq!(told["outcome"], "SIGNED_IN", "{told}");
        told
    }

    /// Tries to sign in and says what it is told.
    pub async fn tries(&mut self, email: &str, password: &str, code: Option<&str>) -> Value {
        let input = json!({ "email": email, "password": password, "code": code });
        self.mutates(SIGN_IN, "signIn", input).await
    }

    pub async fn changes_password(&mut self, from: &str, to: &str) -> Value {
        let input = json!({ "currentPassword": from, "newPassword": to });
        self.mutates(CHANGE_PASSWORD, "changePassword", input).await
    }

    /// Sends a mutation with one input; keeps the cookie and the token that come with the answer.
    pub async fn mutates(&mut self, query: &str, field: &str, input: Value) -> Value {
        let response = self.asks_as().posts(query, &json!({ "input": input })).await;
        self.keeps(&response);
        let mut answer: Value = response.json().await.unwrap();
        assert!(answer["errors"].is_null(), "{answer:#}");
        let told = answer["data"][field].take();
        if let Some(token) = told["accessToken"].as_str() {
            self.token = Some(token.to_owned());
        }
        told
    }

    /// Asks for the next token with the cookie, and keeps what it gets.
    pub async fn refreshes(&mut self) -> Response {
        let response = self.posts("/auth/refresh", &[("x-koffer", "1")]).await;
        self.keeps(&response);
        response
    }

    /// The same, and has to succeed.
    pub async fn stays(&mut self) {
        let response = self.refreshes().await;
        assert_eq!(response.status(), 200);
        let told: Value = response.json().await.unwrap();
        self.token = Some(told["accessToken"].as_str().unwrap().to_owned());
    }

    /// A POST without a body, with the cookie and these headers.
    pub async fn posts(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.client.post(format!("{}{path}", self.url));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// Opens an address, with the cookie; goes nowhere by itself.
    pub async fn opens(&mut self, url: &str) -> Response {
        let mut request = self.client.get(url);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let response = request.send().await.unwrap();
        self.keeps(&response);
        response
    }

    /// Comes back from a provider of identities; keeps the session's cookie if it gets one.
    pub async fn comes_back(&mut self, url: &str) -> reqwest::StatusCode {
        let response = self.opens(url).await;
        let lines = response.headers().get_all(header::SET_COOKIE).iter();
        let session = lines
            .map(|line| line.to_str().unwrap().split(';').next().unwrap())
            .find(|pair| pair.starts_with("koffer-dev="));
        self.cookie = session.map(str::to_owned);
        response.status()
    }

    /// Asks with the token, if there is one.
    pub fn asks_as(&self) -> Anyone {
        let anyone = Anyone::new(format!("{}/graphql", self.url));
        match &self.token {
            Some(token) => anyone.with_header("authorization", &format!("Bearer {token}")),
            None => anyone,
        }
    }

    /// Whether the house still knows who asks.
    pub async fn is_signed_in(&self) -> bool {
        let told = self.asks_as().sends("{ viewer { account { id } } }", &json!({})).await;
        match told["errors"][0]["extensions"]["code"].as_str() {
            None => told["data"]["viewer"]["account"]["id"].is_string(),
            Some("UNAUTHENTICATED") => false,
            Some(_) => panic!("{told:#}"),
        }
    }

    fn keeps(&mut self, response: &Response) {
        for line in response.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let pair = line.split(';').next().unwrap();
            self.cookie = Some(pair.to_owned()).filter(|pair| !pair.ends_with('='));
            self.set_cookie = line.to_owned();
        }
    }
}
