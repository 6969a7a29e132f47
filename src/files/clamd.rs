//! Who looks for viruses in what is sent: a clamd, beside us or somewhere in the house.
//!
//! The bytes are streamed to it (`INSTREAM`), so it needs no access to our folders. It is asked
//! before anything is kept; what becomes of its verdict is decided by whoever asks.

use std::{fmt, io, path::Path, path::PathBuf, str::FromStr, time::Duration};

use clamav_client::{PONG, tokio as clamd, tokio::TransportProtocol};
use tokio::{
    net::{TcpStream, UnixStream},
    time::timeout,
};
use tokio_util::either::Either;

/// How long it may take to be reached.
const CONNECTING: Duration = Duration::from_secs(3);

/// How long it may take in all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sent at a time.
const CHUNK: usize = 64 * 1024;

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    /// By this name.
    Infected(String),
    /// Nobody has looked, or not at all of it; the log says why.
    Unreachable,
}

/// Where clamd is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Unix(PathBuf),
    /// Host and port.
    Tcp(String),
}

/// Has files looked at.
#[derive(Debug, Clone)]
pub struct Scanner {
    address: Address,
}

impl Scanner {
    #[must_use]
    pub fn at(address: Address) -> Self {
        Self { address }
    }

    /// Has a file looked at, from its first byte to its last.
    pub async fn scan(&self, path: &Path) -> Verdict {
        let asked = within(PATIENCE, clamd::scan_file(path, &self.address, Some(CHUNK))).await;
        let told = match asked {
            Ok(told) => String::from_utf8_lossy(&told).into_owned(),
            Err(cause) => {
                // It hangs up on a stream that is longer than it takes.
                tracing::warn!(
                    "{} has not looked at a file ({cause}); is it running, and its StreamMaxLength at least KOFFER_UPLOAD_MIB?",
                    self.address
                );
                return Verdict::Unreachable;
            }
        };
        let told = told.trim_end_matches(['\0', '\n']);
        let told = told.strip_prefix("stream: ").unwrap_or(told);
        match told.strip_suffix(" FOUND") {
            Some(name) => Verdict::Infected(name.to_owned()),
            None if told == "OK" => Verdict::Clean,
            None => {
                tracing::warn!("{} has not looked at a file: {told}", self.address);
                Verdict::Unreachable
            }
        }
    }

    /// Whether somebody is there, for `koffer doctor`.
    pub async fn answers(&self) -> io::Result<()> {
        match within(CONNECTING, clamd::ping(&self.address)).await {
            Ok(told) if told == PONG => Ok(()),
            Ok(told) => {
                let told = String::from_utf8_lossy(&told).into_owned();
                Err(io::Error::new(io::ErrorKind::InvalidData, format!("it says {told:?}")))
            }
            Err(cause) => Err(cause),
        }
    }
}

/// Not longer than this.
async fn within<T>(patience: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(patience, work).await?
}

impl TransportProtocol for Address {
    type Stream = Either<UnixStream, TcpStream>;

    async fn connect(&self) -> io::Result<Self::Stream> {
        match self {
            Self::Unix(path) => {
                within(CONNECTING, UnixStream::connect(path)).await.map(Either::Left)
            }
            Self::Tcp(host) => {
                within(CONNECTING, TcpStream::connect(host)).await.map(Either::Right)
            }
        }
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(setting: &str) -> Result<Self, Self::Err> {
        if let Some(path) = setting.strip_prefix("unix:").filter(|path| path.starts_with('/')) {
            return Ok(Self::Unix(path.into()));
        }
        let host = setting.strip_prefix("tcp://").map(|host| host.trim_end_matches('/'));
        let host = host.and_then(|host| Some((host, host.rsplit_once(':')?)));
        match host {
            Some((host, (name, port))) if !name.is_empty() && port.parse::<u16>().is_ok() => {
                Ok(Self::Tcp(host.to_owned()))
            }
            _ => Err("write `unix:/run/clamav/clamd.ctl` or `tcp://host:3310`".into()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "clamd at {}", path.display()),
            Self::Tcp(host) => write!(f, "clamd at {host}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
        net::{TcpListener, UnixListener},
    };

    use super::*;

    /// Takes at most so many bytes; finds what looks like the test virus.
    const MOST: usize = 300_000;

    /// One conversation as clamd holds it.
    async fn talks(mut line: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let mut command = Vec::new();
        while line.read_u8().await.map(|byte| command.push(byte)).is_ok() {
            if command.ends_with(b"\0") {
                break;
            }
        }
        if command == b"zPING\0" {
            return line.write_all(b"PONG\0").await;
        }
        assert_eq!(command, b"zINSTREAM\0");
        let mut sent = Vec::new();
        loop {
            let length = line.read_u32().await? as usize;
            if length == 0 {
                break;
            }
            let begin = sent.len();
            sent.resize(begin + length, 0);
            line.read_exact(&mut sent[begin..]).await?;
            if sent.len() > MOST {
                return line.write_all(b"INSTREAM size limit exceeded. ERROR\0").await;
            }
        }
        let infected = sent.windows(5).any(|piece| piece == b"EICAR");
        let told = if infected { "stream: Eicar-Signature FOUND\0" } else { "stream: OK\0" };
        line.write_all(told.as_bytes()).await
    }

    fn at(address: &str) -> Scanner {
        Scanner::at(address.parse().unwrap())
    }

    /// What is found in these bytes.
    async fn found(scanner: &Scanner, bytes: &[u8]) -> Verdict {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        scanner.scan(&path).await
    }

    async fn looks_for_viruses(scanner: &Scanner) {
        let clean = vec![b'.'; 200_000];
        let mut infected = clean.clone();
        infected[150_000..150_005].copy_from_slice(b"EICAR");
        scanner.answers().await.unwrap();
        assert_eq!(found(scanner, b"").await, Verdict::Clean);
        assert_eq!(found(scanner, &clean).await, Verdict::Clean);
        let by_name = Verdict::Infected("Eicar-Signature".into());
        assert_eq!(found(scanner, &infected).await, by_name);
        assert_eq!(found(scanner, &vec![b'.'; 2_000_000]).await, Verdict::Unreachable);
    }

    #[tokio::test]
    async fn a_clamd_beside_us_looks_for_viruses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clamd.ctl");
        let listener = UnixListener::bind(&path).unwrap();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(talks(line));
            }
        });
        looks_for_viruses(&at(&format!("unix:{}", path.display()))).await;
    }

    #[tokio::test]
    async fn a_clamd_somewhere_else_looks_for_viruses() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(talks(line));
            }
        });
        looks_for_viruses(&at(&address)).await;
    }

    #[tokio::test]
    async fn where_nobody_is_nothing_is_clean() {
        let folder = tempfile::tempdir().unwrap();
        let nobody = at(&format!("unix:{}", folder.path().join("nobody").display()));
        assert!(nobody.answers().await.is_err());
        assert_eq!(found(&nobody, b"x").await, Verdict::Unreachable);
    }

    #[test]
    fn an_address_is_a_socket_or_a_host_with_its_port() {
        for address in ["unix:/run/clamav/clamd.ctl", "tcp://127.0.0.1:3310", "tcp://[::1]:3310/"] {
            assert!(address.parse::<Address>().is_ok(), "{address}");
        }
        for wrong in [
            "",
            "unix:",
            "unix:clamd.ctl",
            "tcp://",
            "tcp://host",
            "tcp://:3310",
            "http://host:3310",
        ] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }
}
