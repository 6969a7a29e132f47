//! Who is at the other end of a socket, and what they see: said once, looked at again with every
//! operation.

use std::sync::Arc;

use async_graphql::Request;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{conversation::Farewell, seats::Whose};
use crate::{
    api::{error::RequestId, visit::Visit},
    app::App,
    auth::{caller::Caller, principal::Who, session},
    error::{Answer, Failure},
    server::{credential, perspective},
};

/// Somebody who has said who they are.
pub struct Guest {
    who: Who,
    /// What they want to see: `draft`, or what is published.
    view: Option<String>,
    /// When their token ends, and with it the socket.
    pub until: Option<DateTime<Utc>>,
}

impl Guest {
    /// Listens to the first words: `{ "authorization": "Bearer …", "view": "draft" }`, each of them
    /// like the header of that name. Who says nothing is the public.
    pub async fn welcome(
        app: &Arc<App>,
        caller: &Caller,
        said: Option<&Value>,
    ) -> Result<Self, Farewell> {
        let word = |name: &str| match said.map(|said| &said[name]) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(word)) => Ok(Some(word.clone())),
            Some(_) => Err(Farewell::BAD_REQUEST),
        };
        let (shown, view) = (word("authorization")?, word("view")?);
        let who = match &shown {
            None => Who::Public,
            Some(shown) => credential::bearer(app, shown, caller).await.map_err(Farewell::of)?,
        };
        let until = match &shown {
            None => None,
            Some(shown) => credential::bearer_until(app, shown).map_err(Farewell::of)?,
        };
        let guest = Self { who, view, until };
        guest.visit(app, guest.who.clone(), caller.clone()).map_err(Farewell::of)?;
        Ok(guest)
    }

    /// On whose account the socket is.
    pub fn whose(&self, caller: &Caller) -> Whose {
        match self.who.known() {
            None => Whose::Public(caller.machine()),
            Some(person) => Whose::Person(person.account),
        }
    }

    pub fn is_public(&self) -> bool {
        self.who.known().is_none()
    }

    /// Looks who it is by now.
    pub async fn look_again(&mut self, app: &App, caller: &Caller) -> Answer<()> {
        if let Some(known) = self.who.known() {
            let origin = caller.origin(Some(known.session));
            self.who = session::still(app, known, origin).await?;
        }
        Ok(())
    }

    /// The request with what its resolvers need. Each has a name of its own.
    pub async fn prepares(
        &mut self,
        app: &Arc<App>,
        caller: &Caller,
        request: Request,
    ) -> Answer<Request> {
        let id = RequestId::new();
        let caller = Caller { request: id.0.clone(), ..caller.clone() };
        self.look_again(app, &caller).await?;
        let visit = self.visit(app, self.who.clone(), caller)?;
        Ok(request.data(id).data(visit))
    }

    fn visit(&self, app: &Arc<App>, who: Who, caller: Caller) -> Answer<Visit> {
        let visit = Visit::new(app.clone(), who).from(caller);
        perspective::seeing(visit, self.view.as_deref())
    }
}

impl Farewell {
    /// Why somebody is not, or no longer, welcome.
    pub fn of(failure: Failure) -> Self {
        match failure {
            Failure::Unauthenticated => Self::UNAUTHENTICATED,
            Failure::Forbidden => Self::FORBIDDEN,
            Failure::BadInput(_) => Self::BAD_REQUEST,
            other => {
                tracing::error!("a socket could not go on: {:#}", other.into_report());
                Self::INTERNAL
            }
        }
    }
}
