//! The witness: sees what somebody was refused, and notes it in the log.
//!
//! It stands between the gate and the schema, so no resolver has to think of it. What a refused
//! request would have written was taken back; the line about it is written on its own.

use std::any::TypeId;

use async_graphql::{Data, Executor, PathSegment, Request, Response};
use futures_util::stream::BoxStream;

use super::{account::note_refusal, error::Code, visit::Visit};

/// A schema whose refusals are noted.
#[derive(Debug, Clone)]
pub struct Witness<E>(pub E);

impl<E: Executor> Executor for Witness<E> {
    async fn execute(&self, request: Request) -> Response {
        let visit = request.data.get(&TypeId::of::<Visit>());
        let visit = visit.and_then(|visit| visit.downcast_ref::<Visit>()).map(Visit::in_short);
        let response = self.0.execute(request).await;
        if let (Some(visit), Some(field)) = (visit, refused_field(&response))
            && let Err(failure) = note_refusal(&visit, &field).await
        {
            tracing::error!("a refusal was not noted: {:#}", failure.into_report());
        }
        response
    }

    fn execute_stream(
        &self,
        request: Request,
        session: Option<std::sync::Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        self.0.execute_stream(request, session)
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
