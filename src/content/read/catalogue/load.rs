//! Reading the catalogue from the database, whole or what has changed.

use std::collections::HashMap;

use sea_orm::{
    JoinType, Order, QueryResult,
    sea_query::{ExprTrait, Func, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    super::table::Table,
    index::{Found, Index, News},
};
use crate::{db::Db, error::Answer};

/// How many editions are kept in memory at most; they take some three hundred bytes each.
const LARGEST: i64 = 400_000;
/// How many editions are read at once.
const AT_ONCE: u64 = 2_000;

/// The newest line of the feed.
pub async fn newest(db: &Db) -> Answer<i64> {
    let line = Table::new("c");
    let query = Query::select()
        .expr_as(Func::max(line.col("sequence")), "newest")
        .from_as("change", line.alias())
        .to_owned();
    let rows = db.all(&query).await?;
    // Nothing at all while the feed is empty.
    let newest = rows.first().map(|row| row.try_get::<Option<i64>>("", "newest")).transpose()?;
    Ok(newest.flatten().unwrap_or(0))
}

pub async fn too_large(db: &Db) -> Answer<bool> {
    let live = Table::new("v");
    let query = Query::select()
        .expr_as(Func::count(live.col("edition_id")), "count")
        .from_as("live", live.alias())
        .to_owned();
    let rows = db.all(&query).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.try_get("", "count"))? > LARGEST)
}

/// Everything that is public.
///
/// What is published while this reads is read again afterwards: it comes after this line of the feed.
pub async fn everything(db: &Db, sequence: i64) -> Answer<Index> {
    let mut index = Index::at(sequence);
    let mut after = Uuid::nil();
    loop {
        let live = Table::new("v");
        let mut query = cards(&live);
        query
            .from_as("live", live.alias())
            .and_where(live.col("edition_id").gt(after))
            .order_by_expr(live.col("edition_id"), Order::Asc)
            .limit(AT_ONCE);
        join_key(&mut query, &live);
        let rows = db.all(&query).await?;
        let mut found = rows.iter().map(card).collect::<Answer<Vec<Found>>>()?;
        let Some(last) = found.last().map(|found| found.edition) else { break };
        let within = |query: &mut SelectStatement, table: &Table| {
            let edition = table.col("edition_id");
            query.and_where(edition.clone().gt(after)).and_where(edition.lte(last));
        };
        complete(db, &mut found, within).await?;
        index.add(found);
        after = last;
    }
    index.sort();
    Ok(index)
}

/// The editions that have changed between two lines of the feed, unless they are too many.
pub async fn changed(db: &Db, after: i64, until: i64, most: u64) -> Answer<Option<News>> {
    let (line, live) = (Table::new("c"), Table::new("v"));
    let mut lines = Query::select();
    lines
        .distinct()
        .expr(line.col("edition_id"))
        .from_as("change", line.alias())
        .and_where(line.col("sequence").gt(after))
        .and_where(line.col("sequence").lte(until));

    let changed = Table::new("d");
    let mut query = cards(&live);
    query
        .expr_as(changed.col("edition_id"), "changed")
        .from_subquery(lines.clone().limit(most + 1).to_owned(), changed.alias())
        .join_as(
            JoinType::LeftJoin,
            "live",
            live.alias(),
            live.col("edition_id").eq(changed.col("edition_id")),
        );
    join_key(&mut query, &live);
    let rows = db.all(&query).await?;
    if rows.len() as u64 > most {
        return Ok(None);
    }

    let mut editions: Vec<Uuid> = Vec::new();
    let mut found = Vec::new();
    for row in &rows {
        editions.push(row.try_get("", "changed")?);
        if row.try_get::<Option<Uuid>>("", "edition_id")?.is_some() {
            found.push(card(row)?);
        }
    }
    let among = |query: &mut SelectStatement, table: &Table| {
        query.and_where(table.col("edition_id").in_subquery(lines.clone()));
    };
    complete(db, &mut found, among).await?;
    let mut found: HashMap<Uuid, Found> =
        found.into_iter().map(|found| (found.edition, found)).collect();
    Ok(Some(editions.into_iter().map(|edition| (edition, found.remove(&edition))).collect()))
}

const COLUMNS: [&str; 10] = [
    "edition_id",
    "entry_id",
    "kind",
    "language",
    "register",
    "slug",
    "title_key",
    "first_published_at",
    "published_at",
    "updated_at",
];

fn cards(live: &Table) -> SelectStatement {
    let mut query = Query::select();
    for column in COLUMNS {
        query.expr_as(live.col(column), column);
    }
    query
}

fn join_key(query: &mut SelectStatement, live: &Table) {
    let entry = Table::new("e");
    query.expr_as(entry.col("key"), "key").join_as(
        JoinType::LeftJoin,
        "entry",
        entry.alias(),
        entry.col("id").eq(live.col("entry_id")),
    );
}

fn card(row: &QueryResult) -> Answer<Found> {
    Ok(Found {
        edition: row.try_get("", "edition_id")?,
        entry: row.try_get("", "entry_id")?,
        key: row.try_get("", "key")?,
        kind: row.try_get("", "kind")?,
        language: row.try_get("", "language")?,
        register: row.try_get("", "register")?,
        slug: row.try_get("", "slug")?,
        title_key: row.try_get("", "title_key")?,
        first_published_at: row.try_get("", "first_published_at")?,
        published_at: row.try_get("", "published_at")?,
        updated_at: row.try_get("", "updated_at")?,
        links: Vec::new(),
        terms: Vec::new(),
    })
}

/// Reads the links and plain values of these editions.
async fn complete(
    db: &Db,
    found: &mut [Found],
    within: impl Fn(&mut SelectStatement, &Table),
) -> Answer<()> {
    let places: HashMap<Uuid, usize> =
        found.iter().enumerate().map(|(place, found)| (found.edition, place)).collect();
    for (table, column) in [("link", "target_id"), ("term", "value")] {
        let own = Table::new("o");
        let mut query = Query::select();
        query
            .expr_as(own.col("edition_id"), "edition")
            .expr_as(own.col("field"), "field")
            .expr_as(own.col(column), "value")
            .from_as(table, own.alias())
            .order_by_expr(own.col("edition_id"), Order::Asc)
            .order_by_expr(own.col("field"), Order::Asc)
            .order_by_expr(own.col("position"), Order::Asc);
        within(&mut query, &own);
        for row in db.all(&query).await? {
            let edition: Uuid = row.try_get("", "edition")?;
            let Some(found) = places.get(&edition).map(|place| &mut found[*place]) else {
                continue;
            };
            let field: String = row.try_get("", "field")?;
            if table == "link" {
                found.links.push((field, row.try_get("", "value")?));
            } else {
                found.terms.push((field, row.try_get("", "value")?));
            }
        }
    }
    Ok(())
}
