//! The settings: what the environment says, then `koffer.toml`, then the default.
//!
//! Every setting is declared once, in `config/setting.rs`; a name that is not there is an error,
//! and so is a value that cannot be used. Nothing is read anywhere else (but `AWS_*`, which the
//! S3 store takes as every S3 tool does), and nothing changes while Koffer runs.

mod address;
mod gathered;
mod identity;
mod network;
mod secret;
mod setting;

use std::{
    fmt,
    io::IsTerminal as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use uuid::Uuid;

use self::{
    address::{DatabaseUrl, PublicUrl, SiteUrl, escaped},
    gathered::Gathered,
};
use crate::{
    api::{http, limit::Limits},
    email::Email,
    files::{Delivery, Place, clamd},
};

pub use self::{
    address::SmtpUrl,
    gathered::{InForce, Source},
    identity::IdentityProvider,
    network::Network,
    secret::Secret,
    setting::Setting,
};

/// All settings, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// An absolute path, whatever was written.
    pub data: PathBuf,
    pub files: Place,
    /// How readers get files that are kept in S3.
    pub s3_delivery: Delivery,
    /// Who looks for viruses in what is sent.
    pub clamd: Option<clamd::Address>,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// Who gets the first account.
    pub admin_email: Email,
    /// What all keys are derived from, if not from the file in the data folder.
    pub secret_key: Option<Secret>,
    pub mail: Mail,
    pub identity_provider: Option<IdentityProvider>,
    /// The largest file that is taken in, in bytes.
    pub largest_upload: u64,
    /// Attempts to sign in from one address in a minute.
    pub sign_ins: u32,
    pub log: Log,
    pub metrics: Metrics,
    /// How long a query may run.
    pub request_time: Duration,
    /// How long caches may keep a public answer.
    pub cache_time: Duration,
    public_url: PublicUrl,
    site_url: Option<SiteUrl>,
    database_url: DatabaseUrl,
    introspection: bool,
    limits: Limits,
    in_force: Vec<InForce>,
}

/// How Koffer tells what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    pub form: LogForm,
    pub level: tracing::Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    Human,
    Json,
}

/// How letters are sent.
#[derive(Debug, Clone)]
pub struct Mail {
    pub smtp: Option<SmtpUrl>,
    pub from: Email,
}

/// Where the metrics are, and who may read them.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    /// A listener of their own.
    pub listen: Option<SocketAddr>,
    /// What a reader must show.
    pub token: Option<Secret>,
}

impl Config {
    /// Reads the environment and the file: the one named, or `koffer.toml` if there is one here.
    pub fn load(named: Option<&Path>) -> anyhow::Result<Self> {
        let file = match named {
            Some(path) => Some((path.to_owned(), read(path)?)),
            None => {
                let usual = Path::new("koffer.toml");
                usual
                    .exists()
                    .then(|| Ok::<_, anyhow::Error>((usual.to_owned(), read(usual)?)))
                    .transpose()?
            }
        };

        let mut gathered = Gathered::default();
        if let Some((path, text)) = &file {
            gathered.add_file(path, text)?;
        }
        gathered.add_environment(std::env::vars_os())?;
        Self::check(gathered)
    }

    /// As if the environment held these variables and nothing else; for tests and benchmarks.
    pub fn from_variables<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> anyhow::Result<Self>
    where
        N: Into<std::ffi::OsString>,
        V: Into<std::ffi::OsString>,
    {
        let mut gathered = Gathered::default();
        gathered.add_environment(
            variables.into_iter().map(|(name, value)| (name.into(), value.into())),
        )?;
        Self::check(gathered)
    }

    fn check(mut from: Gathered) -> anyhow::Result<Self> {
        let listen = from.setting("listen", network::listener)?;
        let public_url: PublicUrl =
            from.setting_or("public_url", || address::reached_at(listen), str::parse)?;
        let site_url = from.optional("site_url", str::parse)?;
        let data = from
            .setting("data", |path| std::path::absolute(path).map_err(|cause| cause.to_string()))?;
        let database_url =
            from.setting_or("database_url", || address::embedded(&data), str::parse)?;

        let files = from.setting("files", |place| {
            place.parse().map_err(|cause: anyhow::Error| cause.to_string())
        })?;
        let s3_delivery = from.setting("s3_delivery", str::parse)?;
        ensure!(
            !(files == Place::Disk && s3_delivery == Delivery::Redirect),
            "KOFFER_S3_DELIVERY cannot be \"redirect\" while files are kept on the disk; leave it out, or set KOFFER_FILES to `s3://bucket/prefix`"
        );

        let sender = || match public_url.host() {
            host if host.contains('.') && host.parse::<std::net::IpAddr>().is_err() => {
                format!("koffer@{host}")
            }
            _ => "koffer@localhost".to_owned(),
        };
        let mail = Mail {
            smtp: from.optional("smtp_url", str::parse)?,
            from: from.setting_or("mail_from", sender, str::parse)?,
        };
        let sign_ins = from.setting("limit_sign_ins", whole(1..=1_000_000))? as u32;

        let most = Limits::default();
        let limits = Limits {
            depth: from.setting("limit_depth", whole(1..=most.levels))?,
            nodes: from.setting("limit_nodes", whole(1..=1_000_000))?,
            aliases: from.setting("limit_aliases", whole(0..=10_000))?,
            root_fields: from.setting("limit_root_fields", whole(1..=10_000))?,
            cost: from.setting("limit_cost", whole(1..=10_000_000))?,
            ..most
        };

        Ok(Self {
            listen,
            data,
            files,
            s3_delivery,
            clamd: from.optional("clamd", str::parse)?,
            largest_upload: from.setting("upload_mib", whole(1..=200))? as u64 * 1024 * 1024,
            trusted_proxies: from.setting_or("trusted_proxies", String::new, network::list)?,
            introspection: from.setting("introspection", on_or_off)?,
            admin_email: from.setting("admin_email", str::parse)?,
            secret_key: from.optional("secret_key", Secret::token)?,
            mail,
            identity_provider: IdentityProvider::of(&mut from)?,
            sign_ins,
            log: Log {
                form: from.setting_or("log", LogForm::usual, str::parse)?,
                level: from.setting("log_level", level)?,
            },
            metrics: Metrics {
                listen: from.optional("metrics_listen", network::listener)?,
                token: from.optional("metrics_token", Secret::token)?,
            },
            request_time: Duration::from_secs(
                from.setting("request_seconds", whole(1..=300))? as u64
            ),
            cache_time: Duration::from_secs(
                from.setting("cache_seconds", whole(0..=31_536_000))? as u64
            ),
            public_url,
            site_url,
            database_url,
            limits,
            in_force: from.in_force(),
        })
    }

    /// How the outside reaches us, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        self.public_url.as_str()
    }

    /// The origin of our own pages, as browsers name it.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.public_url.origin()
    }

    /// Whether the outside reaches us over TLS.
    #[must_use]
    pub fn is_public_over_tls(&self) -> bool {
        self.public_url.is_https()
    }

    /// Whether nobody but this machine is meant to reach us.
    #[must_use]
    pub fn is_for_this_machine_only(&self) -> bool {
        self.listen.ip().is_loopback() && self.public_url.is_loopback()
    }

    /// Whether cookies may go without TLS: only where nothing leaves this machine.
    #[must_use]
    pub fn is_plain_on_this_machine(&self) -> bool {
        !self.public_url.is_https() && self.public_url.is_loopback()
    }

    /// Where people read a published entry on the public site, if its address is known.
    #[must_use]
    pub fn entry_url(&self, kind: &str, slug: &str) -> Option<String> {
        self.site_url.as_ref().map(|site| site.of(kind, slug))
    }

    /// Whether this is the origin of our own pages, or of the public site.
    #[must_use]
    pub fn is_our_origin(&self, origin: &str) -> bool {
        let site = self.site_url.as_ref().and_then(SiteUrl::origin);
        origin == self.origin() || site.is_some_and(|site| origin == site)
    }

    /// Where a file can be downloaded.
    #[must_use]
    pub fn file_url(&self, id: Uuid, name: &str) -> String {
        format!("{}/files/{id}/{}", self.public_url(), escaped(name))
    }

    /// Where the pictures that are made of a file can be loaded.
    #[must_use]
    pub fn image_url(&self, id: Uuid) -> String {
        format!("{}/images/{id}", self.public_url())
    }

    /// For connecting only; to show it, there is [`Config::database`].
    #[must_use]
    pub fn database_url(&self) -> &str {
        self.database_url.expose()
    }

    /// The file of the embedded database, if that is what is used.
    #[must_use]
    pub fn embedded_database(&self) -> Option<PathBuf> {
        self.database_url.file()
    }

    /// The database's address as people may see it.
    #[must_use]
    pub fn database(&self) -> impl fmt::Display {
        &self.database_url
    }

    /// Whether anybody may ask for the schema.
    #[must_use]
    pub fn introspection(&self) -> bool {
        self.introspection
    }

    /// What a query may cost.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits.clone()
    }

    /// The numbers of GraphQL over HTTP.
    #[must_use]
    pub fn http(&self) -> http::Settings {
        http::Settings { fresh: self.cache_time, ..http::Settings::default() }
    }

    /// Every setting as it is, without secrets, and where it came from.
    #[must_use]
    pub fn in_force(&self) -> &[InForce] {
        &self.in_force
    }
}

impl LogForm {
    /// People read terminals; programs read the rest.
    fn usual() -> String {
        if std::io::stderr().is_terminal() { "human" } else { "json" }.into()
    }
}

impl std::str::FromStr for LogForm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err("write `human` or `json`".into()),
        }
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("the settings in {} cannot be read", path.display()))
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" | "true" => Ok(true),
        "off" | "false" => Ok(false),
        _ => Err("write `on` or `off`".into()),
    }
}

fn level(text: &str) -> Result<tracing::Level, String> {
    let known = ["error", "warn", "info", "debug", "trace"].contains(&text);
    let wrong = || "write `error`, `warn`, `info`, `debug` or `trace`".to_owned();
    if known { text.parse().map_err(|_| wrong()) } else { Err(wrong()) }
}

fn whole(range: std::ops::RangeInclusive<usize>) -> impl Fn(&str) -> Result<usize, String> {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            format!("write a whole number from {} to {}", range.start(), range.end())
        })
    }
}

#[cfg(test)]
mod tests;
