//! An edition as editors see it: its newest revision, what it waits for, and what may be done.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{account, edition, review as row};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    comment::Comment,
    editor,
    revision::{Comparison, Revision, RevisionPage},
    schedule::Schedule,
};
use crate::{
    api::{
        entry::Kind,
        filter::Register,
        problem::{self, Problem},
        visit::Visit,
    },
    auth::policy::{self, Action},
    content::{
        check,
        comment::{self, Standing},
        compare, draft,
        edition::Register as Words,
        life::{Desk, Target, schedule as plans},
        reference, review,
        workspace::{self, Opened},
    },
    error::{Answer, Failure},
};

/// An edition as editors see it: with its newest revision, published or not.
#[derive(Clone)]
pub struct WorkingEdition(pub Arc<Opened>);

impl From<Opened> for WorkingEdition {
    fn from(opened: Opened) -> Self {
        Self(Arc::new(opened))
    }
}

/// What an edition is, in one word.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "workspace::State")]
pub enum EditionState {
    /// Somebody is writing; the public sees nothing, or something older.
    Draft,
    /// It waits for somebody to look over it.
    InReview,
    /// It waits for its author to mend it.
    ChangesRequested,
    /// It waits for somebody to publish it.
    Approved,
    /// The public sees its newest revision.
    Published,
    /// It was taken from the public for good.
    Archived,
    /// It lies in the trash.
    Trashed,
}

/// What may be done with an edition.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "policy::Action", name = "EditionAction")]
pub enum EditionAction {
    /// Seeing drafts, revisions and comments.
    Read,
    /// Saying something about it.
    Comment,
    /// Making new ones like it.
    Create,
    /// Writing.
    Edit,
    /// Handing in for review.
    Submit,
    /// Approving, or asking for changes.
    Review,
    /// Making public.
    Publish,
    /// Taking from the public.
    Withdraw,
    /// Throwing away, and taking out again.
    Trash,
    /// Deleting for good.
    DeleteForever,
    /// Showing it to people without an account.
    Share,
}

/// Somebody who did something here: a person, or a part of Koffer such as the import.
#[derive(SimpleObject, Debug, Clone)]
pub struct Doer {
    /// The account's id, if it is a person's.
    pub account_id: Option<ID>,
    /// What they are called.
    pub name: String,
}

/// What somebody said in a review.
#[derive(SimpleObject)]
pub struct ReviewStep {
    /// The revision that it was said of.
    pub revision: i32,
    /// What was said.
    pub decision: ReviewDecision,
    /// Who said it.
    pub by: Doer,
    /// In which words.
    pub comment: Option<String>,
    /// When that was said.
    pub at: DateTime<Utc>,
}

/// What can be said in a review.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "review::Decision")]
pub enum ReviewDecision {
    /// It was handed in.
    Submitted,
    /// It was approved.
    Approved,
    /// Something is to be mended.
    ChangesRequested,
}

/// Something that points at an entry or a file.
pub struct Reference(pub reference::Reference);

/// Something that points at an entry or a file.
#[Object]
impl Reference {
    /// The id of the entry that points here.
    async fn entry_id(&self) -> ID {
        ID(self.0.entry.to_string())
    }

    /// The id of its edition that points here.
    async fn edition_id(&self) -> ID {
        ID(self.0.edition.to_string())
    }

    /// Its kind.
    async fn kind(&self) -> Answer<Kind> {
        kind(&self.0.kind)
    }

    /// Its language.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// Its register.
    async fn register(&self) -> Register {
        Words::from_name(&self.0.register).unwrap_or_default().into()
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The fields in which it does.
    async fn fields(&self) -> &[String] {
        &self.0.fields
    }

    /// Whether the public sees it.
    async fn is_public(&self) -> bool {
        self.0.shelf == reference::Standing::Live
    }
}

/// The edition that another was made from.
#[derive(SimpleObject)]
pub struct EditionSource {
    /// Its id.
    pub edition_id: ID,
    /// Its language.
    pub language: String,
    /// Its register.
    pub register: Register,
    /// The revision of it that this edition is up to date with.
    pub revision: i32,
    /// Its newest revision.
    pub latest_revision: i32,
    /// Whether it says something else by now.
    pub changed_since: bool,
}

/// An edition as editors see it: with its newest revision, published or not.
#[Object]
impl WorkingEdition {
    /// The edition's id.
    async fn id(&self) -> ID {
        ID(self.edition().id.to_string())
    }

    /// The id of the entry that it is an edition of.
    async fn entry_id(&self) -> ID {
        ID(self.edition().entry_id.to_string())
    }

    /// Which kind of entry it is.
    async fn kind(&self) -> Answer<Kind> {
        kind(&self.edition().kind)
    }

    /// Its language, as a BCP 47 tag.
    async fn language(&self) -> &str {
        &self.edition().language
    }

    /// How plainly it speaks.
    async fn register(&self) -> Register {
        Words::from_name(&self.edition().register).unwrap_or_default().into()
    }

    /// What it is called in the newest revision; empty where nobody has said.
    async fn title(&self) -> &str {
        self.0.newest.snapshot["title"].as_str().unwrap_or_default()
    }

    /// The last part of its address, as it is or would be.
    async fn slug(&self) -> Answer<String> {
        draft::wished_slug(self.edition(), &self.0.newest)
    }

    /// What it is, in one word.
    async fn state(&self) -> EditionState {
        self.0.state().into()
    }

    /// The number of the newest revision: send it along as `expectedRevision`.
    async fn revision(&self) -> i32 {
        self.edition().latest
    }

    /// The number of the revision that the public sees, if it sees any.
    async fn live_revision(&self) -> Option<i32> {
        self.edition().live
    }

    /// Whether there is something that the public does not see yet.
    async fn has_draft(&self) -> bool {
        self.0.has_draft()
    }

    /// The newest revision's content, by the names of the fields in `content` of the inputs.
    async fn content(&self) -> Json<serde_json::Value> {
        Json(self.0.newest.snapshot.clone())
    }

    /// What would stand in the way of publishing it now.
    async fn problems(&self, ctx: &Context<'_>) -> Answer<Vec<Problem>> {
        let (visit, who) = editor(ctx)?;
        let edition = self.edition().clone();
        let (app, who) = (visit.app.clone(), who.clone());
        let found = visit
            .app
            .db
            .read(move |tx| {
                Box::pin(async move {
                    let desk = Desk::of(tx, &app, &who, edition).await?;
                    check::problems(&desk, &[]).await
                })
            })
            .await?;
        Ok(problem::all(found))
    }

    /// Who made it.
    async fn author(&self, ctx: &Context<'_>) -> Answer<Doer> {
        doer(ctx, &self.edition().author).await
    }

    /// Who saved it last.
    async fn editor(&self, ctx: &Context<'_>) -> Answer<Doer> {
        doer(ctx, &self.edition().editor).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.edition().created_at
    }

    /// When it was saved last.
    async fn saved_at(&self) -> DateTime<Utc> {
        self.0.newest.created_at
    }

    /// When it became public for the first time.
    async fn first_published_at(&self) -> Option<DateTime<Utc>> {
        self.edition().first_published_at
    }

    /// When it was taken from the public for good.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.edition().archived_at
    }

    /// When it was thrown away.
    async fn trashed_at(&self) -> Option<DateTime<Utc>> {
        self.edition().trashed_at
    }

    /// What you may do with it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Answer<Vec<EditionAction>> {
        let (_, who) = editor(ctx)?;
        let may = |action: &Action| policy::may(who, *action, &self.0.subject);
        Ok(Action::ALL.into_iter().filter(may).map(EditionAction::from).collect())
    }

    /// What was said about it in reviews, newest first.
    async fn reviews(&self, ctx: &Context<'_>) -> Answer<Vec<ReviewStep>> {
        let (visit, _) = editor(ctx)?;
        let mut steps = Vec::new();
        for step in review::of(visit.db().pool(), self.edition().id).await? {
            steps.push(review_step(ctx, step).await?);
        }
        Ok(steps)
    }

    /// What people say to each other about it, in the order in which they began.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether to tell what is done, too.", default)] include_done: bool,
    ) -> Answer<Vec<Comment>> {
        editor(ctx)?;
        let only = (!include_done).then_some(Standing::Open);
        Comment::about(ctx, self.edition().id, only).await
    }

    /// Whom you can call in a comment: everybody who may read it, by name.
    async fn mentionable(&self, ctx: &Context<'_>) -> Answer<Vec<Doer>> {
        let (visit, who) = editor(ctx)?;
        let (app, who, edition) = (visit.app.clone(), who.clone(), self.edition().clone());
        let found = visit
            .db()
            .read(move |tx| {
                Box::pin(async move {
                    let desk = Desk::of(tx, &app, &who, edition).await?;
                    comment::who_may_read(&desk).await
                })
            })
            .await?;
        let shown = |account: account::Model| Doer {
            account_id: Some(ID(account.id.to_string())),
            name: account.name,
        };
        Ok(found.into_iter().map(shown).collect())
    }

    /// Its history, newest first.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 when not given.")] first: Option<i32>,
        #[graphql(desc = "How many to skip.")] offset: Option<i32>,
    ) -> Answer<RevisionPage> {
        RevisionPage::of(ctx, &self.0, first, offset).await
    }

    /// One revision of its history.
    async fn past_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number.")] number: i32,
    ) -> Answer<Revision> {
        let (visit, _) = editor(ctx)?;
        let found = draft::revision(visit.db().pool(), self.edition().id, number).await?;
        Ok(Revision::of(found, &self.0))
    }

    /// What differs between two of its revisions, field by field.
    async fn comparison(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number of the earlier revision.")] from: i32,
        #[graphql(desc = "The number of the later revision.")] to: i32,
    ) -> Answer<Comparison> {
        let (visit, _) = editor(ctx)?;
        let db = visit.db().pool();
        let earlier = draft::revision(db, self.edition().id, from).await?;
        let later = draft::revision(db, self.edition().id, to).await?;
        let fields = compare::fields(self.0.door, &earlier.snapshot, &later.snapshot)?;
        Ok(Comparison { from, to, fields: fields.into_iter().map(Into::into).collect() })
    }

    /// What is to happen to it at a time, and what became of that; the next first.
    async fn schedules(&self, ctx: &Context<'_>) -> Answer<Vec<Schedule>> {
        let (visit, _) = editor(ctx)?;
        let plans = plans::of(&visit.app, self.edition().id).await?;
        Ok(plans.into_iter().map(Schedule).collect())
    }

    /// What points at its entry, in public and in drafts that you may see.
    async fn references(&self, ctx: &Context<'_>) -> Answer<Vec<Reference>> {
        let (visit, who) = editor(ctx)?;
        let found = reference::visible(&visit.app, who, self.edition().entry_id).await?;
        Ok(found.into_iter().map(Reference).collect())
    }

    /// The edition that it was made from, if it was made from another.
    async fn source(&self, ctx: &Context<'_>) -> Answer<Option<EditionSource>> {
        let (visit, who) = editor(ctx)?;
        let edition = self.edition();
        let (Some(id), Some(revision)) = (edition.source_id, edition.source_revision) else {
            return Ok(None);
        };
        let meant = Target { id, ..Target::default() };
        let source = match Opened::by_target(&visit.app, who, &meant).await {
            Ok(source) => source,
            Err(Failure::NotFound) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let known = draft::revision(visit.db().pool(), id, revision).await.ok();
        let same = known.is_some_and(|known| known.content_hash == source.newest.content_hash);
        Ok(Some(EditionSource {
            edition_id: ID(id.to_string()),
            language: source.edition.language.clone(),
            register: Words::from_name(&source.edition.register).unwrap_or_default().into(),
            revision,
            latest_revision: source.edition.latest,
            changed_since: !same,
        }))
    }

    /// The other editions of the same entry that you may see.
    async fn siblings(&self, ctx: &Context<'_>) -> Answer<Vec<WorkingEdition>> {
        let (visit, who) = editor(ctx)?;
        let wanted = workspace::Wanted {
            entries: Some(vec![self.edition().entry_id]),
            ..workspace::Wanted::default()
        };
        let part = workspace::Part {
            sorting: workspace::Sorting::CreatedAt,
            descending: false,
            first: 100,
            offset: 0,
        };
        let (found, _) = workspace::list(&visit.app, who, &wanted, part).await?;
        let others = found.into_iter().filter(|other| other.edition.id != self.edition().id);
        Ok(others.map(WorkingEdition::from).collect())
    }
}

impl WorkingEdition {
    fn edition(&self) -> &edition::Model {
        &self.0.edition
    }
}

/// Who did something, by the name that the revisions and the log know.
pub async fn doer(ctx: &Context<'_>, actor: &str) -> Answer<Doer> {
    let id = actor.strip_prefix("account:").and_then(|id| id.parse::<Uuid>().ok());
    let Some(id) = id else {
        let name = actor.strip_prefix("system:").unwrap_or(actor);
        return Ok(Doer { account_id: None, name: name.to_owned() });
    };
    let visit = Visit::of(ctx);
    let place = crate::api::batch::Place::of(ctx, "doer", visit.wish(ctx));
    let found = visit
        .batches
        .load(place, id, async |ids| {
            let accounts = account::Entity::find()
                .filter(account::Column::Id.is_in(ids))
                .all(visit.db().pool())
                .await?;
            Ok(accounts.into_iter().map(|account| (account.id, account.name)).collect())
        })
        .await?;
    let name = found.map_or_else(|| "(gelöschtes Konto)".to_owned(), |name| String::clone(&name));
    Ok(Doer { account_id: Some(ID(id.to_string())), name })
}

async fn review_step(ctx: &Context<'_>, step: row::Model) -> Answer<ReviewStep> {
    let decision = review::Decision::from_name(&step.decision)
        .ok_or_else(|| Failure::internal(anyhow::anyhow!("unknown decision {}", step.decision)))?;
    Ok(ReviewStep {
        revision: step.revision,
        decision: decision.into(),
        by: doer(ctx, &step.actor).await?,
        comment: step.comment,
        at: step.created_at,
    })
}

pub fn kind(name: &str) -> Answer<Kind> {
    Kind::from_name(name).ok_or_else(|| Failure::internal(anyhow::anyhow!("unknown kind {name}")))
}
