//! Which files somebody sees who reads: those that something in their view points at.
//!
//! What is known of the inside of a document is not read here; few ask for it.

use std::collections::HashMap;

use entity::file;
use sea_orm::{
    FromQueryResult, IdenStatic, Iterable,
    sea_query::{Condition, Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::scan;
use crate::{
    content::{
        read::table::{Table, padded},
        view::View,
    },
    db::{Db, dialect},
    error::Answer,
};

/// Those of the files that are seen in this view.
pub async fn seen(db: &Db, view: &View, ids: &[Uuid]) -> Answer<HashMap<Uuid, file::Model>> {
    let (file, link) = (Table::new("f"), Table::new("l"));
    let used = Query::select()
        .expr(Expr::val(1))
        .from_as("link", link.alias())
        .and_where(link.col("target_id").eq(file.col("id")))
        .to_owned();
    let passes = Condition::any()
        .add(file.col("scan").is_null())
        .add(file.col("scan").eq(scan::State::Clean.name()));
    let mut query = Query::select();
    query
        .from_as("file", file.alias())
        .and_where(file.col("id").is_in(padded(ids)))
        .and_where(Expr::exists(used))
        .cond_where(passes);
    for column in file::Column::iter() {
        let value = match column {
            file::Column::Facts => dialect::no_json(db.backend()),
            _ => file.col(column.as_str()),
        };
        query.expr_as(value, column.as_str());
    }
    let rows = db.all_seen(view.prefix(), &query).await?;
    rows.iter()
        .map(|row| {
            let row = file::Model::from_query_result(row, "")?;
            Ok((row.id, row))
        })
        .collect()
}
