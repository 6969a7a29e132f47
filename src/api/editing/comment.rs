//! Comments through GraphQL: saying something about an edition, answering, being done with it.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::comment;
use futures_util::{future::BoxFuture, future::try_join_all};
use uuid::Uuid;

use super::{
    editor,
    mutations::uuids,
    target,
    working_edition::{Doer, doer},
};
use crate::{
    api::{
        batch::Place,
        filter::uuid,
        problem::{self, Problem},
        visit::Visit,
    },
    content::{
        comment::{self as comments, Conversation, New, Opened, Said, Standing},
        life::Desk,
        log::Actor,
    },
    error::Answer,
};

/// What somebody says about an edition or one of its fields, with the answers to it.
#[derive(Clone)]
pub struct Comment {
    line: comment::Model,
    answers: Vec<comment::Model>,
}

/// What came of saying something.
#[derive(SimpleObject)]
pub struct CommentPayload {
    /// The comment as it is now, or the whole conversation where it was about that.
    pub comment: Option<Comment>,
    /// What stands in the way. Where there is anything, nothing has changed.
    pub problems: Vec<Problem>,
}

/// What came of taking a comment back.
#[derive(SimpleObject)]
pub struct DeleteCommentPayload {
    /// The id of the comment that is no more.
    pub id: ID,
    /// What stands in the way. Where there is anything, nothing has changed.
    pub problems: Vec<Problem>,
}

/// Something to say about an edition.
#[derive(InputObject)]
pub struct AddCommentInput {
    /// The edition's id, or that of an entry with a German edition in the standard register.
    edition: ID,
    /// The field that it is about, by its name in the content; leave it out for the whole edition.
    field: Option<String>,
    /// What you want to say: 1 to 5000 characters.
    body: String,
    /// Whom you want to call, by the ids of their accounts. They must be able to read the edition.
    #[graphql(default)]
    mentions: Vec<ID>,
    /// The comment that you answer.
    reply_to: Option<ID>,
}

/// Other words for what you have said.
#[derive(InputObject)]
pub struct EditCommentInput {
    /// The comment's id.
    id: ID,
    /// What you want to say: 1 to 5000 characters.
    body: String,
    /// Whom you want to call; leave it out to change nothing about that.
    mentions: Option<Vec<ID>>,
}

/// A comment.
#[derive(InputObject)]
pub struct CommentInput {
    /// The comment's id.
    id: ID,
}

/// What somebody says about an edition or one of its fields, with the answers to it.
#[Object]
impl Comment {
    /// The id.
    async fn id(&self) -> ID {
        ID(self.line.id.to_string())
    }

    /// The id of the edition that it is about.
    async fn edition_id(&self) -> ID {
        ID(self.line.edition_id.to_string())
    }

    /// The id of the comment that it answers.
    async fn reply_to_id(&self) -> Option<ID> {
        self.line.parent_id.map(|parent| ID(parent.to_string()))
    }

    /// The field that it is about; null means the whole edition.
    async fn field(&self) -> Option<&str> {
        self.line.field.as_deref()
    }

    /// What was said; empty where it was taken back.
    async fn body(&self) -> &str {
        &self.line.body
    }

    /// Who said it.
    async fn author(&self, ctx: &Context<'_>) -> Answer<Doer> {
        doer(ctx, &self.line.author).await
    }

    /// Whether you said it; then you may change it and take it back.
    async fn is_mine(&self, ctx: &Context<'_>) -> Answer<bool> {
        let (_, who) = editor(ctx)?;
        Ok(self.line.author == who.actor().as_str())
    }

    /// Who is called.
    async fn mentions(&self, ctx: &Context<'_>) -> Answer<Vec<Doer>> {
        let names = comments::mentions(&self.line).into_iter().map(Actor::account);
        try_join_all(names.map(async |name| doer(ctx, name.as_str()).await)).await
    }

    /// When it was said.
    async fn created_at(&self) -> DateTime<Utc> {
        self.line.created_at
    }

    /// When its author changed it last.
    async fn edited_at(&self) -> Option<DateTime<Utc>> {
        self.line.edited_at
    }

    /// Whether its author has taken it back; it is still here because others have answered.
    async fn is_deleted(&self) -> bool {
        self.line.deleted_at.is_some()
    }

    /// When somebody said that the conversation is done; null while it is open.
    async fn done_at(&self) -> Option<DateTime<Utc>> {
        self.line.done_at
    }

    /// Who said so.
    async fn done_by(&self, ctx: &Context<'_>) -> Answer<Option<Doer>> {
        match &self.line.done_by {
            None => Ok(None),
            Some(name) => doer(ctx, name).await.map(Some),
        }
    }

    /// The answers, in the order in which they were given.
    async fn replies(&self) -> Vec<Comment> {
        self.answers.iter().cloned().map(Comment::alone).collect()
    }
}

impl Comment {
    /// Without the answers to it.
    pub fn alone(line: comment::Model) -> Self {
        Self { line, answers: Vec::new() }
    }

    /// The conversations about an edition, loaded together with those about its neighbours.
    pub async fn about(
        ctx: &Context<'_>,
        edition: Uuid,
        done: Option<Standing>,
    ) -> Answer<Vec<Self>> {
        let visit = Visit::of(ctx);
        let place = Place::of(ctx, "comments", visit.wish(ctx));
        let found = visit
            .batches
            .load(place, edition, async |editions| {
                let mut all = std::collections::HashMap::<Uuid, Vec<Conversation>>::new();
                for conversation in comments::of(visit.db().pool(), &editions).await? {
                    all.entry(conversation.first.edition_id).or_default().push(conversation);
                }
                Ok(all)
            })
            .await?;
        let all = found.map(Arc::unwrap_or_clone).unwrap_or_default();
        let open = |one: &Conversation| one.first.done_at.is_none();
        Ok(all
            .into_iter()
            .filter(|one| done.is_none_or(|done| (done == Standing::Open) == open(one)))
            .map(Self::from)
            .collect())
    }
}

impl From<Conversation> for Comment {
    fn from(Conversation { first, answers }: Conversation) -> Self {
        Self { line: first, answers }
    }
}

/// What people say to each other about an edition.
#[derive(Default)]
pub struct CommentMutations;

#[Object]
impl CommentMutations {
    /// Says something about an edition or one of its fields. With an `Idempotency-Key` it is said
    /// once.
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: AddCommentInput,
    ) -> Answer<CommentPayload> {
        let (visit, who) = editor(ctx)?;
        let meant = target(&input.edition, None, None)?;
        let once = visit.making("addComment")?;
        let new = New {
            field: input.field.filter(|field| !field.is_empty()),
            body: input.body,
            mentions: uuids(&input.mentions)?,
            answers: input.reply_to.as_ref().map(uuid).transpose()?,
        };
        let (app, person) = (visit.app.clone(), who.clone());
        let said = visit
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let desk = Desk::open(tx, &app, &person, &meant).await?;
                    comments::add(desk, once.as_ref(), new).await
                })
            })
            .await?;
        payload(visit, said).await
    }

    /// Says that the conversation that this comment belongs to is done.
    async fn resolve_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CommentInput,
    ) -> Answer<CommentPayload> {
        let said = opened(ctx, &input.id, |opened| Box::pin(comments::put(opened, Standing::Done)));
        payload(Visit::of(ctx), said.await?).await
    }

    /// Says that the conversation that this comment belongs to goes on.
    async fn reopen_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CommentInput,
    ) -> Answer<CommentPayload> {
        let said = opened(ctx, &input.id, |opened| Box::pin(comments::put(opened, Standing::Open)));
        payload(Visit::of(ctx), said.await?).await
    }

    /// Says it in other words. Only who has said it may.
    async fn edit_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: EditCommentInput,
    ) -> Answer<CommentPayload> {
        let mentions = input.mentions.as_deref().map(uuids).transpose()?;
        let body = input.body;
        let said = opened(ctx, &input.id, move |opened| {
            Box::pin(async move { comments::edit(opened, &body, mentions).await })
        });
        payload(Visit::of(ctx), said.await?).await
    }

    /// Takes a comment back. Only who has said it may; the answers of others stay.
    async fn delete_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CommentInput,
    ) -> Answer<DeleteCommentPayload> {
        opened(ctx, &input.id, |opened| Box::pin(comments::delete(opened))).await?;
        Ok(DeleteCommentPayload { id: input.id, problems: Vec::new() })
    }
}

/// Does something with a comment, in one transaction.
async fn opened<T, F>(ctx: &Context<'_>, id: &ID, does: F) -> Answer<T>
where
    T: Send + 'static,
    F: for<'d> FnOnce(Opened<'d>) -> BoxFuture<'d, Answer<T>> + Send + 'static,
{
    let (visit, who) = editor(ctx)?;
    let (app, person, id) = (visit.app.clone(), who.clone(), uuid(id)?);
    visit
        .db()
        .write(move |tx| {
            Box::pin(async move { does(Opened::by_id(tx, &app, &person, id).await?).await })
        })
        .await
}

async fn payload(visit: &Visit, said: Said) -> Answer<CommentPayload> {
    let comment = match said.comment {
        None => None,
        Some(line) if line.parent_id.is_some() => Some(Comment::alone(line)),
        Some(line) => Some(comments::conversation(visit.db().pool(), &line).await?.into()),
    };
    Ok(CommentPayload { comment, problems: problem::all(said.problems) })
}
