//! Who asks, and what they are told.

mod browser;
mod editor;
mod person;
mod socket;

use std::{ops::Deref, process::Output, time::Duration};

use reqwest::{
    Client, Response, StatusCode,
    header::{HeaderMap, HeaderName},
};
use serde_json::{Value, json};

pub use browser::Browser;
pub use editor::{Edition, with_revision};
pub use person::{Account, PASSWORD, Person};
pub use socket::{Heard, Socket, authorization};

/// No command of ours takes that long, not even where everything is unoptimised.
const PATIENCE: Duration = Duration::from_secs(120);

/// Somebody without an account, as all readers are.
#[derive(Clone)]
pub struct Anyone {
    address: String,
    client: Client,
    /// What they send along with every question.
    headers: HeaderMap,
}

/// The data of an answer without errors.
#[derive(Debug, PartialEq)]
pub struct Answer(Value);

/// Why something was refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: String,
    /// The argument or field that is to blame.
    pub field: String,
    pub message: String,
}

/// What a command said, and with which code it ended.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Anyone {
    pub fn new(address: String) -> Self {
        Self { address, client: Client::new(), headers: HeaderMap::new() }
    }

    /// The same one, who sends this along as well.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        let name: HeaderName = name.parse().expect("it is a header");
        other.headers.insert(name, value.parse().expect("it is a header's value"));
        other
    }

    /// Asks a question that has an answer.
    pub async fn asks(&self, query: &str, variables: Value) -> Answer {
        let mut answer = self.sends(query, &variables).await;
        let errors = &answer["errors"];
        assert!(errors.is_null(), "{}\n\nto {query}\nwith {variables:#}", pretty(errors));
        Answer(answer["data"].take())
    }

    /// Asks a question that is refused, and for one reason.
    pub async fn is_refused(&self, query: &str, variables: Value) -> Refusal {
        let answer = self.sends(query, &variables).await;
        let [error] = &*all(&answer["errors"]) else {
            panic!("not refused once: {}\n\nto {query}\nwith {variables:#}", pretty(&answer));
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let extensions = &error["extensions"];
        assert!(extensions["requestId"].is_string(), "it has no request id: {error:#}");
        Refusal {
            code: text(&extensions["code"]),
            field: text(&extensions["field"]),
            message: text(&error["message"]),
        }
    }

    /// Sends a question and takes whatever comes.
    pub async fn sends(&self, query: &str, variables: &Value) -> Value {
        self.posts(query, variables).await.json().await.expect("the answer is JSON")
    }

    /// Sends a question and takes the answer as it comes, with status and headers.
    pub async fn posts(&self, query: &str, variables: &Value) -> Response {
        let request = self
            .client
            .post(&self.address)
            .headers(self.headers.clone())
            .json(&json!({ "query": query, "variables": variables }));
        request.send().await.expect("the server answers")
    }

    /// Sends a question to a server that may die over it.
    pub async fn tries(&self, query: &str, variables: &Value) -> Option<Value> {
        let request = self
            .client
            .post(&self.address)
            .headers(self.headers.clone())
            .json(&json!({ "query": query, "variables": variables }));
        request.send().await.ok()?.json().await.ok()
    }

    /// Follows a link.
    pub async fn follows(&self, url: &str) -> Response {
        self.client.get(url).send().await.expect("the server answers")
    }

    /// Follows a link to a file that is there.
    pub async fn downloads(&self, url: &str) -> Vec<u8> {
        let response = self.follows(url).await;
        assert_eq!(response.status(), StatusCode::OK, "{url}");
        response.bytes().await.expect("it comes whole").to_vec()
    }
}

impl Deref for Answer {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Refusal {
    /// Is for this reason.
    #[track_caller]
    pub fn is(&self, code: &str) {
        assert_eq!(self.code, code, "{}", self.message);
    }

    /// Says that the fault was found, and at which argument.
    #[track_caller]
    pub fn is_bad_input(&self, field: &str) {
        assert_eq!((&*self.code, &*self.field), ("BAD_USER_INPUT", field), "{}", self.message);
        assert!(self.message.len() > 10, "that helps nobody: {:?}", self.message);
    }
}

impl Told {
    pub async fn by(command: &mut tokio::process::Command) -> Self {
        let output =
            tokio::time::timeout(PATIENCE, command.output()).await.expect("it ends by itself");
        let Output { status, stdout, stderr } = output.expect("the binary can be started");
        let text = |bytes| String::from_utf8(bytes).expect("it speaks UTF-8");
        Self { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// Says that it worked, and gives what it said.
    #[track_caller]
    pub fn worked(self) -> String {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self.out
    }

    /// Says that it did not work, and gives the one line that says why.
    #[track_caller]
    pub fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "{}\n{}", self.out, self.err);
        let lines: Vec<&str> = self.err.lines().collect();
        let [line] = *lines else { panic!("not one line: {}", self.err) };
        assert!(line.starts_with("koffer: "), "{line}");
        line.to_owned()
    }
}

/// The values of a list; none where there is no list.
pub fn all(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_default()
}

/// One text of each object of a list, in order.
#[track_caller]
pub fn each<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap_or_else(|| panic!("not a list: {list}"));
    list.iter()
        .map(|one| one[field].as_str().unwrap_or_else(|| panic!("no {field} in {one}")))
        .collect()
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
