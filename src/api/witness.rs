//! The witness: sees what somebody was refused, and notes it in the log.
//!
//! It stands between the gate and the schema, so no resolver has to think of it. What a refused
//! request would have written was taken back; the line about it is written on its own.

use std::{any::TypeId, sync::Arc};

use async_graphql::{Data, Executor, PathSegment, Request, Response};
use futures_util::{StreamExt as _, stream::BoxStream};

use super::{account::note_refusal, error::Code, visit::Visit};

/// A schema whose refusals are noted.
#[derive(Debug, Clone)]
pub struct Witness<E>(pub E);

impl<E: Executor> Executor for Witness<E> {
    async fn execute(&self, request: Request) -> Response {
        let visit = visit_of(&request.data);
        let response = self.0.execute(request).await;
        notes(visit.as_ref(), &response).await;
        response
    }

    fn execute_stream(
        &self,
        request: Request,
        session: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let visit = visit_of(&request.data).map(Arc::new);
        let answers = self.0.execute_stream(request, session);
        answers
            .then(move |response| {
                let visit = visit.clone();
                async move {
                    notes(visit.as_deref(), &response).await;
                    response
                }
            })
            .boxed()
    }
}

fn visit_of(data: &Data) -> Option<Visit> {
    let visit = data.get(&TypeId::of::<Visit>())?;
    visit.downcast_ref::<Visit>().map(Visit::in_short)
}

async fn notes(visit: Option<&Visit>, response: &Response) {
    if let (Some(visit), Some(field)) = (visit, refused_field(response))
        && let Err(failure) = note_refusal(visit, &field).await
    {
        tracing::error!("a refusal was not noted: {:#}", failure.into_report());
    }
}

/// The root field of the first refusal, by its name in the answer.
fn refused_field(response: &Response) -> Option<String> {
    let refused = response.errors.iter().find(|error| Code::of(error) == Some(Code::Forbidden))?;
    match refused.path.first() {
        Some(PathSegment::Field(name)) => Some(name.chars().take(100).collect()),
        _ => None,
    }
}
