//! The gate before the schema: every request passes it, whichever way it came.
//!
//! It parses, measures and only then lets async-graphql see the document; it stops what takes too
//! long; and it sees every answer before it leaves. Because it is an `Executor`, sockets and tests
//! pass through it like POST and GET.

mod field_order;
mod nulls;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    Data, Executor, Request, Response, ServerError,
    parser::{
        parse_query, parse_schema,
        types::{ExecutableDocument, OperationType},
    },
};
use futures_util::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};
use quick_cache::{Weighter, sync::Cache};

use self::{field_order::FieldOrder, nulls::Nulls};
use super::{
    error::{RequestId, refused, told},
    limit::{self, Cost, Limits},
};
use crate::error::{Answer, Failure};

/// A schema that only answers what it can afford.
#[derive(Debug, Clone)]
pub struct Gate<E> {
    inner: E,
    limits: Arc<Limits>,
    nulls: Arc<Nulls>,
    documents: Arc<Documents>,
    budget: Duration,
}

/// Documents that were parsed lately and were not too large, by their text: clients send the same
/// few again and again, each time with other variables.
type Documents = Cache<Arc<str>, Arc<ExecutableDocument>, TextLength>;

/// How much text the documents that are kept may have come from; a document takes some twenty times that.
const KEPT_TEXT: u64 = 512 * 1024;

#[derive(Debug, Clone)]
struct TextLength;

impl Weighter<Arc<str>, Arc<ExecutableDocument>> for TextLength {
    fn weight(&self, text: &Arc<str>, _: &Arc<ExecutableDocument>) -> u64 {
        text.len().max(1) as u64
    }
}

/// A request that may pass; only the gate makes one.
#[derive(Debug)]
pub struct Admitted {
    request: Request,
    pub operation: OperationType,
    pub cost: Cost,
    order: Arc<FieldOrder>,
}

impl<E: Executor> Gate<E> {
    /// The SDL is the executor's own; from it come the lists that cost and the fields that may be
    /// null. The budget is the time for a whole query or mutation; ten seconds are usual.
    pub fn new(inner: E, sdl: &str, limits: Limits, budget: Duration) -> Answer<Self> {
        let schema = parse_schema(sdl).map_err(Failure::internal)?;
        let limits = Limits { lists: limit::plain_lists(&schema), ..limits };
        let nulls = Nulls::of(&schema);
        let documents = Arc::new(Cache::with_weighter(500, KEPT_TEXT, TextLength));
        Ok(Self { inner, limits: Arc::new(limits), nulls: Arc::new(nulls), documents, budget })
    }

    /// Parses and measures. The document stays with the request, so nobody parses it again.
    pub fn admits(&self, request: Request) -> Result<Admitted, Box<Response>> {
        let id = RequestId::of(&request);
        self.measures(request).map_err(|error| {
            let refused = Response::from_errors(vec![error]);
            Box::new(told(refused, &id))
        })
    }

    /// Executes a request that was admitted.
    pub async fn runs(&self, admitted: Admitted) -> Response {
        let finish = self.finish(&admitted);
        finish(self.in_time(self.inner.execute(admitted.request)).await)
    }

    /// What is done to every answer of this request before it leaves.
    fn finish(&self, admitted: &Admitted) -> impl Fn(Response) -> Response + Send + use<E> {
        let request = &admitted.request;
        let (id, nulls) = (RequestId::of(request), self.nulls.clone());
        let (query, name) = (request.query.clone(), request.operation_name.clone());
        let order = admitted.order.clone();
        move |mut response| {
            order.restore(&mut response.data);
            nulls.mend(&mut response, &query, name.as_deref());
            told(response, &id)
        }
    }

    fn measures(&self, mut request: Request) -> Result<Admitted, ServerError> {
        let kept = self.documents.get(request.query.as_str());
        let is_kept = kept.is_some();
        let document = match kept {
            Some(document) => document,
            None => {
                limit::look_at_text(&request.query, &self.limits).map_err(refused)?;
                Arc::new(parse_query(&request.query).map_err(in_few_words)?)
            }
        };

        let name = request.operation_name.as_deref();
        let chosen = limit::chosen(&document, name).map_err(refused)?;
        let operation = chosen.ty;
        let cost = limit::check(&document, &request.variables, name, &self.limits);
        let cost = cost.map_err(refused)?;
        if operation == OperationType::Subscription && cost.root_fields > 1 {
            let message = "A subscription follows one thing; begin one for each.";
            return Err(refused(Failure::bad_input("query", message)));
        }
        let order = Arc::new(FieldOrder::of(chosen, &document));

        if !is_kept {
            self.documents.insert(request.query.as_str().into(), document.clone());
        }
        request.set_parsed_query(Arc::unwrap_or_clone(document));
        Ok(Admitted { request, operation, cost, order })
    }

    /// The answer, or that there is none: too late, or a resolver fell over.
    ///
    /// Time can only be called where a resolver waits for something; a loop that never waits is
    /// not stopped.
    async fn in_time(&self, answer: impl Future<Output = Response> + Send) -> Response {
        let answer = AssertUnwindSafe(tokio::time::timeout(self.budget, answer)).catch_unwind();
        let failure = match answer.await {
            Ok(Ok(response)) => return response,
            Ok(Err(_elapsed)) => Failure::unavailable(anyhow::anyhow!(
                "no answer within the time budget of {:?}",
                self.budget
            )),
            // The panic hook has already said where.
            Err(_panic) => Failure::internal(anyhow::anyhow!("a resolver panicked")),
        };
        Response::from_errors(vec![refused(failure)])
    }
}

impl<E: Executor> Executor for Gate<E> {
    async fn execute(&self, request: Request) -> Response {
        match self.admits(request) {
            Ok(admitted) => self.runs(admitted).await,
            Err(refused) => *refused,
        }
    }

    /// Over a socket, queries and mutations come this way too; a subscription may stay for hours,
    /// so only they have a time budget.
    fn execute_stream(
        &self,
        request: Request,
        session: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let admitted = match self.admits(request) {
            Ok(admitted) => admitted,
            Err(refused) => return stream::once(async { *refused }).boxed(),
        };
        let finish = self.finish(&admitted);
        let mut answers = self.inner.execute_stream(admitted.request, session);
        if admitted.operation == OperationType::Subscription {
            return answers.map(finish).boxed();
        }

        let gate = self.clone();
        stream::once(async move {
            let answer = async { answers.next().await.unwrap_or_default() };
            finish(gate.in_time(answer).await)
        })
        .boxed()
    }
}

/// The parser's message repeats the whole line, and a line can be the whole query.
fn in_few_words(error: async_graphql::parser::Error) -> ServerError {
    let short = match &error {
        async_graphql::parser::Error::Syntax { message, .. } => {
            let expectation = message.lines().rev().find_map(|line| line.trim().strip_prefix("= "));
            format!("The query cannot be read: {}.", expectation.unwrap_or("syntax error"))
        }
        other => format!("The query cannot be read: {}.", other.to_string().trim_end_matches('.')),
    };
    ServerError { message: short, ..ServerError::from(error) }
}

#[cfg(test)]
mod tests;
