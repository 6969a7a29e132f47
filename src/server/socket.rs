//! `WS /graphql`: how a request becomes a socket.
//!
//! Browsers let any page open a socket anywhere, so a page from elsewhere is refused by its
//! `Origin`; cookies are not read here at all. Who somebody is they say in their first words, see
//! `conversation.rs`. Who comes too often is refused by `seats.rs`.

mod conversation;
mod guest;
mod seats;

use std::{sync::Arc, time::Duration};

use poem::{
    Endpoint, Request, Response,
    http::{HeaderMap, Method, StatusCode, header},
};
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::derive_accept_key,
        protocol::{Role, WebSocketConfig},
    },
};

use self::{
    conversation::Conversation,
    seats::{Seats, Whose},
};
use super::visitor::Visitors;
use crate::{
    api::{gate::Gate, witness::Witness},
    app::App,
    schema::Koffer,
    shutdown::Stop,
};

/// The one language that is spoken here.
const PROTOCOL: &str = "graphql-transport-ws";

/// The largest message that is taken.
const MESSAGE: usize = 64 * 1024;

/// How long the change from HTTP may take.
const UPGRADE_WITHIN: Duration = Duration::from_secs(10);

/// What answers on sockets: the same gate as for HTTP.
pub type Answers = Gate<Witness<Koffer>>;

/// What all sockets share.
pub struct Sockets {
    app: Arc<App>,
    gate: Answers,
    visitors: Arc<Visitors>,
    seats: Arc<Seats>,
    stop: Stop,
}

impl Sockets {
    pub fn new(app: Arc<App>, gate: Answers, visitors: Arc<Visitors>, stop: Stop) -> Arc<Self> {
        Arc::new(Self { app, gate, visitors, seats: Arc::default(), stop })
    }

    fn opens(self: &Arc<Self>, request: &Request) -> Result<Response, poem::Error> {
        let headers = request.headers();
        let key = self.admits(headers).map_err(poem::Error::from_status)?;
        let caller = self.visitors.caller(request);
        let seat = Seats::take(&self.seats, Whose::Unknown(caller.machine()))
            .ok_or_else(|| poem::Error::from_status(StatusCode::TOO_MANY_REQUESTS))?;
        let upgrade = request
            .take_upgrade()
            .map_err(|_| poem::Error::from_status(StatusCode::UPGRADE_REQUIRED))?;

        let sockets = self.clone();
        self.app.tidying.spawn(async move {
            // Whoever does not go on is let go.
            let Ok(Ok(stream)) = timeout(UPGRADE_WITHIN, upgrade).await else { return };
            let most = WebSocketConfig::default()
                .max_message_size(Some(MESSAGE))
                .max_frame_size(Some(MESSAGE));
            let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(most)).await;
            Conversation::new(sockets, socket, caller, seat).run().await;
        });
        Ok(Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_ACCEPT, key)
            .header(header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL)
            .finish())
    }

    /// The key to answer with, if the request is one for us.
    fn admits(&self, headers: &HeaderMap) -> Result<String, StatusCode> {
        if self.stop.is_cancelled() {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
        if origin.is_some_and(|origin| !self.app.config.is_our_origin(origin)) {
            return Err(StatusCode::FORBIDDEN);
        }
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(StatusCode::UPGRADE_REQUIRED);
        }
        if !lists(headers, header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL) {
            return Err(StatusCode::BAD_REQUEST);
        }
        let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or(StatusCode::BAD_REQUEST)?;
        Ok(derive_accept_key(key.as_bytes()))
    }
}

/// An address that answers on sockets, too.
pub struct Beside<E> {
    pub http: E,
    pub sockets: Arc<Sockets>,
}

impl<E: Endpoint<Output = Response>> Endpoint for Beside<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if wants_socket(&request) {
            return self.sockets.opens(&request);
        }
        self.http.call(request).await
    }
}

fn wants_socket(request: &Request) -> bool {
    *request.method() == Method::GET
        && lists(request.headers(), header::CONNECTION, "upgrade")
        && lists(request.headers(), header::UPGRADE, "websocket")
}

/// Whether a header that is a list has this word in it.
fn lists(headers: &HeaderMap, name: header::HeaderName, word: &str) -> bool {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|one| one.trim().eq_ignore_ascii_case(word))
}
