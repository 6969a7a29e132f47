//! What a reader sees: what is published, or drafts in its place.
//!
//! A view of drafts is a text put before every statement of the reading. It lays drafts over the
//! public tables under the same names (`WITH live AS …`), so lists, relations, counts, facets,
//! filters and cursors all see the same thing, and none of them has to know.
//! It is made once per request, from what somebody may see; see [`crate::auth::policy::sights`].

use std::{fmt::Write as _, sync::Arc};

use sea_orm::{DbBackend, EntityTrait, IdenStatic, Iterable};
use uuid::Uuid;

use super::{door::Door, log::Actor};
use crate::auth::{
    policy::{self, Sight},
    principal::Principal,
};

/// What a request sees.
#[derive(Debug, Clone, Default)]
pub enum View {
    #[default]
    Published,
    /// Drafts in the place of what is published, as far as they may be seen.
    Drafts(Arc<str>),
}

/// Which drafts are laid over what is published.
#[derive(Debug, Clone)]
pub enum Selection {
    /// All that the person may see.
    All,
    /// Those of some entries.
    Entries(Vec<Uuid>),
    /// Those that a release bundles, as they stand in it.
    Release(Uuid),
}

/// Columns of a table, for laying one over the other.
pub struct Columns {
    pub table: String,
    pub columns: Vec<&'static str>,
}

impl Columns {
    pub fn of<E: EntityTrait>() -> Self {
        let columns = E::Column::iter().map(|column| column.as_str()).collect();
        Self { table: E::default().table_name().to_owned(), columns }
    }
}

impl View {
    /// Drafts as this person sees them.
    pub fn of_drafts(
        backend: DbBackend,
        doors: &[&dyn Door],
        principal: &Principal,
        selection: &Selection,
    ) -> Self {
        let dialect = Dialect(backend);
        let mut text = dialect.seen(principal, selection);
        let shared = [
            Columns::of::<entity::live::Entity>(),
            Columns::of::<entity::link::Entity>(),
            Columns::of::<entity::term::Entity>(),
        ];
        for columns in shared.into_iter().chain(doors.iter().map(|door| door.columns())) {
            dialect.lay_over(&mut text, &columns);
        }
        text.push(' ');
        Self::Drafts(text.into())
    }

    /// What goes before a statement.
    pub fn prefix(&self) -> &str {
        match self {
            Self::Published => "",
            Self::Drafts(prefix) => prefix,
        }
    }

    pub fn is_published(&self) -> bool {
        matches!(self, Self::Published)
    }
}

/// How the two databases say it. All values in the text are ids of ours, or quoted.
#[derive(Clone, Copy)]
struct Dialect(DbBackend);

impl Dialect {
    /// The rows on the shelf for drafts that are seen, and the editions in whose place they stand.
    fn seen(self, principal: &Principal, selection: &Selection) -> String {
        let rows = match selection {
            Selection::All | Selection::Entries(_) => {
                "SELECT d.edition_id AS row_id, d.edition_id FROM draft_live d \
                 JOIN edition e ON e.id = d.edition_id WHERE e.trashed_at IS NULL"
            }
            Selection::Release(_) => {
                "SELECT m.id AS row_id, m.edition_id FROM release_member m \
                 JOIN edition e ON e.id = m.edition_id WHERE e.trashed_at IS NULL"
            }
        };
        let only = match selection {
            Selection::All => String::new(),
            Selection::Entries(entries) => format!(" AND e.entry_id IN ({})", self.ids(entries)),
            Selection::Release(release) => format!(" AND m.release_id = {}", self.id(*release)),
        };
        let may = self.may_be_seen(principal);
        format!("WITH seen AS MATERIALIZED ({rows}{only} AND {may})")
    }

    /// The condition on an edition `e` that this person may see its drafts.
    fn may_be_seen(self, principal: &Principal) -> String {
        let sights: Vec<String> =
            policy::sights(principal).map(|sight| self.sight(principal, &sight)).collect();
        if sights.is_empty() { "1 = 0".into() } else { format!("({})", sights.join(" OR ")) }
    }

    fn sight(self, principal: &Principal, sight: &Sight<'_>) -> String {
        let mut all = vec!["1 = 1".to_owned()];
        if sight.only_own {
            let author = Actor::account(principal.account);
            all.push(format!("e.author = {}", quoted(author.as_str())));
        }
        let among =
            |names: &[String]| names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        if let Some(kinds) = &sight.scope.kinds {
            all.push(format!("e.kind IN ({})", among(kinds)));
        }
        if let Some(languages) = &sight.scope.languages {
            all.push(format!("e.language IN ({})", among(languages)));
        }
        if let Some(fields) = &sight.scope.theme_fields {
            let fields = self.ids(fields);
            // The tables themselves: what is laid over them has not been named yet.
            all.push(format!(
                "(e.entry_id IN ({fields}) OR EXISTS (SELECT 1 FROM draft_link l \
                 WHERE l.edition_id = e.id AND l.field = 'themeFields' AND l.target_id IN ({fields})) \
                 OR (NOT EXISTS (SELECT 1 FROM draft_live x WHERE x.edition_id = e.id) \
                 AND EXISTS (SELECT 1 FROM {} l WHERE l.edition_id = e.id \
                 AND l.field = 'themeFields' AND l.target_id IN ({fields}))))",
                self.table("link"),
            ));
        }
        format!("({})", all.join(" AND "))
    }

    fn lay_over(self, text: &mut String, Columns { table, columns }: &Columns) {
        let columns =
            columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
        // Writing into a text does not fail.
        let _ = write!(
            text,
            ", \"{table}\" AS NOT MATERIALIZED (SELECT {columns} FROM {} \
             WHERE edition_id NOT IN (SELECT edition_id FROM seen) \
             UNION ALL SELECT {columns} FROM \"draft_{table}\" \
             WHERE edition_id IN (SELECT row_id FROM seen))",
            self.table(table),
        );
    }

    /// The public table itself, whatever is laid over it.
    fn table(self, table: &str) -> String {
        match self.0 {
            // A name inside WITH that is not recursive means the table outside.
            DbBackend::Postgres => format!("\"{table}\""),
            _ => format!("main.\"{table}\""),
        }
    }

    fn id(self, id: Uuid) -> String {
        match self.0 {
            DbBackend::Postgres => format!("'{id}'::uuid"),
            _ => format!("x'{}'", id.simple()),
        }
    }

    fn ids(self, ids: &[Uuid]) -> String {
        if ids.is_empty() {
            return "NULL".into();
        }
        ids.iter().map(|id| self.id(*id)).collect::<Vec<_>>().join(", ")
    }
}

/// Names come from our own tables; they are quoted all the same.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The condition on an edition `e` that this person may see its drafts, for editors' lists.
pub fn condition(backend: DbBackend, principal: &Principal) -> String {
    Dialect(backend).may_be_seen(principal)
}
