//! Connections: accepted, served, and brought to an end in good order.
//!
//! poem's own server sets neither a time for the headers nor their size, and spins when the system
//! has no more handles. So hyper is used directly: HTTP/1.1, as proxies speak it to what is behind
//! them; TLS and HTTP/2 are theirs.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::{
    Endpoint, Request, Response,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::shutdown::Stop;

/// More at once would only share what there is between more.
const AT_ONCE: usize = 4096;

/// Who has not said what they want by then, or says nothing more, is let go.
const HEADERS_WITHIN: Duration = Duration::from_secs(15);

/// An address of 8 KiB and headers of 16.
const HEADER_BYTES: usize = 24 * 1024;

/// How long running requests may take to finish when we stop.
const LAST_ORDERS: Duration = Duration::from_secs(20);

/// Serves until it is time to stop, and then until everybody has their answer.
pub async fn serve<E>(listener: TcpListener, house: E, stop: Stop)
where
    E: Endpoint<Output = Response> + 'static,
{
    let house = Arc::new(house);
    let here = listener.local_addr().ok();
    let mut guests = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = guests.join_next() => {}
            accepted = listener.accept(), if guests.len() < AT_ONCE => match accepted {
                Ok((stream, from)) => {
                    guests.spawn(attend(stream, (here.unwrap_or(from), from), house.clone(), stop.clone()));
                }
                // Out of handles, mostly; that passes as guests leave.
                Err(cause) => {
                    tracing::warn!("a connection could not be accepted: {cause}");
                    sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }

    drop(listener);
    let all_gone = async { while guests.join_next().await.is_some() {} };
    if timeout(LAST_ORDERS, all_gone).await.is_err() {
        tracing::warn!("{} connections were cut off after {LAST_ORDERS:?}", guests.len());
        guests.shutdown().await;
    }
}

async fn attend<E>(
    stream: TcpStream,
    (here, from): (SocketAddr, SocketAddr),
    house: Arc<E>,
    stop: Stop,
) where
    E: Endpoint<Output = Response> + 'static,
{
    // Answers are written whole; waiting for more would only delay them.
    stream.set_nodelay(true).ok();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let house = house.clone();
        async move {
            let request = Request::from((
                request,
                LocalAddr(here.into()),
                RemoteAddr(from.into()),
                Scheme::HTTP,
            ));
            Ok::<_, Infallible>(hyper::Response::from(house.get_response(request).await))
        }
    });

    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_header_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(cause) = ended {
        // Somebody went away, or did not speak HTTP; neither is our affair.
        tracing::debug!("a connection ended early: {cause}");
    }
}
