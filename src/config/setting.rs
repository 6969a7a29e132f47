//! The list of settings: what can be set, to what it is set otherwise, and what it means.

use std::fmt;

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name in `koffer.toml`.
    pub key: &'static str,
    /// What it is when nobody sets it.
    pub usual: Usual,
    /// What it means, for people who operate the house.
    pub meaning: &'static str,
    /// Whether it may be read from a file of its own, named by `…_FILE`, and is never shown.
    pub confidential: bool,
}

/// What a setting is when nobody sets it.
#[derive(Debug, PartialEq, Eq)]
pub enum Usual {
    Value(&'static str),
    /// Worked out from other settings or the surroundings; this says how.
    Otherwise(&'static str),
}

impl Setting {
    const fn new(key: &'static str, usual: Usual, meaning: &'static str) -> Self {
        Self { key, usual, meaning, confidential: false }
    }

    const fn confidential(self) -> Self {
        Self { confidential: true, ..self }
    }

    /// Its name in the environment.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.to_uppercase())
    }

    /// The setting of this name, as `koffer.toml` calls it.
    #[must_use]
    pub fn named(key: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|setting| setting.key == key)
    }

    /// All that can be set.
    pub const ALL: &'static [Self] = &[
        Self::new("listen", Value("127.0.0.1:8080"), "The address to listen at."),
        Self::new(
            "public_url",
            Otherwise("http://127.0.0.1:8080, or what `listen` says"),
            "How the outside reaches it.",
        ),
        Self::new(
            "site_url",
            Otherwise("none"),
            "Where published entries are read, such as `https://example.org/{kind}/{slug}`.",
        ),
        Self::new(
            "data",
            Value("./data"),
            "The folder of the embedded database, the files, the search index and the keys.",
        ),
        Self::new(
            "database_url",
            Otherwise("sqlite://$KOFFER_DATA/koffer.db"),
            "The database: `sqlite://…` or `postgres://…`.",
        )
        .confidential(),
        Self::new(
            "files",
            Value("disk"),
            "Where files are kept: `disk`, or `s3://bucket/prefix` with the usual `AWS_*` variables.",
        ),
        Self::new(
            "s3_delivery",
            Value("stream"),
            "How readers get files from S3: `stream` through Koffer, or `redirect` to an address of the bucket, good for five minutes, that they must be able to reach.",
        ),
        Self::new("upload_mib", Value("200"), "The largest file that is taken in, in MiB."),
        Self::new(
            "clamd",
            Otherwise("none"),
            "Who looks for viruses in what is sent: `unix:/run/clamav/clamd.ctl` or `tcp://host:3310`. Its `StreamMaxLength` should not be less than $KOFFER_UPLOAD_MIB.",
        ),
        Self::new(
            "trusted_proxies",
            Otherwise("none"),
            "Addresses or networks whose forwarding headers are believed, with commas between.",
        ),
        Self::new(
            "introspection",
            Value("on"),
            "Whether anybody may ask for the public schema: `on` or `off`.",
        ),
        Self::new(
            "admin_email",
            Value("admin@koffer.localhost"),
            "The e-mail of the first administrator.",
        ),
        Self::new(
            "secret_key",
            Otherwise("made once, in $KOFFER_DATA/koffer.key"),
            "What all keys are derived from; processes around one database need the same.",
        )
        .confidential(),
        Self::new(
            "smtp_url",
            Otherwise("none"),
            "Who sends letters: `smtps://user:password@host`, or `smtp://…` with STARTTLS. Without it they are put into $KOFFER_DATA/mail.",
        )
        .confidential(),
        Self::new(
            "mail_from",
            Otherwise("koffer@ and the host of `public_url`"),
            "The address from which letters come.",
        ),
        Self::new(
            "oidc_issuer",
            Otherwise("none"),
            "The address of an OpenID provider with which people may sign in.",
        ),
        Self::new("oidc_client_id", Otherwise("none"), "How that provider calls us."),
        Self::new(
            "oidc_client_secret",
            Otherwise("none"),
            "How we prove to that provider who we are.",
        )
        .confidential(),
        Self::new(
            "oidc_domains",
            Otherwise("none"),
            "The e-mail domains that the provider may vouch for, with commas between.",
        ),
        Self::new(
            "log",
            Otherwise("human on a terminal, else json"),
            "The form of the log on stderr: `human` or `json`.",
        ),
        Self::new(
            "log_level",
            Value("info"),
            "The least of what is logged: `error` `warn` `info` `debug` `trace`.",
        ),
        Self::new(
            "metrics_token",
            Otherwise("none"),
            "What a reader of /metrics must send as `Authorization: Bearer …`.",
        )
        .confidential(),
        Self::new(
            "metrics_listen",
            Otherwise("none"),
            "A listener of its own for /metrics. Without it and without a token, /metrics answers this machine only.",
        ),
        Self::new("limit_depth", Value("12"), "Fields inside one another in a query."),
        Self::new("limit_nodes", Value("2000"), "Fields in a query, with fragments expanded."),
        Self::new("limit_aliases", Value("30"), "Aliases in a query."),
        Self::new("limit_root_fields", Value("15"), "Fields at the root of a query."),
        Self::new("limit_cost", Value("5000"), "The weighted cost of a query."),
        Self::new(
            "limit_sign_ins",
            Value("30"),
            "Attempts to sign in from one address in a minute.",
        ),
        Self::new("request_seconds", Value("10"), "How long a query may run."),
        Self::new("cache_seconds", Value("60"), "How long caches may keep a public answer."),
    ];
}

use Usual::{Otherwise, Value};

impl fmt::Display for Usual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value(text) | Otherwise(text) => f.write_str(text),
        }
    }
}

/// How the names begin in the environment.
pub const PREFIX: &str = "KOFFER_";

/// How the name ends when the value lies in a file.
pub const IN_FILE: &str = "_file";
