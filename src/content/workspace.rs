//! What editors have before them: one edition with all that is known of it, or lists over all kinds.
//!
//! Lists show what the policy lets the person see, and count nothing else.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{edition, revision};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter,
    sea_query::{
        Alias, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType,
    },
};
use uuid::Uuid;

use super::{
    collation::folded,
    door::Door,
    draft,
    edition::{Language, Register},
    life::{self, Target},
    log::Actor,
    read::table::Table,
    review, view,
};
use crate::{
    app::App,
    auth::{
        policy::{self, Action, Subject},
        principal::Principal,
    },
    error::{Answer, Failure},
};

/// An edition as somebody sees it who may.
#[derive(Clone)]
pub struct Opened {
    pub edition: edition::Model,
    pub newest: revision::Model,
    /// What the public sees of it.
    pub live: Option<revision::Model>,
    pub door: &'static dyn Door,
    pub subject: Subject,
}

/// What an edition is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Draft,
    InReview,
    ChangesRequested,
    Approved,
    /// What the public sees is the newest revision.
    Published,
    Archived,
    Trashed,
}

/// Which editions somebody wants to see.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub kinds: Option<Vec<&'static str>>,
    pub states: Option<Vec<State>>,
    pub languages: Option<Vec<Language>>,
    pub registers: Option<Vec<Register>>,
    /// Who saved it last.
    pub editors: Option<Vec<Uuid>>,
    /// Who made it.
    pub authors: Option<Vec<Uuid>>,
    pub theme_fields: Option<Vec<Uuid>>,
    pub entries: Option<Vec<Uuid>>,
    pub title: Option<String>,
    pub saved_before: Option<DateTime<Utc>>,
    pub saved_after: Option<DateTime<Utc>>,
    pub review_by_before: Option<NaiveDate>,
    pub has_problems: Option<bool>,
    pub is_scheduled: Option<bool>,
    pub is_public: Option<bool>,
}

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorting {
    SavedAt,
    CreatedAt,
    Title,
    Kind,
    ReviewBy,
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub sorting: Sorting,
    pub descending: bool,
    pub first: u64,
    pub offset: u64,
}

impl Opened {
    /// Opens it for somebody; what they may not see does not exist.
    pub async fn by_target(app: &App, who: &Principal, target: &Target) -> Answer<Self> {
        let found = life::find(app.db.pool(), target).await?.ok_or(Failure::NotFound)?;
        let opened = Self::of(app, who, found).await?;
        policy::check(who, Action::Read, &opened.subject)?;
        Ok(opened)
    }

    async fn of(app: &App, who: &Principal, edition: edition::Model) -> Answer<Self> {
        let db = app.db.pool();
        let door = app.door(&edition.kind).ok_or(Failure::NotFound)?;
        let newest = draft::revision(db, edition.id, edition.latest).await?;
        let live = match edition.live {
            None => None,
            Some(live) if live == newest.number => Some(newest.clone()),
            Some(live) => Some(draft::revision(db, edition.id, live).await?),
        };
        let actor = Actor::account(who.account);
        let subject = life::subject(door, &actor, &edition, &newest.snapshot)?;
        Ok(Self { edition, newest, live, door, subject })
    }

    /// Several at once, with what the person is to each. Nothing has been decided yet.
    pub async fn many(
        app: &App,
        who: &Principal,
        editions: Vec<edition::Model>,
    ) -> Answer<Vec<Self>> {
        let shown = "EXISTS (SELECT 1 FROM edition e WHERE e.id = revision.edition_id \
                     AND (e.latest = revision.number OR e.live = revision.number))";
        let revisions = revision::Entity::find()
            .filter(revision::Column::EditionId.is_in(editions.iter().map(|edition| edition.id)))
            .filter(Expr::cust(shown))
            .all(app.db.pool())
            .await?;
        let actor = Actor::account(who.account);
        let mut opened = Vec::new();
        for edition in editions {
            let numbered = |number: i32| {
                let is =
                    |one: &&revision::Model| one.edition_id == edition.id && one.number == number;
                revisions.iter().find(is).cloned()
            };
            // Where somebody saves at this moment, it will be there the next time.
            let Some(newest) = numbered(edition.latest) else { continue };
            let live = edition.live.and_then(numbered);
            let door = app.door(&edition.kind).ok_or(Failure::NotFound)?;
            let subject = life::subject(door, &actor, &edition, &newest.snapshot)?;
            opened.push(Self { edition, newest, live, door, subject });
        }
        Ok(opened)
    }

    /// Whether there is something that the public does not see yet.
    pub fn has_draft(&self) -> bool {
        self.live.as_ref().is_none_or(|live| live.content_hash != self.newest.content_hash)
    }

    pub fn state(&self) -> State {
        if self.edition.trashed_at.is_some() {
            return State::Trashed;
        }
        if self.edition.archived_at.is_some() {
            return State::Archived;
        }
        match review::State::of(&self.edition) {
            review::State::InReview => State::InReview,
            review::State::ChangesRequested => State::ChangesRequested,
            review::State::Approved => State::Approved,
            review::State::Draft if self.has_draft() => State::Draft,
            review::State::Draft => State::Published,
        }
    }
}

/// A part of the editions that somebody wants to see, and how many there are in all.
pub async fn list(
    app: &App,
    who: &Principal,
    wanted: &Wanted,
    part: Part,
) -> Answer<(Vec<Opened>, u64)> {
    let ids = ids(app, who, wanted, part).await?;
    let mut editions = edition::Entity::find()
        .filter(edition::Column::Id.is_in(ids.iter().copied()))
        .all(app.db.pool())
        .await?;
    editions.sort_by_key(|edition| ids.iter().position(|id| *id == edition.id));
    let opening = editions.into_iter().map(|edition| Opened::of(app, who, edition));
    let opened = futures_util::future::try_join_all(opening).await?;
    Ok((opened, count(app, who, wanted).await?))
}

/// The same, by their ids and nothing else.
pub async fn ids(app: &App, who: &Principal, wanted: &Wanted, part: Part) -> Answer<Vec<Uuid>> {
    let mut ids = matching(app, who, wanted);
    let (edition, head) = (Table::new("e"), Table::new("h"));
    let column = match part.sorting {
        Sorting::SavedAt => edition.col("saved_at"),
        Sorting::CreatedAt => edition.col("created_at"),
        Sorting::Title => head.col("title_key"),
        Sorting::Kind => edition.col("kind"),
        Sorting::ReviewBy => head.col("review_by"),
    };
    let order = if part.descending { Order::Desc } else { Order::Asc };
    ids.expr_as(edition.col("id"), "id")
        .order_by_expr(column, order)
        .order_by_expr(head.col("title_key"), Order::Asc)
        .order_by_expr(edition.col("id"), Order::Asc)
        .limit(part.first)
        .offset(part.offset);
    let rows = app.db.all(&ids).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
}

/// How many editions somebody would see.
pub async fn count(app: &App, who: &Principal, wanted: &Wanted) -> Answer<u64> {
    let mut query = matching(app, who, wanted);
    query.expr_as(Func::count(Expr::col((Alias::new("e"), "id"))), "count");
    let rows = app.db.all(&query).await?;
    let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get("", "count"))?;
    Ok(count.unsigned_abs())
}

/// The editions `e` with their newest heads `h`; the caller says what to select.
fn matching(app: &App, who: &Principal, wanted: &Wanted) -> SelectStatement {
    let (edition, head) = (Table::new("e"), Table::new("h"));
    let mut query = Query::select();
    query
        .from_as("edition", edition.alias())
        .join_subquery(
            JoinType::InnerJoin,
            heads(),
            head.alias(),
            head.col("edition_id").eq(edition.col("id")),
        )
        .and_where(Expr::cust(view::condition(app.db.backend(), who)))
        .cond_where(among_states(wanted.states.as_deref(), &edition, &head));

    let accounts = |ids: &[Uuid]| -> Vec<String> {
        ids.iter().map(|id| Actor::account(*id).as_str().to_owned()).collect()
    };
    if let Some(kinds) = &wanted.kinds {
        query.and_where(edition.col("kind").is_in(kinds.iter().copied()));
    }
    if let Some(languages) = &wanted.languages {
        query.and_where(edition.col("language").is_in(languages.iter().map(Language::as_str)));
    }
    if let Some(registers) = &wanted.registers {
        let names = registers.iter().map(|register| register.as_str());
        query.and_where(edition.col("register").is_in(names));
    }
    if let Some(editors) = &wanted.editors {
        query.and_where(edition.col("editor").is_in(accounts(editors)));
    }
    if let Some(authors) = &wanted.authors {
        query.and_where(edition.col("author").is_in(accounts(authors)));
    }
    if let Some(entries) = &wanted.entries {
        query.and_where(edition.col("entry_id").is_in(entries.iter().copied()));
    }
    if let Some(fields) = &wanted.theme_fields {
        query.cond_where(in_theme_fields(fields, &edition, &head));
    }
    if let Some(title) = &wanted.title {
        let pattern = format!("%{}%", folded(title).replace(['%', '_'], " "));
        query.and_where(head.col("title_folded").like(pattern));
    }
    if let Some(before) = wanted.saved_before {
        query.and_where(edition.col("saved_at").lt(before));
    }
    if let Some(after) = wanted.saved_after {
        query.and_where(edition.col("saved_at").gt(after));
    }
    if let Some(before) = wanted.review_by_before {
        query.and_where(head.col("review_by").lt(before));
    }
    if let Some(has) = wanted.has_problems {
        let problems = edition.col("problems");
        query.and_where(if has { problems.gt(0) } else { problems.eq(0) });
    }
    if let Some(is) = wanted.is_public {
        let live = edition.col("live");
        query.and_where(if is { live.is_not_null() } else { live.is_null() });
    }
    if let Some(is) = wanted.is_scheduled {
        let due = Table::new("s");
        let pending = Query::select()
            .expr(Expr::val(1))
            .from_as("schedule", due.alias())
            .and_where(due.col("edition_id").eq(edition.col("id")))
            .and_where(due.col("state").eq("pending"))
            .to_owned();
        let exists = Expr::exists(pending);
        query.and_where(if is { exists } else { exists.not() });
    }
    query
}

/// What every newest revision has: from the drafts, or from what is published where there is none.
fn heads() -> SelectStatement {
    let heads = |table: &'static str, drafted: i32| {
        let mut query = Query::select();
        for column in ["edition_id", "title_key", "title_folded", "review_by"] {
            query.column(column);
        }
        query.expr_as(Expr::val(drafted), "drafted").from(table);
        query
    };
    let drafts = Query::select().column("edition_id").from("draft_live").to_owned();
    let mut public = heads("live", 0);
    public.and_where(Expr::col("edition_id").not_in_subquery(drafts));
    heads("draft_live", 1).union(UnionType::All, public).to_owned()
}

/// Without a wish, everything but what lies in the trash or the archive.
fn among_states(states: Option<&[State]>, edition: &Table, head: &Table) -> Condition {
    let here = || {
        Condition::all()
            .add(edition.col("trashed_at").is_null())
            .add(edition.col("archived_at").is_null())
    };
    let waiting = |state: review::State| here().add(edition.col("state").eq(state.as_str()));
    let Some(states) = states else { return here() };
    states.iter().fold(Condition::any().add(Expr::val(false)), |any, state| {
        any.add(match state {
            State::Draft => waiting(review::State::Draft).add(head.col("drafted").eq(1)),
            State::Published => waiting(review::State::Draft).add(head.col("drafted").eq(0)),
            State::InReview => waiting(review::State::InReview),
            State::ChangesRequested => waiting(review::State::ChangesRequested),
            State::Approved => waiting(review::State::Approved),
            State::Archived => Condition::all()
                .add(edition.col("trashed_at").is_null())
                .add(edition.col("archived_at").is_not_null()),
            State::Trashed => Condition::all().add(edition.col("trashed_at").is_not_null()),
        })
    })
}

fn in_theme_fields(fields: &[Uuid], edition: &Table, head: &Table) -> Condition {
    let named_in = |table: &'static str, drafted: i32| {
        let link = Table::new("l");
        let named = Query::select()
            .expr(Expr::val(1))
            .from_as(table, link.alias())
            .and_where(link.col("edition_id").eq(edition.col("id")))
            .and_where(link.col("field").eq("themeFields"))
            .and_where(link.col("target_id").is_in(fields.iter().copied()))
            .to_owned();
        Condition::all().add(head.col("drafted").eq(drafted)).add(Expr::exists(named))
    };
    Condition::any().add(named_in("draft_link", 1)).add(named_in("link", 0))
}
