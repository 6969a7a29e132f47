//! A provider of identities: where people prove who they are, when they do not do it here.

use url::Url;

use super::{Secret, gathered::Gathered};

/// An OpenID provider, and what we are to it.
#[derive(Debug, Clone)]
pub struct IdentityProvider {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// Whose e-mail addresses it may vouch for.
    pub domains: Vec<String>,
}

impl IdentityProvider {
    /// The provider, if there is one; half a provider is a mistake.
    pub(super) fn of(from: &mut Gathered) -> anyhow::Result<Option<Self>> {
        let issuer = from.optional("oidc_issuer", issuer)?;
        let client_id = from.optional("oidc_client_id", |id| Ok::<_, String>(id.to_owned()))?;
        let client_secret = from.optional("oidc_client_secret", Secret::given)?;
        let domains = from.setting_or("oidc_domains", String::new, domains)?;
        match (issuer, client_id) {
            (None, None) => Ok(None),
            (Some(issuer), Some(client_id)) => {
                Ok(Some(Self { issuer, client_id, client_secret, domains }))
            }
            (Some(_), None) => anyhow::bail!(
                "KOFFER_OIDC_CLIENT_ID is missing; the provider calls us by it, so set it beside KOFFER_OIDC_ISSUER"
            ),
            (None, Some(_)) => anyhow::bail!(
                "KOFFER_OIDC_ISSUER is missing; set it to the provider's address beside KOFFER_OIDC_CLIENT_ID"
            ),
        }
    }

    /// Whether it may vouch for this address.
    #[must_use]
    pub fn vouches_for(&self, email: &crate::email::Email) -> bool {
        let host = email.as_str().split_once('@').map(|(_, host)| host);
        host.is_some_and(|host| self.domains.iter().any(|domain| domain == host))
    }
}

fn issuer(text: &str) -> Result<String, String> {
    let wrong = || "write the provider's address, such as `https://login.example.org`".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(wrong()),
    };
    match url.scheme() {
        "https" => Ok(text.to_owned()),
        "http" if loopback => Ok(text.to_owned()),
        "http" => Err("identities travel over TLS only; write `https://`".into()),
        _ => Err(wrong()),
    }
}

fn domains(text: &str) -> Result<Vec<String>, String> {
    let domains = text.split(',').map(str::trim).filter(|domain| !domain.is_empty());
    domains
        .map(|domain| match domain.contains('@') || !domain.contains('.') {
            true => Err(format!("{domain:?} is not a domain; write such as `example.org`")),
            false => Ok(domain.to_lowercase()),
        })
        .collect()
}
