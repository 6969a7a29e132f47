//! Saved views through GraphQL: the filter and the order of a list of editions, to come back to.

use async_graphql::{Context, ID, InputObject, InputType, Json, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::saved_view;
use serde_json::{Value, json};

use super::{
    editor,
    list::{WorkingEditionFilter, WorkingEditionOrder},
    working_edition::{Doer, doer},
};
use crate::{
    api::{
        filter::uuid,
        problem::{self, Problem},
    },
    content::{
        log::Actor,
        saved_view::{self as views, Audience, Kept, New},
    },
    error::{Answer, Failure},
};

/// A list of editions as somebody likes to see it.
pub struct SavedView(saved_view::Model);

/// What came of keeping a view.
#[derive(SimpleObject)]
pub struct SavedViewPayload {
    /// The view as it is now.
    pub view: Option<SavedView>,
    /// What stands in the way. Where there is anything, nothing has changed.
    pub problems: Vec<Problem>,
}

/// What came of throwing a view away.
#[derive(SimpleObject)]
pub struct DeleteViewPayload {
    /// The id of the view that is no more.
    pub id: ID,
    /// What stands in the way. Where there is anything, nothing has changed.
    pub problems: Vec<Problem>,
}

/// A view to keep.
#[derive(InputObject)]
pub struct SaveViewInput {
    /// What you call it.
    name: String,
    /// Whether everybody who has signed in sees it.
    #[graphql(default)]
    shared: bool,
    /// Which editions are meant, as for `workingEditions`.
    #[graphql(default)]
    filter: WorkingEditionFilter,
    /// The order, as for `workingEditions`.
    order_by: Option<WorkingEditionOrder>,
}

/// Another name for a view.
#[derive(InputObject)]
pub struct RenameViewInput {
    /// The view's id.
    id: ID,
    /// What it is to be called.
    name: String,
    /// Whether everybody who has signed in sees it; leave it out to change nothing about that.
    shared: Option<bool>,
}

/// A view to throw away.
#[derive(InputObject)]
pub struct DeleteViewInput {
    /// The view's id.
    id: ID,
}

/// A list of editions as somebody likes to see it.
#[Object]
impl SavedView {
    /// The id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether everybody who has signed in sees it.
    async fn shared(&self) -> bool {
        self.0.shared
    }

    /// Whether it is yours.
    async fn is_mine(&self, ctx: &Context<'_>) -> Answer<bool> {
        let (_, who) = editor(ctx)?;
        Ok(self.0.account_id == who.account)
    }

    /// Whose it is.
    async fn owner(&self, ctx: &Context<'_>) -> Answer<Doer> {
        doer(ctx, Actor::account(self.0.account_id).as_str()).await
    }

    /// Which editions are meant: send it as the variable `filter` of `workingEditions`.
    async fn filter(&self) -> Json<Value> {
        Json(self.0.query["filter"].clone())
    }

    /// The order: send it as the variable `orderBy` of `workingEditions`.
    async fn order_by(&self) -> Option<Json<Value>> {
        Some(self.0.query["orderBy"].clone()).filter(|order| !order.is_null()).map(Json)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// Root fields about saved views.
#[derive(Default)]
pub struct SavedViewQueries;

#[Object]
impl SavedViewQueries {
    /// Your saved views and those that others share, by name.
    async fn saved_views(&self, ctx: &Context<'_>) -> Answer<Vec<SavedView>> {
        let (visit, who) = editor(ctx)?;
        let seen = views::seen_by(visit.db().pool(), who).await?;
        Ok(seen.into_iter().map(SavedView).collect())
    }
}

/// What can be done with saved views.
#[derive(Default)]
pub struct SavedViewMutations;

#[Object]
impl SavedViewMutations {
    /// Keeps a list of editions as you see it now. With an `Idempotency-Key` it is kept once.
    async fn save_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: SaveViewInput,
    ) -> Answer<SavedViewPayload> {
        let (visit, who) = editor(ctx)?;
        // What could not be asked for is not kept either.
        input.filter.wanted()?;
        let once = visit.making("saveView")?;
        let order = input.order_by.as_ref().map(sent).transpose()?;
        let query = json!({ "filter": sent(&input.filter)?, "orderBy": order });
        let new = New { name: input.name, audience: audience(input.shared), query };
        let who = who.clone();
        let kept = visit
            .db()
            .write(move |tx| {
                Box::pin(async move { views::save(tx, &who, once.as_ref(), new).await })
            })
            .await?;
        Ok(payload(kept))
    }

    /// Gives a view another name. Only its owner may, or Administration where it is shared.
    async fn rename_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: RenameViewInput,
    ) -> Answer<SavedViewPayload> {
        let (visit, who) = editor(ctx)?;
        let (who, id) = (who.clone(), uuid(&input.id)?);
        let shared = input.shared.map(audience);
        let kept = visit
            .db()
            .write(move |tx| {
                Box::pin(async move { views::rename(tx, &who, id, &input.name, shared).await })
            })
            .await?;
        Ok(payload(kept))
    }

    /// Throws a view away. Only its owner may, or Administration where it is shared.
    async fn delete_view(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: DeleteViewInput,
    ) -> Answer<DeleteViewPayload> {
        let (visit, who) = editor(ctx)?;
        let (who, id) = (who.clone(), uuid(&input.id)?);
        visit
            .db()
            .write(move |tx| Box::pin(async move { views::delete(tx, &who, id).await }))
            .await?;
        Ok(DeleteViewPayload { id: input.id, problems: Vec::new() })
    }
}

fn audience(shared: bool) -> Audience {
    if shared { Audience::Everybody } else { Audience::Mine }
}

fn payload(kept: Kept) -> SavedViewPayload {
    SavedViewPayload { view: kept.view.map(SavedView), problems: problem::all(kept.problems) }
}

/// An input as it was sent, without what was left out.
fn sent(input: &impl InputType) -> Answer<Value> {
    let mut sent = input.to_value().into_json().map_err(Failure::internal)?;
    if let Value::Object(members) = &mut sent {
        members.retain(|_, value| !value.is_null());
    }
    Ok(sent)
}
