//! Editing through GraphQL: what editors send, and what they are shown.
//!
//! About a dozen mutations serve all kinds. Each takes one input, says which revision it is about,
//! and answers the edition with what is to be mended; the steps themselves are in `content/life`.

pub mod bulk;
pub mod comment;
pub mod exception;
pub mod file;
pub mod file_care;
pub mod given;
pub mod input;
pub mod list;
pub mod mutations;
pub mod preview;
pub mod queries;
pub mod release;
pub mod revision;
pub mod saved_view;
pub mod schedule;
pub mod task;
pub mod together;
pub mod working_edition;

use self::{
    bulk::BulkMutations, exception::ExceptionMutations, file::FileQueries,
    file_care::FileMutations, mutations::EditionMutations, preview::PreviewMutations,
    preview::PreviewQueries, queries::EditionQueries, release::ReleaseMutations,
    release::ReleaseQueries, schedule::ScheduleMutations,
};

use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject};

use super::{
    filter::{Register, uuid},
    visit::Visit,
};
use crate::{
    auth::principal::Principal,
    content::life::Target,
    error::{Answer, Failure},
};

/// What editors ask for. Nothing here is for the public.
#[derive(MergedObject, Default)]
pub struct EditingQueries(EditionQueries, ReleaseQueries, PreviewQueries, FileQueries);

/// What editors do.
#[derive(MergedObject, Default)]
pub struct EditingMutations(
    EditionMutations,
    ScheduleMutations,
    ReleaseMutations,
    BulkMutations,
    PreviewMutations,
    ExceptionMutations,
    FileMutations,
);

/// The person who edits; nobody else gets beyond this.
fn editor<'c>(ctx: &Context<'c>) -> Answer<(&'c Visit, &'c Arc<Principal>)> {
    let visit = Visit::of(ctx);
    Ok((visit, visit.who.signed_in()?))
}

/// The edition that an input means.
fn target(id: &ID, language: Option<&str>, register: Option<Register>) -> Answer<Target> {
    let language = language.unwrap_or("de");
    Ok(Target {
        id: uuid(id)?,
        language: language
            .parse()
            .map_err(|message: String| Failure::bad_input("language", message))?,
        register: register.unwrap_or(Register::Standard).into(),
    })
}
