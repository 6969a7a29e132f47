//! The media library: the files that an editor may use, found by name, kind, use and what is missing.

use entity::file;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, sea_query::Expr,
};

use super::scan;
use crate::{
    app::App,
    auth::{
        policy::{self, HouseAction},
        principal::Principal,
    },
    content::{collation::folded, view},
    db::dialect,
    error::Answer,
    files::MediaType,
};

/// Which files somebody wants to see.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Words in the name, the title, the alternative text or the credit.
    pub search: Option<String>,
    pub media_types: Option<Vec<String>>,
    pub is_picture: Option<bool>,
    pub is_mine: Option<bool>,
    /// Whether something points at it, in public or in a draft.
    pub is_used: Option<bool>,
    pub is_public: Option<bool>,
    pub tagged: Option<bool>,
    pub has_text: Option<bool>,
    /// Pictures without alternative text or „decorative“, without credit, or without licence.
    pub lacks_description: Option<bool>,
    pub scan: Option<scan::State>,
}

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorting {
    CreatedAt,
    Name,
    Size,
}

/// A part of the list.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub sorting: Sorting,
    pub descending: bool,
    pub first: u64,
    pub offset: u64,
}

/// A part of the files that somebody wants to see, and how many there are in all.
pub async fn list(
    app: &App,
    who: &Principal,
    wanted: &Wanted,
    part: Part,
) -> Answer<(Vec<file::Model>, u64)> {
    let column = match part.sorting {
        Sorting::CreatedAt => file::Column::CreatedAt,
        Sorting::Name => file::Column::Folded,
        Sorting::Size => file::Column::Size,
    };
    let order = if part.descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
    let all = matching(app, who, wanted);
    let count = all.clone().count(app.db.pool()).await?;
    let some = all
        .order_by(column, order)
        .order_by_asc(file::Column::Id)
        .limit(part.first)
        .offset(part.offset);
    Ok((some.all(app.db.pool()).await?, count))
}

fn matching(app: &App, who: &Principal, wanted: &Wanted) -> Select<file::Entity> {
    let pictures = || {
        let names = MediaType::ALL.into_iter().filter(|kind| kind.is_image()).map(MediaType::name);
        file::Column::MediaType.is_in(names)
    };
    let mut all = Condition::all().add(seen_by(app, who));
    if let Some(text) = &wanted.search {
        for word in folded(text).split_whitespace() {
            all = all.add(dialect::contains(app.db.backend(), file::Column::Folded, word));
        }
    }
    if let Some(names) = &wanted.media_types {
        all = all.add(file::Column::MediaType.is_in(names.iter().map(String::as_str)));
    }
    if let Some(is) = wanted.is_mine {
        let uploader = file::Column::UploadedBy;
        let others = Condition::any().add(uploader.is_null()).add(uploader.ne(who.account));
        all = all.add(yes_or_no(!is, others));
    }
    if let Some(is) = wanted.is_picture {
        all = all.add(yes_or_no(is, Condition::all().add(pictures())));
    }
    if let Some(is) = wanted.is_public {
        all = all.add(yes_or_no(is, Condition::all().add(Expr::cust(PUBLIC))));
    }
    if let Some(is) = wanted.is_used {
        let used = Condition::any().add(Expr::cust(PUBLIC)).add(Expr::cust(DRAFTED));
        all = all.add(yes_or_no(is, used));
    }
    for (wanted, column) in
        [(wanted.tagged, file::Column::Tagged), (wanted.has_text, file::Column::HasText)]
    {
        if let Some(is) = wanted {
            all = all.add(column.eq(is));
        }
    }
    if let Some(is) = wanted.lacks_description {
        let silent = Condition::all()
            .add(file::Column::Alt.is_null())
            .add(file::Column::Decorative.eq(false));
        let lacks = Condition::any()
            .add(silent)
            .add(file::Column::Credit.is_null())
            .add(file::Column::Licence.is_null());
        all = all.add(pictures()).add(yes_or_no(is, lacks));
    }
    if let Some(state) = wanted.scan {
        all = all.add(match state.name() {
            None => file::Column::Scan.is_null(),
            Some(name) => file::Column::Scan.eq(name),
        });
    }
    file::Entity::find().filter(all)
}

const PUBLIC: &str = "EXISTS (SELECT 1 FROM link l WHERE l.target_id = file.id)";

const DRAFTED: &str = "EXISTS (SELECT 1 FROM draft_link l JOIN edition e ON e.id = l.edition_id \
                       WHERE l.target_id = file.id AND e.trashed_at IS NULL)";

/// One's own, what is public, and what drafts point at that one may see; everything for those who
/// look after all files.
fn seen_by(app: &App, who: &Principal) -> Condition {
    if policy::may_in_house(who, HouseAction::TendFiles) {
        return Condition::all();
    }
    let may = view::condition(app.db.backend(), who);
    let drafted = format!(
        "EXISTS (SELECT 1 FROM draft_link l JOIN edition e ON e.id = l.edition_id \
         WHERE l.target_id = file.id AND e.trashed_at IS NULL AND {may})"
    );
    Condition::any()
        .add(file::Column::UploadedBy.eq(who.account))
        .add(Expr::cust(PUBLIC))
        .add(Expr::cust(drafted))
}

fn yes_or_no(is: bool, condition: Condition) -> Condition {
    if is { condition } else { condition.not() }
}
