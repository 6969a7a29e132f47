//! The conversation on a socket, in the words of `graphql-transport-ws`.
//!
//! First somebody says who they are, then they ask as often as they like, several things at once.
//! Every question passes the gate, and before it somebody looks whether the session still holds.
//! What async-graphql brings for sockets does none of that, nor does it keep to the protocol's
//! codes, so this is our own.

use std::{collections::HashMap, panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};

use async_graphql::{Executor as _, Request, Response};
use chrono::{DateTime, Utc};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use poem::Upgraded;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, protocol::CloseFrame},
};

use super::{
    MESSAGE, Sockets,
    guest::Guest,
    seats::{Seat, Seats},
};
use crate::{
    api::{
        error::{RequestId, refused, told},
        http::is_request_error,
    },
    auth::caller::Caller,
    clock, db,
    error::Failure,
};

/// Who has not said who they are by then is let go.
const INTRODUCTION: Duration = Duration::from_secs(5);

/// How often we ask whether somebody is still there.
const PING: Duration = Duration::from_secs(20);

/// How often we look whether somebody may still be there.
const LOOK: Duration = Duration::from_secs(2);

/// Who does not read what they have asked for is let go.
const SLOW: Duration = Duration::from_secs(10);

/// Questions that run at once.
const RUNNING: usize = 10;

/// Answers that wait for their turn on the socket; who asks for more has to wait as well.
const WAITING: usize = 16;

/// Names of operations are chosen by the client.
const LONGEST_NAME: usize = 128;

/// Why a socket is closed from here, in the protocol's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Farewell {
    code: u16,
    reason: &'static str,
}

impl Farewell {
    pub const GOING_AWAY: Self = Self::new(1001, "Koffer is stopping");
    pub const TOO_LARGE: Self = Self::new(1009, "A message may have 64 KiB");
    pub const BAD_REQUEST: Self = Self::new(4400, "This message cannot be understood");
    pub const UNAUTHENTICATED: Self = Self::new(4401, "Unauthorized");
    pub const EXPIRED: Self = Self::new(4401, "The access token has ended");
    pub const FORBIDDEN: Self = Self::new(4403, "Forbidden");
    pub const SILENT: Self = Self::new(4408, "Connection initialisation timeout");
    pub const TAKEN: Self = Self::new(4409, "There is an operation of this name already");
    pub const TWICE: Self = Self::new(4429, "Too many initialisation requests");
    pub const TOO_MANY: Self = Self::new(4429, "Too many sockets");
    pub const INTERNAL: Self = Self::new(4500, "Something went wrong on our side");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason }
    }
}

/// How a conversation ends.
enum End {
    /// We end it, and say why.
    Ours(Farewell),
    /// The other side has gone, or does not read any more.
    Theirs,
}

impl From<Farewell> for End {
    fn from(farewell: Farewell) -> Self {
        Self::Ours(farewell)
    }
}

/// What the other side says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    ConnectionInit { payload: Option<Value> },
    Subscribe { id: String, payload: Box<Request> },
    Complete { id: String },
    Ping { payload: Option<Value> },
    Pong {},
}

/// A part of an answer on its way to the socket.
struct Part {
    id: String,
    /// Which operation of that name it belongs to; a client may use a name again.
    number: u64,
    what: What,
}

enum What {
    Next(Box<Response>),
    /// Nothing was executed.
    Refused(Box<Response>),
    End,
}

struct Operation {
    number: u64,
    task: AbortHandle,
}

/// One socket, from the first word to the last.
pub struct Conversation {
    sockets: Arc<Sockets>,
    socket: WebSocketStream<Upgraded>,
    caller: Caller,
    /// Given back when it ends.
    seat: Seat,
    guest: Option<Guest>,
    running: HashMap<String, Operation>,
    tasks: JoinSet<()>,
    begun: u64,
    give: mpsc::Sender<Part>,
    take: mpsc::Receiver<Part>,
    /// When it ends if nothing happens: for want of an introduction, or with the token.
    deadline: Option<Pin<Box<Sleep>>>,
    heard: bool,
}

impl Conversation {
    pub fn new(
        sockets: Arc<Sockets>,
        socket: WebSocketStream<Upgraded>,
        caller: Caller,
        seat: Seat,
    ) -> Self {
        let (give, take) = mpsc::channel(WAITING);
        Self {
            sockets,
            socket,
            caller,
            seat,
            guest: None,
            running: HashMap::new(),
            tasks: JoinSet::new(),
            begun: 0,
            give,
            take,
            deadline: Some(Box::pin(sleep_until(Instant::now() + INTRODUCTION))),
            heard: true,
        }
    }

    pub async fn run(mut self) {
        let end = match self.talks().await {
            Err(end) => end,
            Ok(never) => match never {},
        };
        self.tasks.shutdown().await;
        if let End::Ours(farewell) = end {
            tracing::debug!(code = farewell.code, "a socket was closed: {}", farewell.reason);
            // Whoever does not listen to it any more is gone as well.
            let _ = timeout(INTRODUCTION, self.takes_leave(farewell)).await;
        }
        drop(self.seat);
    }

    async fn talks(&mut self) -> Result<std::convert::Infallible, End> {
        let stop = self.sockets.stop.clone();
        let (mut ping, mut look) = (every(PING), every(LOOK));
        loop {
            tokio::select! {
                () = stop.cancelled() => return Err(Farewell::GOING_AWAY.into()),
                () = at(&mut self.deadline) => return Err(self.is_over()),
                _ = ping.tick() => self.asks_whether_somebody_is_there().await?,
                _ = look.tick() => self.looks_again().await?,
                heard = self.socket.next() => self.hears(heard).await?,
                Some(part) = self.take.recv() => self.passes_on(part).await?,
                Some(_) = self.tasks.join_next(), if !self.tasks.is_empty() => {}
            }
        }
    }

    async fn hears(
        &mut self,
        heard: Option<Result<Message, tungstenite::Error>>,
    ) -> Result<(), End> {
        self.heard = true;
        match heard {
            Some(Ok(Message::Text(text))) => {
                let said = serde_json::from_str(&text).map_err(|_| Farewell::BAD_REQUEST)?;
                self.answers(said).await
            }
            Some(Ok(Message::Binary(_))) => Err(Farewell::BAD_REQUEST.into()),
            // What was received is answered by the library, with the next thing that is sent.
            Some(Ok(Message::Ping(_))) => self.within(|socket| Box::pin(socket.flush())).await,
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => Ok(()),
            Some(Err(tungstenite::Error::Capacity(_))) => Err(Farewell::TOO_LARGE.into()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Theirs),
        }
    }

    async fn answers(&mut self, said: Said) -> Result<(), End> {
        match said {
            Said::ConnectionInit { .. } if self.guest.is_some() => Err(Farewell::TWICE.into()),
            Said::ConnectionInit { payload } => self.welcomes(payload.as_ref()).await,
            Said::Ping { payload } => {
                let pong = match payload {
                    None => json!({ "type": "pong" }),
                    Some(payload) => json!({ "type": "pong", "payload": payload }),
                };
                self.says(&pong).await
            }
            Said::Pong {} => Ok(()),
            Said::Complete { id } => {
                if let Some(operation) = self.running.remove(&id) {
                    operation.task.abort();
                }
                Ok(())
            }
            Said::Subscribe { id, payload } => self.begins(id, *payload).await,
        }
    }

    async fn welcomes(&mut self, said: Option<&Value>) -> Result<(), End> {
        let guest = Guest::welcome(&self.sockets.app, &self.caller, said).await?;
        let whose = guest.whose(&self.caller);
        self.seat = Seats::take(&self.sockets.seats, whose).ok_or(Farewell::TOO_MANY)?;
        self.deadline = guest.until.map(|until| Box::pin(sleep_until(instant(until))));
        self.guest = Some(guest);
        self.says(&json!({ "type": "connection_ack" })).await
    }

    async fn begins(&mut self, id: String, request: Request) -> Result<(), End> {
        let guest = self.guest.as_mut().ok_or(Farewell::UNAUTHENTICATED)?;
        if id.is_empty() || id.len() > LONGEST_NAME {
            return Err(Farewell::BAD_REQUEST.into());
        }
        if self.running.contains_key(&id) {
            return Err(Farewell::TAKEN.into());
        }
        if self.running.len() >= RUNNING {
            let why = format!("At most {RUNNING} operations run on a socket at once.");
            return self.refuses(&id, Failure::CostLimit(why)).await;
        }
        let request = match guest.prepares(&self.sockets.app, &self.caller, request).await {
            Ok(request) => request,
            Err(failure @ (Failure::Unauthenticated | Failure::Forbidden)) => {
                return Err(Farewell::of(failure).into());
            }
            Err(failure) => return self.refuses(&id, failure).await,
        };

        self.begun += 1;
        let number = self.begun;
        let mut answers = self.sockets.gate.execute_stream(request, None);
        let (give, name) = (self.give.clone(), id.clone());
        let operation = async move {
            let part = |what| Part { id: name.clone(), number, what };
            let all = async {
                while let Some(answer) = answers.next().await {
                    if is_request_error(&answer) {
                        let _ = give.send(part(What::Refused(Box::new(answer)))).await;
                        return;
                    }
                    let _ = give.send(part(What::Next(Box::new(answer)))).await;
                }
            };
            // The panic hook has already said where; the operation ends like any other.
            let _ = AssertUnwindSafe(all).catch_unwind().await;
            let _ = give.send(part(What::End)).await;
        };
        let task = self.tasks.spawn(operation);
        self.running.insert(id, Operation { number, task });
        Ok(())
    }

    async fn passes_on(&mut self, Part { id, number, what }: Part) -> Result<(), End> {
        // Whoever has lost interest is not told.
        if self.running.get(&id).is_none_or(|operation| operation.number != number) {
            return Ok(());
        }
        match what {
            What::Next(answer) => {
                self.says(&json!({ "type": "next", "id": id, "payload": answer })).await
            }
            What::Refused(answer) => {
                self.running.remove(&id);
                self.says(&json!({ "type": "error", "id": id, "payload": answer.errors })).await
            }
            What::End => {
                self.running.remove(&id);
                self.says(&json!({ "type": "complete", "id": id })).await
            }
        }
    }

    async fn refuses(&mut self, id: &str, failure: Failure) -> Result<(), End> {
        let response = Response::from_errors(vec![refused(failure)]);
        let errors = told(response, &RequestId::new()).errors;
        self.says(&json!({ "type": "error", "id": id, "payload": errors })).await
    }

    async fn looks_again(&mut self) -> Result<(), End> {
        let Some(guest) = self.guest.as_mut().filter(|guest| !guest.is_public()) else {
            return Ok(());
        };
        match db::uncounted(guest.look_again(&self.sockets.app, &self.caller)).await {
            Err(failure @ (Failure::Unauthenticated | Failure::Forbidden)) => {
                Err(Farewell::of(failure).into())
            }
            // A database that is away for a moment ends nobody's session.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn asks_whether_somebody_is_there(&mut self) -> Result<(), End> {
        if !std::mem::take(&mut self.heard) {
            return Err(End::Theirs);
        }
        self.within(|socket| Box::pin(socket.send(Message::Ping(Vec::new().into())))).await
    }

    fn is_over(&self) -> End {
        match self.guest {
            None => Farewell::SILENT.into(),
            Some(_) => Farewell::EXPIRED.into(),
        }
    }

    async fn says(&mut self, message: &Value) -> Result<(), End> {
        let text = message.to_string();
        self.within(|socket| Box::pin(socket.send(Message::text(text)))).await
    }

    /// Does something with the socket, as long as the other side keeps up.
    async fn within<F>(&mut self, does: F) -> Result<(), End>
    where
        F: for<'s> FnOnce(
            &'s mut WebSocketStream<Upgraded>,
        )
            -> futures_util::future::BoxFuture<'s, Result<(), tungstenite::Error>>,
    {
        match timeout(SLOW, does(&mut self.socket)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_gone)) => Err(End::Theirs),
            Err(_slow) => {
                tracing::info!("a socket was dropped: nobody read for {SLOW:?}");
                Err(End::Theirs)
            }
        }
    }

    /// Says why, and waits for the other side to have heard it.
    async fn takes_leave(&mut self, farewell: Farewell) {
        let frame = CloseFrame { code: farewell.code.into(), reason: farewell.reason.into() };
        if self.socket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = self.socket.next().await {}
        }
    }
}

/// Again and again, the first time after one period. Whoever was kept busy is not hurried.
fn every(period: Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// When it is time; never, where there is no time.
async fn at(deadline: &mut Option<Pin<Box<Sleep>>>) {
    match deadline {
        Some(deadline) => deadline.await,
        None => std::future::pending().await,
    }
}

/// A time of the calendar, as the timer knows it.
fn instant(time: DateTime<Utc>) -> Instant {
    Instant::now() + (time - clock::now()).to_std().unwrap_or_default()
}

const _: () = assert!(MESSAGE == 64 * 1024, "the farewell names the number");
