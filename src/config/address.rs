//! Addresses in the settings: how we are reached, where the site is, where the database is.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};

/// What a step of a path may carry unescaped.
const STEP: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same for a whole path.
const PATH: &AsciiSet = &STEP.remove(b'/');

/// A text as one step of an address's path.
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, STEP).to_string()
}

/// How the outside reaches us.
#[derive(Debug, Clone)]
pub struct PublicUrl {
    text: String,
    origin: String,
    host: String,
    https: bool,
    loopback: bool,
}

impl PublicUrl {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port, as browsers say where a request comes from.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn is_https(&self) -> bool {
        self.https
    }

    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = web(text)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err("leave out what follows `?` or `#`".into());
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            origin: url.origin().ascii_serialization(),
            host: url.host_str().unwrap_or_default().to_owned(),
            https: url.scheme() == "https",
            loopback,
        })
    }
}

/// Where people read published entries: an address with places for the kind and the slug.
#[derive(Debug, Clone)]
pub struct SiteUrl(String);

impl SiteUrl {
    pub fn of(&self, kind: &str, slug: &str) -> String {
        self.0.replace("{kind}", &escaped(kind)).replace("{slug}", &escaped(slug))
    }

    /// Scheme, host and port, as browsers say where a request comes from.
    pub fn origin(&self) -> Option<String> {
        Url::parse(&self.of("kind", "slug")).ok().map(|url| url.origin().ascii_serialization())
    }
}

impl FromStr for SiteUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.contains("{slug}") {
            return Err(
                "it needs a place for the slug, such as `https://example.org/{kind}/{slug}`".into(),
            );
        }
        let filled = text.replace("{kind}", "kind").replace("{slug}", "slug");
        if filled.contains(['{', '}']) {
            return Err("only `{kind}` and `{slug}` can be filled in".into());
        }
        web(&filled)?;
        Ok(Self(text.to_owned()))
    }
}

/// Where the database is. Shown without its password.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Where SQLite keeps it.
    pub fn file(&self) -> Option<PathBuf> {
        let path = self.0.strip_prefix("sqlite://")?.split('?').next()?;
        Some(percent_decode_str(path).decode_utf8_lossy().into_owned().into())
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = "write `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`";
        let url = Url::parse(text).map_err(|_| wanted.to_owned())?;
        match url.scheme() {
            "postgres" | "postgresql" => Ok(Self(text.to_owned())),
            "sqlite" if text.contains(":memory:") || text.contains("mode=memory") => {
                Err("a database in memory is gone with its first connection; name a file".into())
            }
            "sqlite" if text.starts_with("sqlite://") && text.len() > "sqlite://".len() => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(wanted.into()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.0))
    }
}

/// The address with `***` for the password, which may also stand among the parameters.
pub fn without_password(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return "***".into() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "***".into();
    }
    if url.query_pairs().any(|(name, _)| name.to_lowercase().contains("password")) {
        url.set_query(Some("***"));
    }
    url.into()
}

/// The embedded database in the data folder.
pub fn embedded(data: &Path) -> String {
    let file = data.join("koffer.db");
    format!("sqlite://{}", utf8_percent_encode(&file.to_string_lossy(), PATH))
}

/// Who sends a letter to a mail server.
#[derive(Clone)]
pub struct SmtpUrl(String);

impl SmtpUrl {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for SmtpUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = "write `smtps://USER:PASSWORD@HOST` or `smtp://…`";
        let url = Url::parse(text).map_err(|_| wanted.to_owned())?;
        match url.scheme() {
            "smtp" | "smtps" if url.host().is_some() => Ok(Self(text.to_owned())),
            _ => Err(wanted.into()),
        }
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How a browser on this machine reaches the listener.
pub fn reached_at(listen: SocketAddr) -> String {
    let host = match listen.ip() {
        IpAddr::V4(address) if address.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(address) if address.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        address => address,
    };
    format!("http://{}", SocketAddr::new(host, listen.port()))
}

fn web(text: &str) -> Result<Url, String> {
    let whole = "write a whole address that begins with `https://` or `http://`";
    let url = Url::parse(text).map_err(|_| whole.to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(whole.into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("leave out user and password; everybody can read it".into());
    }
    Ok(url)
}
