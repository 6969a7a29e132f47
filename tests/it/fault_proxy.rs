//! A proxy before the S3 server, on which everything can happen that happens on the way to a bucket.
//!
//! It works on the bytes of a connection and passes each request on as it was sent, for its
//! signature covers the Host. A connection carries one request, and both sides are told so.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::s3_server::S3Server;

/// What becomes of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Through,
    /// Nobody is there.
    Refused,
    /// It breaks in the middle of what is kept or read.
    Cut,
    /// The bucket has a fault of its own.
    Failing,
    /// The bucket has too much to do.
    SlowDown,
    /// A byte of what is kept or read becomes another one.
    Garbled,
    /// Everything comes ten seconds later.
    Late,
}

/// A line to the bucket until this is dropped.
pub struct FaultProxy {
    pub endpoint: String,
    line: watch::Sender<Line>,
    serving: JoinHandle<()>,
}

impl FaultProxy {
    pub async fn before(server: &S3Server) -> Self {
        let target: SocketAddr = server.endpoint.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (line, seen) = watch::channel(Line::Through);
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let seen = seen.clone();
                // Whichever side hangs up, the other one sees it.
                connections.spawn(async move { carry(client, target, seen).await.ok() });
                while connections.try_join_next().is_some() {}
            }
        });
        Self { endpoint, line, serving }
    }

    /// From here on, for requests that are still to come.
    pub fn becomes(&self, line: Line) {
        self.line.send_replace(line);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn carry(
    mut client: TcpStream,
    target: SocketAddr,
    line: watch::Receiver<Line>,
) -> io::Result<()> {
    if *line.borrow() == Line::Refused {
        return Ok(());
    }
    let request = Head::read(&mut client).await?;
    let line = *line.borrow();
    match line {
        Line::Refused => return Ok(()),
        Line::Failing => return refuse(client, &request, "500", "InternalError").await,
        Line::SlowDown => return refuse(client, &request, "503", "SlowDown").await,
        Line::Late => tokio::time::sleep(Duration::from_secs(10)).await,
        Line::Through | Line::Cut | Line::Garbled => {}
    }

    let mut server = TcpStream::connect(target).await?;
    server.write_all(&request.for_one_request()).await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let (kept, read) = (request.begins_with("PUT "), request.begins_with("GET "));
    let up = async {
        let line = if kept { line } else { Line::Through };
        pass(&mut from_client, &mut to_server, request.length, line, 1).await
    };
    let down = async {
        let mut answer = Head::read(&mut from_server).await?;
        while answer.begins_with("HTTP/1.1 100") {
            to_client.write_all(&answer.bytes).await?;
            answer = Head::read(&mut from_server).await?;
        }
        to_client.write_all(&answer.bytes).await?;
        if read && answer.begins_with("HTTP/1.1 2") {
            // Not the same change as on the way there, which would mend it.
            pass(&mut from_server, &mut to_client, answer.length, line, 2).await?;
        }
        copy(&mut from_server, &mut to_client).await.map(drop)
    };
    tokio::try_join!(up, down).map(drop)
}

/// The bucket says no, when it has heard everything.
async fn refuse(mut client: TcpStream, request: &Head, status: &str, code: &str) -> io::Result<()> {
    copy(&mut (&mut client).take(request.length), &mut sink()).await?;
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>Not now.</Message></Error>"
    );
    let head = format!(
        "HTTP/1.1 {status} {code}\r\ncontent-type: application/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    client.write_all(head.as_bytes()).await?;
    if !request.begins_with("HEAD ") {
        client.write_all(body.as_bytes()).await?;
    }
    client.shutdown().await
}

/// Passes a body on, as far as the line lets it; in its middle is where things happen.
async fn pass(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    length: u64,
    line: Line,
    change: u8,
) -> io::Result<()> {
    if length == 0 {
        return Ok(());
    }
    let middle = length / 2;
    copy(&mut (&mut *from).take(middle), to).await?;
    if line == Line::Cut {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let byte = from.read_u8().await?;
    to.write_u8(if line == Line::Garbled { byte ^ change } else { byte }).await?;
    copy(&mut from.take(length - middle - 1), to).await.map(drop)
}

/// The head of a request or an answer, as it came.
struct Head {
    bytes: Vec<u8>,
    /// Of the body behind it, where the head tells.
    length: u64,
}

impl Head {
    /// Byte by byte, so that nothing of the body is taken.
    async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(from.read_u8().await?);
        }
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length = length.map_or(0, |length| length.trim().parse().unwrap());
        Ok(Self { bytes, length })
    }

    fn begins_with(&self, start: &str) -> bool {
        self.bytes.starts_with(start.as_bytes())
    }

    /// The same head, after whose answer the connection ends; the signature does not cover that.
    fn for_one_request(&self) -> Vec<u8> {
        let lines = self.bytes.strip_suffix(b"\r\n").unwrap();
        [lines, b"connection: close\r\n\r\n"].concat()
    }
}
