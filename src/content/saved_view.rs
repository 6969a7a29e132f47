//! Saved views: a list of editions as somebody likes to see it, for themselves or for all.
//!
//! What is asked for is kept as it was sent, so that it can be sent again; nothing here reads it.

use entity::saved_view;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    idempotency::{self, Once},
    problem::Problems,
};
use crate::{
    auth::{
        policy::{self, HouseAction},
        principal::Principal,
    },
    clock,
    error::{Answer, Failure},
    id,
};

/// The longest name.
const NAME: usize = 100;

/// How many one person may keep.
const MANY: u64 = 100;

/// Who sees a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Mine,
    Everybody,
}

impl Audience {
    #[must_use]
    pub fn of(view: &saved_view::Model) -> Self {
        if view.shared { Self::Everybody } else { Self::Mine }
    }
}

/// A view as somebody wants it kept.
#[derive(Debug, Clone)]
pub struct New {
    pub name: String,
    pub audience: Audience,
    pub query: Value,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Kept {
    pub view: Option<saved_view::Model>,
    pub problems: Problems,
}

/// Keeps a new one.
pub async fn save(
    tx: &DatabaseTransaction,
    who: &Principal,
    once: Option<&Once>,
    new: New,
) -> Answer<Kept> {
    if let Some(made) = idempotency::made(tx, once).await? {
        let view = saved_view::Entity::find_by_id(made).one(tx).await?;
        return Ok(Kept { view: Some(view.ok_or(Failure::NotFound)?), ..Kept::default() });
    }
    let mut problems = named(&new.name);
    let own = saved_view::Entity::find().filter(saved_view::Column::AccountId.eq(who.account));
    if own.count(tx).await? >= MANY {
        let message =
            format!("Sie haben schon {MANY} Ansichten. Bitte löschen Sie zuerst eine davon.");
        problems.add("name", "TOO_MANY", message);
    }
    if problems.any() {
        return Ok(Kept { view: None, problems });
    }
    let view = saved_view::Model {
        id: id::new(),
        account_id: who.account,
        name: new.name.trim().to_owned(),
        shared: new.audience == Audience::Everybody,
        query: new.query,
        created_at: clock::now(),
    };
    saved_view::Entity::insert(view.clone().into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    idempotency::keep(tx, once, view.id).await?;
    Ok(Kept { view: Some(view), problems })
}

/// Gives it another name, or other readers.
pub async fn rename(
    tx: &DatabaseTransaction,
    who: &Principal,
    view: Uuid,
    name: &str,
    audience: Option<Audience>,
) -> Answer<Kept> {
    let view = to_change(tx, who, view).await?;
    let problems = named(name);
    if problems.any() {
        return Ok(Kept { view: Some(view), problems });
    }
    let mut next = view.into_active_model();
    next.name = Set(name.trim().to_owned());
    if let Some(audience) = audience {
        next.shared = Set(audience == Audience::Everybody);
    }
    Ok(Kept { view: Some(next.update(tx).await?), problems })
}

/// Throws it away.
pub async fn delete(tx: &DatabaseTransaction, who: &Principal, view: Uuid) -> Answer<()> {
    let view = to_change(tx, who, view).await?;
    saved_view::Entity::delete_by_id(view.id).exec(tx).await?;
    Ok(())
}

/// One's own, and those that others have shared; by name.
pub async fn seen_by(db: &impl ConnectionTrait, who: &Principal) -> Answer<Vec<saved_view::Model>> {
    let seen = Condition::any()
        .add(saved_view::Column::AccountId.eq(who.account))
        .add(saved_view::Column::Shared.eq(true));
    let mut views = saved_view::Entity::find()
        .filter(seen)
        .order_by_asc(saved_view::Column::Id)
        .all(db)
        .await?;
    views.sort_by_cached_key(|view| super::collation::sort_key(&view.name));
    Ok(views)
}

/// The view, if the person may change it; what one may not see does not exist.
async fn to_change(
    tx: &DatabaseTransaction,
    who: &Principal,
    view: Uuid,
) -> Answer<saved_view::Model> {
    let view = saved_view::Entity::find_by_id(view).one(tx).await?.ok_or(Failure::NotFound)?;
    if view.account_id == who.account {
        return Ok(view);
    }
    match Audience::of(&view) {
        Audience::Mine => Err(Failure::NotFound),
        Audience::Everybody => {
            policy::check_in_house(who, HouseAction::TendViews)?;
            Ok(view)
        }
    }
}

fn named(name: &str) -> Problems {
    let mut problems = Problems::default();
    problems.empty("name", name, "Bitte geben Sie der Ansicht einen Namen.");
    problems.longer_than("name", name.trim(), NAME);
    problems
}
