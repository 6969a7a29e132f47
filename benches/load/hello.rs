//! What the machine can do at all: poem and async-graphql with `{ hello }`, and nothing else.
//!
//! It runs as a process of its own, from this same program, as the real one does.

use std::{net::SocketAddr, time::Duration};

use anyhow::bail;
use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema};
use poem::{
    EndpointExt as _, Response, Route, Server, handler,
    listener::TcpListener,
    post,
    web::{Data, Json},
};

use crate::process::{Cores, Running, free_address, pinned};

type HelloSchema = Schema<Hallo, EmptyMutation, EmptySubscription>;

struct Hallo;

#[Object]
impl Hallo {
    async fn hello(&self) -> &'static str {
        "Hallo"
    }
}

#[handler]
async fn graphql(schema: Data<&HelloSchema>, Json(request): Json<Request>) -> Response {
    let response = schema.execute(request).await;
    Response::builder()
        .content_type("application/json")
        .body(serde_json::to_vec(&response).unwrap_or_default())
}

/// Serves until it is stopped.
pub async fn serve(address: &str) -> anyhow::Result<()> {
    let schema = Schema::new(Hallo, EmptyMutation, EmptySubscription);
    let routes = Route::new().at("/graphql", post(graphql)).data(schema);
    Ok(Server::new(TcpListener::bind(address.to_owned())).run(routes).await?)
}

pub struct Hello {
    address: SocketAddr,
    server: Running,
}

impl Hello {
    pub async fn start() -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut command = pinned(Cores::First, std::env::current_exe()?);
        let server = Running::start(command.args(["hello", &address.to_string()]))?;
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(Self { address, server });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("hello does not start")
    }

    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    pub fn pid(&self) -> u32 {
        self.server.pid()
    }
}
