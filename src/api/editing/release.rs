//! Releases: what is looked at together and goes public together.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{release, schedule};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{
    editor,
    input::TargetInput,
    mutations::{EditionPayload, step},
    schedule::{Schedule, berlin},
    target,
    working_edition::{Doer, WorkingEdition, doer},
};
use crate::{
    api::{
        filter::uuid,
        problem::{self, Problem},
        visit::Visit,
    },
    content::{
        life::{Target, release as bundles, schedule::Moment},
        problem::Problems,
        workspace::Opened,
    },
    db::Ending,
    error::{Answer, Failure},
};

/// Revisions under one name that go public together.
pub struct Release(pub release::Model);

/// One revision in a release.
#[derive(SimpleObject)]
pub struct ReleaseMember {
    /// The edition.
    pub edition: WorkingEdition,
    /// The number of its revision that is in the release.
    pub revision: i32,
    /// Whether the edition says something else by now; then it has to be put in again.
    pub changed_since: bool,
}

/// What came of a step with a release.
#[derive(SimpleObject)]
pub struct ReleasePayload {
    /// The release as it is now.
    pub release: Option<Release>,
    /// What stands in the way, each beginning with the edition's id. Where there is anything,
    /// nothing has changed.
    pub problems: Vec<Problem>,
}

/// A new release.
#[derive(InputObject)]
pub struct CreateReleaseInput {
    /// What it is called.
    name: String,
    /// What it is about.
    note: Option<String>,
}

/// An edition that goes into a release.
#[derive(InputObject)]
pub struct AddToReleaseInput {
    /// The release's id.
    release: ID,
    #[graphql(flatten)]
    target: TargetInput,
    /// The number of the revision that you have before you, and that goes in.
    expected_revision: i32,
}

/// An edition that is taken out of a release.
#[derive(InputObject)]
pub struct RemoveFromReleaseInput {
    /// The release's id.
    release: ID,
    /// The edition's id.
    id: ID,
}

/// A release.
#[derive(InputObject)]
pub struct ReleaseInput {
    /// The release's id.
    id: ID,
}

/// A release that is to go public at a time.
#[derive(InputObject)]
pub struct ScheduleReleaseInput {
    /// The release's id.
    id: ID,
    /// The local time: `2026-12-03T09:00`.
    at: String,
    /// The time zone that you mean.
    #[graphql(default_with = "berlin()")]
    zone: String,
}

/// Revisions under one name that go public together.
#[Object]
impl Release {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is about.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Who made it.
    async fn author(&self, ctx: &Context<'_>) -> Answer<Doer> {
        doer(ctx, &self.0.author).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it went public.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// What is in it, as far as you may see it.
    async fn members(&self, ctx: &Context<'_>) -> Answer<Vec<ReleaseMember>> {
        let (visit, who) = editor(ctx)?;
        let mut shown = Vec::new();
        for member in bundles::members(visit.db().pool(), self.0.id).await? {
            let meant = Target { id: member.edition_id, ..Target::default() };
            match Opened::by_target(&visit.app, who, &meant).await {
                Ok(opened) => shown.push(ReleaseMember {
                    changed_since: opened.newest.content_hash != member.content_hash,
                    edition: opened.into(),
                    revision: member.revision,
                }),
                Err(Failure::NotFound) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(shown)
    }

    /// When it is to go public, and what became of that.
    async fn schedules(&self, ctx: &Context<'_>) -> Answer<Vec<Schedule>> {
        let (visit, _) = editor(ctx)?;
        let plans = schedule::Entity::find()
            .filter(schedule::Column::ReleaseId.eq(self.0.id))
            .order_by_asc(schedule::Column::DueAt)
            .all(visit.db().pool())
            .await?;
        Ok(plans.into_iter().map(Schedule).collect())
    }
}

/// What is bundled.
#[derive(Default)]
pub struct ReleaseQueries;

#[Object]
impl ReleaseQueries {
    /// All releases, the newest first. For those who may publish.
    async fn releases(&self, ctx: &Context<'_>) -> Answer<Vec<Release>> {
        let (visit, who) = editor(ctx)?;
        bundles::may_bundle(who)?;
        let lines = release::Entity::find()
            .order_by_desc(release::Column::CreatedAt)
            .all(visit.db().pool())
            .await?;
        Ok(lines.into_iter().map(Release).collect())
    }

    /// One release. For those who may publish.
    async fn release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The release's id.")] id: ID,
    ) -> Answer<Option<Release>> {
        let (visit, who) = editor(ctx)?;
        bundles::may_bundle(who)?;
        Ok(release::Entity::find_by_id(uuid(&id)?).one(visit.db().pool()).await?.map(Release))
    }
}

/// Bundling.
#[derive(Default)]
pub struct ReleaseMutations;

#[Object]
impl ReleaseMutations {
    /// Opens a release. With an `Idempotency-Key` it is made once.
    async fn create_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CreateReleaseInput,
    ) -> Answer<ReleasePayload> {
        let (visit, who) = editor(ctx)?;
        let (once, who) = (visit.making("createRelease")?, who.clone());
        let (made, problems) = visit
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    bundles::create(tx, &who, once.as_ref(), &input.name, input.note).await
                })
            })
            .await?;
        payload(visit, made, problems).await
    }

    /// Puts the newest revision of an edition in.
    async fn add_to_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: AddToReleaseInput,
    ) -> Answer<EditionPayload> {
        let meant = input.target.meant()?;
        let release = uuid(&input.release)?;
        step(ctx, meant, move |desk| {
            Box::pin(bundles::put_in(desk, input.expected_revision, release))
        })
        .await
    }

    /// Takes an edition out.
    async fn remove_from_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: RemoveFromReleaseInput,
    ) -> Answer<EditionPayload> {
        let release = uuid(&input.release)?;
        let meant = target(&input.id, None, None)?;
        step(ctx, meant, move |desk| Box::pin(bundles::take_out(desk, release))).await
    }

    /// Publishes all of it in one transaction, or nothing.
    async fn publish_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: ReleaseInput,
    ) -> Answer<ReleasePayload> {
        let (visit, who) = editor(ctx)?;
        let (id, app, who) = (uuid(&input.id)?, visit.app.clone(), who.clone());
        let problems = visit
            .db()
            .attempt(move |tx| {
                Box::pin(async move {
                    let problems = bundles::go_public(tx, &app, &who, id).await?;
                    let ending = if problems.any() { Ending::TakeBack } else { Ending::Commit };
                    Ok((problems, ending))
                })
            })
            .await?;
        payload(visit, Some(id), problems).await
    }

    /// Plans when all of it goes public.
    async fn schedule_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: ScheduleReleaseInput,
    ) -> Answer<ReleasePayload> {
        let (visit, who) = editor(ctx)?;
        let moment = Moment::read(&input.at, &input.zone)?;
        let (id, app, who) = (uuid(&input.id)?, visit.app.clone(), who.clone());
        let problems = visit
            .db()
            .write(move |tx| {
                Box::pin(async move { bundles::plan(tx, &app, &who, id, &moment).await })
            })
            .await?;
        payload(visit, Some(id), problems).await
    }
}

async fn payload(visit: &Visit, id: Option<Uuid>, problems: Problems) -> Answer<ReleasePayload> {
    let release = match id {
        None => None,
        Some(id) => release::Entity::find_by_id(id).one(visit.db().pool()).await?.map(Release),
    };
    Ok(ReleasePayload { release, problems: problem::all(problems) })
}
