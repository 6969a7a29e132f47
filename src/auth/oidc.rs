//! Signing in with a provider of identities: OpenID Connect, by a code and PKCE.
//!
//! The provider says who somebody is, never what they may do. It leads to an account that is there
//! already: by the provider's own name for the person, or, the first time, by an e-mail address
//! that it has verified and whose domain the settings name. A second factor of ours is not asked
//! for; that is the provider's affair.

use std::{fmt, sync::Arc, time::Duration};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::TimeDelta;
use entity::{account, identity};
use futures_util::future::BoxFuture;
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm as Algorithm,
        CoreProviderMetadata,
    },
    http,
};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};

use super::{
    account::{self as accounts, State},
    caller::Caller,
    one_time::{self, Use},
    session::{self, Tokens},
};
use crate::{
    app::App,
    clock,
    config::{Config, IdentityProvider},
    content::log::{self, Actor, Deed, Outcome},
    email::Email,
    error::{Answer, Failure},
    id,
};

/// How long somebody may take at the provider.
pub const VALID: TimeDelta = TimeDelta::minutes(10);

/// No provider is waited for longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Keys and tokens are small; more is not read.
const MOST_BYTES: usize = 1024 * 1024;

/// How a provider may sign: with keys that only it has. What the token says of itself is not asked.
const ALGORITHMS: [Algorithm; 5] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPssSha256,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// The provider that the settings name.
pub struct Provider {
    settings: IdentityProvider,
    back: String,
    line: Line,
}

/// How the provider is asked.
struct Line(reqwest::Client);

/// The way to the provider, and what the browser must bring back.
pub struct Way {
    pub url: String,
    pub state: String,
}

/// What a browser brings back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Brought {
    code: String,
    state: String,
    iss: Option<String>,
}

/// What we must remember until the browser is back.
#[derive(Serialize, Deserialize)]
struct Remembered {
    nonce: String,
    verifier: String,
}

/// Who somebody is, as the provider says.
struct Identity {
    issuer: String,
    subject: String,
    /// Only if the provider has verified it.
    email: Option<Email>,
}

impl Provider {
    pub fn open(config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(settings) = config.identity_provider.clone() else { return Ok(None) };
        let http = reqwest::Client::builder()
            // An address that the provider sends us on to is not one that the settings name.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .build()
            .context("preparing to ask the provider of identities")?;
        let back = format!("{}/auth/oidc/callback", config.public_url());
        Ok(Some(Self { settings, back, line: Line(http) }))
    }

    async fn metadata(&self) -> anyhow::Result<CoreProviderMetadata> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone())?;
        CoreProviderMetadata::discover_async(issuer, &self.line)
            .await
            .context("asking the provider of identities for its addresses")
    }

    /// Where to send the browser.
    async fn way(&self) -> anyhow::Result<(Way, Remembered)> {
        let client = CoreClient::from_provider_metadata(
            self.metadata().await?,
            ClientId::new(self.settings.client_id.clone()),
            self.secret(),
        )
        .set_redirect_uri(RedirectUrl::new(self.back.clone())?);

        let state = BASE64.encode(rand::random::<[u8; 32]>());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let named = CsrfToken::new(state.clone());
        let (url, _, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || named,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            .url();
        let remembered =
            Remembered { nonce: nonce.secret().clone(), verifier: verifier.secret().clone() };
        Ok((Way { url: url.into(), state }, remembered))
    }

    /// Who came back with this code.
    async fn identity(&self, code: String, kept: Remembered) -> anyhow::Result<Identity> {
        let client = CoreClient::from_provider_metadata(
            self.metadata().await?,
            ClientId::new(self.settings.client_id.clone()),
            self.secret(),
        )
        .set_redirect_uri(RedirectUrl::new(self.back.clone())?);

        let told = client
            .exchange_code(AuthorizationCode::new(code))
            .context("the provider has no address for codes")?
            .set_pkce_verifier(PkceCodeVerifier::new(kept.verifier))
            .request_async(&self.line)
            .await
            .map_err(|cause| anyhow::anyhow!("the provider did not take the code: {cause}"))?;
        let token = told.id_token().context("the provider did not say who it is")?;
        let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
        let claims = token.claims(&verifier, &Nonce::new(kept.nonce));
        let claims = claims.map_err(|cause| anyhow::anyhow!("what the provider said: {cause}"))?;

        let verified = claims.email_verified() == Some(true);
        let email = claims.email().filter(|_| verified).and_then(|email| email.parse().ok());
        Ok(Identity {
            issuer: self.settings.issuer.clone(),
            subject: claims.subject().to_string(),
            email,
        })
    }

    fn secret(&self) -> Option<ClientSecret> {
        let secret = self.settings.client_secret.as_ref();
        secret.map(|secret| ClientSecret::new(secret.expose().to_owned()))
    }
}

impl Line {
    async fn asks(
        http: reqwest::Client,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, Unanswered> {
        let unanswered = |cause: reqwest::Error| Unanswered(cause.without_url().to_string());
        let request = reqwest::Request::try_from(request).map_err(unanswered)?;
        let mut answer = http.execute(request).await.map_err(unanswered)?;

        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        while let Some(part) = answer.chunk().await.map_err(unanswered)? {
            if response.body().len() + part.len() > MOST_BYTES {
                return Err(Unanswered("the answer is too long".into()));
            }
            response.body_mut().extend_from_slice(&part);
        }
        Ok(response)
    }
}

impl<'l> AsyncHttpClient<'l> for Line {
    type Error = Unanswered;
    type Future = BoxFuture<'l, Result<http::Response<Vec<u8>>, Unanswered>>;

    fn call(&'l self, request: http::Request<Vec<u8>>) -> Self::Future {
        Box::pin(Self::asks(self.0.clone(), request))
    }
}

/// Why the provider could not be asked.
#[derive(Debug)]
struct Unanswered(String);

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unanswered {}

/// Sends somebody to the provider.
pub async fn start(app: &Arc<App>, caller: &Caller) -> Answer<Way> {
    let provider = app.provider.as_ref().ok_or(Failure::NotFound)?;
    app.brakes.link(caller)?;
    let (way, remembered) = provider.way().await.map_err(Failure::unavailable)?;
    let new = one_time::New {
        purpose: Use::Provider,
        account: None,
        token: way.state.clone(),
        secret: Some(serde_json::to_string(&remembered).map_err(Failure::internal)?),
        valid: VALID,
    };
    let house = app.clone();
    app.db
        .write(move |tx| Box::pin(async move { one_time::put(tx, &house.keys, new).await }))
        .await?;
    Ok(way)
}

/// Signs in who comes back. Nothing, if the provider does not vouch for anybody we know.
pub async fn finish(
    app: &Arc<App>,
    caller: &Caller,
    brought: Brought,
    cookie: Option<&str>,
) -> Answer<Option<Tokens>> {
    let provider = app.provider.as_ref().ok_or(Failure::NotFound)?;
    app.brakes.link(caller)?;
    // The cookie shows that it is the browser that we sent away, not one that was given an address.
    if cookie != Some(brought.state.as_str()) {
        return Ok(None);
    }
    let (house, state) = (app.clone(), brought.state);
    let taken = app
        .db
        .write(move |tx| {
            Box::pin(async move { one_time::take(tx, &house.keys, Use::Provider, &state).await })
        })
        .await?;
    let Some(kept) = taken.and_then(|taken| taken.secret) else { return Ok(None) };
    // A provider that names itself must be the one that we asked (RFC 9207).
    if brought.iss.is_some_and(|issuer| issuer != provider.settings.issuer) {
        return Ok(None);
    }

    let kept = serde_json::from_str(&kept).map_err(Failure::internal)?;
    let identity = match provider.identity(brought.code, kept).await {
        Ok(identity) => identity,
        Err(cause) => {
            tracing::warn!("somebody could not sign in with the provider of identities: {cause:#}");
            return Ok(None);
        }
    };
    let (house, caller) = (app.clone(), caller.clone());
    app.db
        .write(move |tx| Box::pin(async move { enters(tx, &house, &caller, &identity).await }))
        .await
}

async fn enters(
    tx: &DatabaseTransaction,
    app: &App,
    caller: &Caller,
    who: &Identity,
) -> Answer<Option<Tokens>> {
    let found = match known(tx, who).await? {
        Some(account) => Some(account),
        None => meets(tx, app, caller, who).await?,
    };
    let Some(account) = found.filter(|account| account.state == State::Active.name()) else {
        let actor = Actor::nobody().from(caller.origin(None));
        log::note(tx, &actor, deed("sign-in", uuid::Uuid::nil()), Outcome::Failed).await?;
        return Ok(None);
    };
    session::begin(tx, app, account, caller).await.map(Some)
}

/// The account that the provider knows by this name.
async fn known(tx: &DatabaseTransaction, who: &Identity) -> Answer<Option<account::Model>> {
    let identity = identity::Entity::find()
        .filter(identity::Column::Issuer.eq(who.issuer.as_str()))
        .filter(identity::Column::Subject.eq(who.subject.as_str()))
        .one(tx)
        .await?;
    match identity {
        Some(identity) => accounts::by_id(tx, identity.account_id).await,
        None => Ok(None),
    }
}

/// The first time: by an address that the provider may vouch for.
async fn meets(
    tx: &DatabaseTransaction,
    app: &App,
    caller: &Caller,
    who: &Identity,
) -> Answer<Option<account::Model>> {
    let provider = app.provider.as_ref().map(|provider| &provider.settings);
    let vouched = |email: &&Email| provider.is_some_and(|provider| provider.vouches_for(email));
    let Some(email) = who.email.as_ref().filter(vouched) else { return Ok(None) };
    let Some(account) = accounts::by_email(tx, email).await? else { return Ok(None) };

    let row = identity::Model {
        id: id::new(),
        account_id: account.id,
        issuer: who.issuer.clone(),
        subject: who.subject.clone(),
        created_at: clock::now(),
    };
    identity::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
    let actor = Actor::account(account.id).from(caller.origin(None));
    log::append(tx, &actor, deed("link-identity", account.id)).await?;
    Ok(Some(account))
}

fn deed(action: &'static str, account: uuid::Uuid) -> Deed<'static> {
    Deed { action, subject_kind: "account", subject: account, revision: None, detail: None }
}
