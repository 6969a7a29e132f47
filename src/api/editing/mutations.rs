//! The steps in the life of an edition, as mutations.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{
    editor,
    input::{EditionInput, TargetInput},
    target,
    working_edition::{Reference, WorkingEdition},
};
use crate::{
    api::{
        entry::Kind,
        filter::{Register, uuid},
        problem::{self, Problem},
        visit::Visit,
    },
    auth::principal::Principal,
    content::{
        draft::How,
        life::{self, Desk, Step, Target, write},
        review::FourEyes,
        workspace::Opened,
    },
    error::{Answer, Failure},
    kinds::ContentInput,
};

/// What came of a step: the edition as it is now, and what is to be mended.
#[derive(SimpleObject)]
pub struct EditionPayload {
    /// The edition as it is now; null where there is none, or none any more.
    pub edition: Option<WorkingEdition>,
    /// What stands in the way. Where there is anything, nothing has changed.
    pub problems: Vec<Problem>,
    /// What points at the entry and would point nowhere.
    pub references: Vec<Reference>,
}

/// A new entry with its first edition.
#[derive(InputObject)]
pub struct CreateDraftInput {
    /// What it is, and what is known of it so far. It may be incomplete.
    content: ContentInput,
    /// The language, as a BCP 47 tag.
    #[graphql(default_with = "german()")]
    language: String,
    /// How plainly it speaks.
    #[graphql(default_with = "Register::Standard")]
    register: Register,
    /// What was done, for the history.
    note: Option<String>,
}

/// What was written on.
#[derive(InputObject)]
pub struct SaveDraftInput {
    #[graphql(flatten)]
    target: TargetInput,
    /// The number of the revision that you have written on.
    expected_revision: i32,
    /// What is different. What you leave out stays as it is; null empties.
    content: ContentInput,
    /// What was done, for the history and the change feed.
    note: Option<String>,
    /// True where a program saves on the way. Such a revision takes the place of your last one.
    #[graphql(default)]
    autosave: bool,
}

/// A step with the newest revision of an edition, and a word about it.
#[derive(InputObject)]
pub struct CommentedInput {
    #[graphql(flatten)]
    edition: EditionInput,
    /// What you want to say about it.
    comment: Option<String>,
}

/// A step after which others may point nowhere.
#[derive(InputObject)]
pub struct WithdrawInput {
    #[graphql(flatten)]
    edition: EditionInput,
    /// Why, for the change feed.
    reason: Option<String>,
    /// The entries that point here, by their ids: you know of them and go on all the same.
    #[graphql(default)]
    confirmed_references: Vec<ID>,
}

/// An earlier revision that is to come back.
#[derive(InputObject)]
pub struct RestoreRevisionInput {
    #[graphql(flatten)]
    target: TargetInput,
    /// The number of the newest revision that you have before you.
    expected_revision: i32,
    /// The number of the revision that is to come back.
    revision: i32,
}

/// Deleting for ever.
#[derive(InputObject)]
pub struct DeleteForeverInput {
    /// The edition's id.
    id: ID,
    /// The entries that point here, by their ids: you know of them and go on all the same.
    #[graphql(default)]
    confirmed_references: Vec<ID>,
}

/// Another edition of an entry.
#[derive(InputObject)]
pub struct CreateEditionInput {
    /// The id of the edition whose words it begins with.
    source: ID,
    /// The language of the new edition, as a BCP 47 tag.
    language: String,
    /// The register of the new edition.
    #[graphql(default_with = "Register::Standard")]
    register: Register,
}

/// Whether a second person must approve what is published of a kind.
#[derive(InputObject)]
pub struct SetFourEyesInput {
    /// The kind.
    kind: Kind,
    /// Whether a second person must approve.
    needed: bool,
}

/// What is asked of a kind besides.
#[derive(SimpleObject)]
pub struct KindRule {
    /// The kind.
    pub kind: Kind,
    /// Whether a second person must approve what is published.
    pub four_eyes: bool,
}

fn german() -> String {
    "de".into()
}

/// The steps in the life of an edition.
#[derive(Default)]
pub struct EditionMutations;

#[Object]
impl EditionMutations {
    /// Makes a new entry with a first draft. With an `Idempotency-Key` it is made once.
    async fn create_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CreateDraftInput,
    ) -> Answer<EditionPayload> {
        let (visit, who) = editor(ctx)?;
        let once = visit.making("createDraft")?;
        let (kind, patch) = input.content.into_parts();
        let language = input
            .language
            .parse()
            .map_err(|message: String| Failure::bad_input("language", message))?;
        let register = input.register.into();
        let (app, person) = (visit.app.clone(), who.clone());
        let step = visit
            .app
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let new = write::New {
                        kind: kind.name(),
                        entry: None,
                        language,
                        register,
                        patch,
                        note: input.note,
                    };
                    write::create(tx, &app, &person, once.as_ref(), new).await
                })
            })
            .await?;
        payload(visit, who, step).await
    }

    /// Saves what you have written; it may be incomplete. Where somebody else saved in between, the
    /// answer is `CONFLICT` with both sides.
    async fn save_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: SaveDraftInput,
    ) -> Answer<EditionPayload> {
        let meant = input.target.meant()?;
        let (kind, patch) = input.content.into_parts();
        let how = if input.autosave { How::Autosave } else { How::Milestone };
        step(ctx, meant, move |desk| {
            Box::pin(async move {
                if desk.door.kind() != kind.name() {
                    return Err(Failure::bad_input("content", "This entry is of another kind."));
                }
                let writing = write::Writing { patch, note: input.note, how };
                write::save(desk, input.expected_revision, writing).await
            })
        })
        .await
    }

    /// Goes back to what is published, as a new revision.
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: EditionInput,
    ) -> Answer<EditionPayload> {
        let meant = input.target.meant()?;
        step(ctx, meant, move |desk| Box::pin(write::discard(desk, input.expected_revision))).await
    }

    /// Hands the newest revision in for review.
    async fn submit_for_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CommentedInput,
    ) -> Answer<EditionPayload> {
        let meant = input.edition.target.meant()?;
        step(ctx, meant, move |desk| {
            Box::pin(async move {
                life::review::submit(
                    desk,
                    input.edition.expected_revision,
                    input.comment.as_deref(),
                )
                .await
            })
        })
        .await
    }

    /// Approves just this content: whatever is saved afterwards needs approval again.
    async fn approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CommentedInput,
    ) -> Answer<EditionPayload> {
        let meant = input.edition.target.meant()?;
        step(ctx, meant, move |desk| {
            Box::pin(async move {
                life::review::approve(
                    desk,
                    input.edition.expected_revision,
                    input.comment.as_deref(),
                )
                .await
            })
        })
        .await
    }

    /// Gives it back to its author, and says what is to be mended.
    async fn request_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CommentedInput,
    ) -> Answer<EditionPayload> {
        let meant = input.edition.target.meant()?;
        step(ctx, meant, move |desk| {
            Box::pin(async move {
                let comment = input.comment.unwrap_or_default();
                life::review::request_changes(desk, input.edition.expected_revision, &comment).await
            })
        })
        .await
    }

    /// Publishes the newest revision, or says what is to be mended first.
    async fn publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: EditionInput,
    ) -> Answer<EditionPayload> {
        let meant = input.target.meant()?;
        step(ctx, meant, move |desk| {
            Box::pin(life::publish::publish(desk, input.expected_revision))
        })
        .await
    }

    /// Takes the edition from the public; its revisions stay.
    async fn unpublish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: WithdrawInput,
    ) -> Answer<EditionPayload> {
        let meant = input.edition.target.meant()?;
        let confirmed = uuids(&input.confirmed_references)?;
        step(ctx, meant, move |desk| {
            Box::pin(async move {
                let reason = input.reason.as_deref();
                life::publish::unpublish(desk, input.edition.expected_revision, reason, &confirmed)
                    .await
            })
        })
        .await
    }

    /// Takes the edition from the public and out of the lists; publishing it again brings it back.
    async fn archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: WithdrawInput,
    ) -> Answer<EditionPayload> {
        let meant = input.edition.target.meant()?;
        let confirmed = uuids(&input.confirmed_references)?;
        step(ctx, meant, move |desk| {
            Box::pin(async move {
                life::publish::archive(desk, input.edition.expected_revision, &confirmed).await
            })
        })
        .await
    }

    /// Brings an earlier revision back, as a new one.
    async fn restore_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: RestoreRevisionInput,
    ) -> Answer<EditionPayload> {
        let meant = input.target.meant()?;
        step(ctx, meant, move |desk| {
            Box::pin(write::restore(desk, input.expected_revision, input.revision))
        })
        .await
    }

    /// Throws the edition away; it can be taken out again.
    async fn move_to_trash(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: WithdrawInput,
    ) -> Answer<EditionPayload> {
        let meant = input.edition.target.meant()?;
        let confirmed = uuids(&input.confirmed_references)?;
        step(ctx, meant, move |desk| {
            Box::pin(async move {
                life::trash::throw_away(desk, input.edition.expected_revision, &confirmed).await
            })
        })
        .await
    }

    /// Takes the edition out of the trash, as a draft.
    async fn restore_from_trash(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: TargetInput,
    ) -> Answer<EditionPayload> {
        let meant = input.meant()?;
        step(ctx, meant, move |desk| Box::pin(life::trash::take_out(desk))).await
    }

    /// Deletes an edition that lies in the trash, with all its revisions.
    async fn delete_forever(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: DeleteForeverInput,
    ) -> Answer<EditionPayload> {
        let meant = target(&input.id, None, None)?;
        let confirmed = uuids(&input.confirmed_references)?;
        step(ctx, meant, move |desk| {
            Box::pin(async move { life::trash::delete(desk, &confirmed).await })
        })
        .await
    }

    /// Makes a new entry with the same content. With an `Idempotency-Key` it is made once.
    async fn duplicate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: TargetInput,
    ) -> Answer<EditionPayload> {
        let meant = input.meant()?;
        let once = Visit::of(ctx).making("duplicate")?;
        step(ctx, meant, move |desk| {
            Box::pin(async move { write::duplicate(desk, once.as_ref()).await })
        })
        .await
    }

    /// Makes another edition of the same entry, filled with the words of this one. With an
    /// `Idempotency-Key` it is made once.
    async fn create_edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CreateEditionInput,
    ) -> Answer<EditionPayload> {
        let meant = target(&input.source, None, None)?;
        let once = Visit::of(ctx).making("createEdition")?;
        let language = input
            .language
            .parse()
            .map_err(|message: String| Failure::bad_input("language", message))?;
        let register = input.register.into();
        step(ctx, meant, move |desk| {
            Box::pin(async move { write::translate(desk, once.as_ref(), language, register).await })
        })
        .await
    }

    /// Says that the edition is up to date with the one that it was made from.
    async fn mark_up_to_date(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: TargetInput,
    ) -> Answer<EditionPayload> {
        let meant = input.meant()?;
        step(ctx, meant, move |desk| Box::pin(write::catch_up(desk))).await
    }

    /// Asks for a second person for all that is published of a kind, or no longer.
    async fn set_four_eyes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: SetFourEyesInput,
    ) -> Answer<KindRule> {
        let (visit, who) = editor(ctx)?;
        let wanted = if input.needed { FourEyes::Needed } else { FourEyes::NotNeeded };
        let (kind, who) = (input.kind, who.clone());
        visit
            .app
            .db
            .write(move |tx| {
                Box::pin(async move { write::set_four_eyes(tx, &who, kind.name(), wanted).await })
            })
            .await?;
        Ok(KindRule { kind, four_eyes: input.needed })
    }
}

/// Takes one step with an edition, in one transaction.
pub(super) async fn step<F>(ctx: &Context<'_>, meant: Target, take: F) -> Answer<EditionPayload>
where
    F: for<'d> FnOnce(Desk<'d>) -> BoxFuture<'d, Answer<Step>> + Send + 'static,
{
    let (visit, who) = editor(ctx)?;
    let (app, person) = (visit.app.clone(), who.clone());
    let taken = visit
        .app
        .db
        .write(move |tx| {
            Box::pin(async move {
                let desk = Desk::open(tx, &app, &person, &meant).await?;
                take(desk).await
            })
        })
        .await?;
    payload(visit, who, taken).await
}

/// The answer to a step, with the edition as it is now.
async fn payload(visit: &Visit, who: &Principal, step: Step) -> Answer<EditionPayload> {
    let edition = match step.edition {
        None => None,
        Some(id) => {
            let meant = target(&ID(id.to_string()), None, None)?;
            Some(WorkingEdition::from(Opened::by_target(&visit.app, who, &meant).await?))
        }
    };
    Ok(EditionPayload {
        edition,
        problems: problem::all(step.problems),
        references: step.references.into_iter().map(Reference).collect(),
    })
}

pub(super) fn uuids(ids: &[ID]) -> Answer<Vec<Uuid>> {
    ids.iter().map(uuid).collect()
}
