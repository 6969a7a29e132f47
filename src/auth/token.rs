//! Signed tokens: what a program shows with each request to say who it is.
//!
//! A token says in its header what it is for (`typ`), and is taken for nothing else. Only one
//! algorithm and three keys are known, whatever a token says of itself.

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::keyring::Keyring;
use crate::error::{Answer, Failure};

/// What a token lets somebody do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To act as an account, for ten minutes.
    Access,
    /// To look at one draft.
    Preview,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Preview => "preview+jwt",
        }
    }
}

/// Who says so, to whom: both are this house.
const AUDIENCE: &str = "koffer";

/// A clock may be this much off, in seconds.
const LEEWAY: u64 = 5;

/// What every token says, beside what it is about.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims<C> {
    pub iss: String,
    pub aud: String,
    pub sub: Uuid,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    #[serde(flatten)]
    pub about: C,
}

/// A token's validity, as seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Validity {
    pub from: i64,
    pub to: i64,
}

/// Signs what is known of the subject. The issuer is the address of this house.
pub fn sign<C: Serialize>(
    keys: &Keyring,
    kind: Kind,
    issuer: &str,
    subject: Uuid,
    Validity { from, to }: Validity,
    about: C,
) -> Answer<String> {
    let (key_name, key) = keys.signing();
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(kind.name().into());
    header.kid = Some(key_name);
    let claims = Claims {
        iss: issuer.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: subject,
        iat: from,
        nbf: from,
        exp: to,
        about,
    };
    jsonwebtoken::encode(&header, &claims, &key).map_err(Failure::internal)
}

/// What the token says, if it is one of ours, of this kind, and valid now.
pub fn verify<C: DeserializeOwned>(
    keys: &Keyring,
    kind: Kind,
    issuer: &str,
    token: &str,
) -> Answer<Option<Claims<C>>> {
    let Ok(header) = jsonwebtoken::decode_header(token) else { return Ok(None) };
    let ours = header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(kind.name());
    // Whoever marks something as critical expects it to be understood.
    if !ours || header.crit.is_some() {
        return Ok(None);
    }
    let name = header.kid.unwrap_or_default();
    let Some(key) = keys.verifying(&name).map_err(Failure::internal)? else { return Ok(None) };

    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    validation.validate_nbf = true;
    validation.leeway = LEEWAY;
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[issuer]);
    Ok(jsonwebtoken::decode(token, &key, &validation).ok().map(|token| token.claims))
}
