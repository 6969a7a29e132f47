//! What a request sees, decided once, from its credential: what is published, or drafts as well.

use poem::Request;

use crate::{
    api::visit::Visit,
    auth::principal::Who,
    content::view::{Selection, View},
    error::{Answer, Failure},
};

/// With `draft`, somebody who has signed in sees drafts in the place of what is published.
const VIEW: &str = "koffer-view";
/// Under which a thing is made only once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The visit with what it sees.
pub fn decide(visit: Visit, http: &Request, asked: &async_graphql::Request) -> Answer<Visit> {
    let visit = match http.header(IDEMPOTENCY_KEY) {
        None => visit,
        Some(key) => {
            let wanted = serde_json::to_string(&asked.variables).map_err(Failure::internal)?;
            visit.once(key.to_owned(), format!("{} {wanted}", asked.query))
        }
    };
    seeing(visit, http.header(VIEW))
}

/// The visit of somebody who wants to see this.
pub fn seeing(visit: Visit, view: Option<&str>) -> Answer<Visit> {
    match view {
        None | Some("published") => Ok(visit),
        Some("draft") => {
            let view = drafts(&visit)?;
            Ok(visit.seeing(view))
        }
        Some(_) => Err(Failure::bad_input(
            "Koffer-View",
            "The header Koffer-View is `draft` or `published`.",
        )),
    }
}

fn drafts(visit: &Visit) -> Answer<View> {
    match &visit.who {
        Who::Account(principal) => {
            let app = &visit.app;
            Ok(View::of_drafts(app.db.backend(), app.doors, principal, &Selection::All))
        }
        Who::Newcomer(_) => Err(Failure::Forbidden),
        Who::Public => Err(Failure::Unauthenticated),
    }
}
