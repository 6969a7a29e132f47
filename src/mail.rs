//! Letters to people who have an account.
//!
//! A letter is sent after what it tells of is written, and nobody waits for it: a mail server may
//! take its time, and how long it takes must not tell whether there was anything to send. Where no
//! server is set, letters are put into a folder, for development and for the first day.

mod letter;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

pub use letter::Letter;

use crate::{config::Config, id};

/// No letter is worth waiting longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Takes letters; cheap to clone.
#[derive(Clone)]
pub struct Post(Arc<Way>);

struct Way {
    from: Mailbox,
    by: By,
}

enum By {
    Server(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

impl Post {
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let address = config.mail.from.as_str().parse();
        let from = Mailbox::new(Some("Koffer".into()), address.context("KOFFER_MAIL_FROM")?);
        let by = match &config.mail.smtp {
            Some(url) => By::Server(server(url.expose())?),
            None => By::Folder(config.data.join("mail")),
        };
        Ok(Self(Arc::new(Way { from, by })))
    }

    /// Sends a letter some time soon. What goes wrong is in the log.
    pub fn sends(&self, letter: Letter) {
        let way = self.0.clone();
        tokio::spawn(async move {
            let sent = tokio::time::timeout(PATIENCE, way.carries(letter)).await;
            if let Err(cause) = sent.unwrap_or_else(|late| Err(late.into())) {
                tracing::error!("a letter was not sent: {cause:#}");
            }
        });
    }
}

impl Way {
    async fn carries(&self, letter: Letter) -> anyhow::Result<()> {
        match &self.by {
            By::Server(server) => {
                let message = Message::builder()
                    .from(self.from.clone())
                    .to(letter.to.as_str().parse().context("the address of a letter")?)
                    .subject(letter.subject)
                    .header(ContentType::TEXT_PLAIN)
                    .body(letter.text)?;
                server.send(message).await.context("handing it to the mail server")?;
            }
            By::Folder(folder) => {
                let text = format!(
                    "From: {}\nTo: {}\nSubject: {}\n\n{}",
                    self.from, letter.to, letter.subject, letter.text
                );
                let folder = folder.clone();
                tokio::task::spawn_blocking(move || put(folder, &text)).await??;
            }
        }
        Ok(())
    }
}

/// A server on this machine may do without TLS; any other must not.
fn server(url: &str) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let mut url = url::Url::parse(url).context("KOFFER_SMTP_URL")?;
    let loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    if url.scheme() == "smtp" && !loopback {
        url.set_query(Some("tls=required"));
    }
    let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str());
    Ok(server.context("KOFFER_SMTP_URL")?.timeout(Some(PATIENCE)).build())
}

/// Whole or not at all, and for nobody else: a letter may hold a link that opens an account.
fn put(folder: PathBuf, text: &str) -> anyhow::Result<()> {
    use std::{io::Write as _, os::unix::fs::DirBuilderExt as _};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(folder.join(format!("{}.txt", id::new())))?;
    Ok(())
}
