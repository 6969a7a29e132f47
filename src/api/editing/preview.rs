//! Previews: showing drafts to people without an account.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{editor, mutations::uuids};
use crate::{
    api::{filter::uuid, visit::Visit},
    auth::policy::Action,
    content::{
        life::{Desk, Target, release},
        preview,
        view::Selection,
        workspace::{Part, Sorting, Wanted, list},
    },
    error::{Answer, Failure},
};

/// What a token lets its holder see.
#[derive(SimpleObject)]
pub struct Preview {
    /// The ids of the entries whose drafts are seen; empty where a release is.
    pub entry_ids: Vec<ID>,
    /// The id of the release that is seen as if it were public.
    pub release_id: Option<ID>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// A token that was given; it is shown this once.
#[derive(SimpleObject)]
pub struct PreviewToken {
    /// Its id, for ending it.
    pub id: ID,
    /// To be sent as `Authorization: Bearer …` with any query.
    pub token: String,
    /// Until when it holds.
    pub expires_at: DateTime<Utc>,
}

/// What is to be shown, and for how long. Give either entries or a release.
#[derive(InputObject)]
pub struct CreatePreviewInput {
    /// The ids of the entries whose drafts are to be seen.
    #[graphql(default)]
    entries: Vec<ID>,
    /// The id of the release that is to be seen as if it were public.
    release: Option<ID>,
    /// For how many minutes: 15 to 10080.
    #[graphql(default = 60)]
    minutes: i32,
}

/// A preview that is ended.
#[derive(InputObject)]
pub struct EndPreviewInput {
    /// Its id.
    id: ID,
}

/// What a request sees besides.
#[derive(Default)]
pub struct PreviewQueries;

#[Object]
impl PreviewQueries {
    /// What this request sees beside what is published, if it came with a preview's token.
    async fn preview(&self, ctx: &Context<'_>) -> Option<Preview> {
        let shown = Visit::of(ctx).preview.as_ref()?;
        Some(Preview {
            entry_ids: shown.entries.iter().map(|id| ID(id.to_string())).collect(),
            release_id: shown.release.map(|id| ID(id.to_string())),
            expires_at: shown.expires_at,
        })
    }
}

/// Showing drafts.
#[derive(Default)]
pub struct PreviewMutations;

#[Object]
impl PreviewMutations {
    /// Gives a token with which somebody without an account sees these drafts in all queries. With
    /// an `Idempotency-Key` it is given once.
    async fn create_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: CreatePreviewInput,
    ) -> Answer<PreviewToken> {
        let (visit, who) = editor(ctx)?;
        let entries = uuids(&input.entries)?;
        let selection = match (&*entries, &input.release) {
            ([], Some(release)) => Selection::Release(uuid(release)?),
            ([_, ..], None) => Selection::Entries(entries),
            _ => {
                return Err(Failure::bad_input("entries", "Give either entries or a release."));
            }
        };
        let editions = editions(visit, who, &selection).await?;
        let once = visit.making("createPreview")?;
        let (app, person) = (visit.app.clone(), who.clone());
        let given = visit
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    for id in editions {
                        let target = Target { id, ..Target::default() };
                        Desk::open(tx, &app, &person, &target).await?.may(Action::Share)?;
                    }
                    let minutes = input.minutes.into();
                    preview::give(tx, &app, &person, once.as_ref(), &selection, minutes).await
                })
            })
            .await?;
        Ok(PreviewToken {
            id: ID(given.id.to_string()),
            token: given.token,
            expires_at: given.expires_at,
        })
    }

    /// Ends a preview that you gave.
    async fn end_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: EndPreviewInput,
    ) -> Answer<bool> {
        let (visit, who) = editor(ctx)?;
        let (id, who) = (uuid(&input.id)?, who.clone());
        visit
            .db()
            .write(move |tx| Box::pin(async move { preview::end(tx, &who, id).await }))
            .await?;
        Ok(true)
    }
}

/// The editions that are to be shown; each entry must have one that the person sees.
async fn editions(
    visit: &Visit,
    who: &crate::auth::principal::Principal,
    selection: &Selection,
) -> Answer<Vec<Uuid>> {
    match selection {
        Selection::All => Ok(Vec::new()),
        Selection::Release(id) => {
            release::may_bundle(who)?;
            let members = release::members(visit.db().pool(), *id).await?;
            Ok(members.into_iter().map(|member| member.edition_id).collect())
        }
        Selection::Entries(entries) => {
            let wanted = Wanted { entries: Some(entries.clone()), ..Wanted::default() };
            let part =
                Part { sorting: Sorting::CreatedAt, descending: false, first: 1000, offset: 0 };
            let (found, _) = list(&visit.app, who, &wanted, part).await?;
            let missing = |entry: &&Uuid| !found.iter().any(|one| one.edition.entry_id == **entry);
            if entries.iter().any(|entry| missing(&entry)) {
                return Err(Failure::NotFound);
            }
            Ok(found.into_iter().map(|one| one.edition.id).collect())
        }
    }
}
