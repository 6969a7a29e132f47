//! Exceptions for documents that screen readers cannot read, as mutations.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use uuid::Uuid;

use super::editor;
use crate::{
    api::{
        file::File,
        filter::uuid,
        problem::{self, Problem},
    },
    content::file::exception::{self, Exception},
    error::Answer,
};

/// Why a document may be public that screen readers cannot read.
#[derive(InputObject)]
pub struct DocumentExceptionInput {
    /// The file's id.
    file: ID,
    /// Why it is as it is: 1 to 2000 characters, in German, for the public.
    reason: String,
    /// What will be done about it: 1 to 2000 characters, in German, for the public.
    plan: String,
    /// The last day on which the exception counts.
    until: NaiveDate,
}

/// A file of which an exception is taken back.
#[derive(InputObject)]
pub struct WithdrawExceptionInput {
    /// The file's id.
    file: ID,
}

/// What came of it.
#[derive(SimpleObject)]
pub struct ExceptionPayload {
    /// The file as it is now.
    file: File,
    /// What stands in the way. Where there is anything, nothing has changed.
    problems: Vec<Problem>,
}

/// What is said about files.
#[derive(Default)]
pub struct ExceptionMutations;

#[Object]
impl ExceptionMutations {
    /// Says why a document may be public that screen readers cannot read. Whoever may edit something
    /// that shows the document may say so; the public reads it in `site.accessibilityStatement`.
    async fn document_exception(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: DocumentExceptionInput,
    ) -> Answer<ExceptionPayload> {
        let file = uuid(&input.file)?;
        let exception = Exception {
            reason: input.reason.trim().to_owned(),
            plan: input.plan.trim().to_owned(),
            until: input.until,
        };
        document(ctx, file, Some(exception)).await
    }

    /// Takes an exception back. What is public stays so; it cannot be published again like this.
    async fn withdraw_exception(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: WithdrawExceptionInput,
    ) -> Answer<ExceptionPayload> {
        document(ctx, uuid(&input.file)?, None).await
    }
}

async fn document(
    ctx: &Context<'_>,
    file: Uuid,
    exception: Option<Exception>,
) -> Answer<ExceptionPayload> {
    let (visit, who) = editor(ctx)?;
    let (app, person) = (visit.app.clone(), who.clone());
    let documented = visit.db().write(move |tx| {
        Box::pin(async move { exception::document(tx, &app, &person, file, exception).await })
    });
    let (row, problems) = documented.await?;
    Ok(ExceptionPayload { file: File::working(row), problems: problem::all(problems) })
}
