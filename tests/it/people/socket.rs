//! A socket, as a program in a browser holds it.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue},
    },
};

use super::Person;
use crate::world::World;

/// What takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// One end of a socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What is heard on a socket.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Said(Value),
    /// It was closed, with this code.
    Closed(u16),
    /// It is gone without a word.
    Gone,
}

const SPOKEN: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

impl Socket {
    /// Opens one, with these headers, or is refused.
    pub async fn with(world: &World, headers: &[(&str, &str)]) -> Result<Self, StatusCode> {
        let address = world.url("/graphql").replace("http", "ws");
        let mut request = address.into_client_request().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(Error::Http(refused)) => {
                Err(StatusCode::from_u16(refused.status().as_u16()).unwrap())
            }
            Err(other) => panic!("{other}"),
        }
    }

    /// Opens one that nobody has spoken on.
    pub async fn silent(world: &World) -> Self {
        Self::with(world, &[SPOKEN]).await.expect("a socket is opened")
    }

    /// Opens one and says who is there.
    pub async fn introducing(world: &World, payload: Value) -> Self {
        let mut socket = Self::silent(world).await;
        socket.says(json!({ "type": "connection_init", "payload": payload })).await;
        let heard = socket.hears().await;
        assert_eq!(heard, Heard::Said(json!({ "type": "connection_ack" })));
        socket
    }

    /// The socket of somebody without an account.
    pub async fn of_anyone(world: &World) -> Self {
        Self::introducing(world, Value::Null).await
    }

    /// The socket of somebody who has signed in.
    pub async fn of(world: &World, person: &Person) -> Self {
        Self::introducing(world, authorization(&person.token)).await
    }

    pub async fn says(&mut self, message: Value) {
        self.sends(Message::text(message.to_string())).await;
    }

    pub async fn sends(&mut self, message: Message) {
        self.stream.send(message).await.expect("the socket is open");
    }

    /// Asks something under a name.
    pub async fn asks(&mut self, name: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.says(json!({ "type": "subscribe", "id": name, "payload": payload })).await;
    }

    /// The next word, or how it ended.
    pub async fn hears(&mut self) -> Heard {
        let next = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => {
                        return Heard::Said(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(Message::Close(frame))) => {
                        let code = frame.map_or(1005, |frame| frame.code.into());
                        // The answer to it goes out with the next look.
                        let _ = self.stream.next().await;
                        return Heard::Closed(code);
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Heard::Gone,
                }
            }
        };
        timeout(PATIENCE, next).await.expect("something is heard")
    }

    /// The next answer under this name, which has no errors.
    pub async fn next(&mut self, name: &str) -> Value {
        let mut said = match self.hears().await {
            Heard::Said(said) => said,
            ended => panic!("{ended:?} instead of an answer to {name}"),
        };
        assert_eq!((&said["type"], &said["id"]), (&json!("next"), &json!(name)), "{said:#}");
        assert!(said["payload"]["errors"].is_null(), "{said:#}");
        said["payload"]["data"].take()
    }

    /// That nothing more comes under this name.
    pub async fn is_complete(&mut self, name: &str) {
        let complete = json!({ "type": "complete", "id": name });
        assert_eq!(self.hears().await, Heard::Said(complete));
    }

    /// The code of the one error with which something under this name is refused.
    pub async fn is_refused(&mut self, name: &str) -> String {
        let Heard::Said(said) = self.hears().await else { panic!("it was closed") };
        assert_eq!(said["id"], name, "{said:#}");
        let errors =
            if said["type"] == "error" { &said["payload"] } else { &said["payload"]["errors"] };
        assert_eq!(errors.as_array().map(Vec::len), Some(1), "{said:#}");
        errors[0]["extensions"]["code"].as_str().unwrap().to_owned()
    }

    /// That it is closed from the other side, and with which code.
    pub async fn is_closed(&mut self) -> u16 {
        loop {
            match self.hears().await {
                Heard::Said(_) => {}
                Heard::Closed(code) => return code,
                Heard::Gone => panic!("it is gone without a word"),
            }
        }
    }

    /// Goes away.
    pub async fn closes(mut self) {
        self.stream.close(None).await.unwrap();
        while let Some(Ok(_)) = self.stream.next().await {}
    }
}

/// The first words of somebody with a token.
pub fn authorization(token: &str) -> Value {
    json!({ "authorization": format!("Bearer {token}") })
}
