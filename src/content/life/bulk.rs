//! One step with many editions: all of them, or none and the names of those that stood in the way.

use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Desk, Target, publish, review, trash, write};
use crate::{
    app::App,
    auth::principal::Principal,
    content::{draft::How, problem::Problems},
    db::Ending,
    error::{Answer, Failure},
};

/// What is to be done with each of them.
#[derive(Debug, Clone)]
pub enum Deed {
    Publish,
    Submit,
    Trash { confirmed: Vec<Uuid> },
    AssignThemeField(Uuid),
}

/// Does it. Problems say first which edition they are about.
pub async fn run(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    deed: &Deed,
    editions: &[(Uuid, i32)],
) -> Answer<(Problems, Ending)> {
    let mut problems = Problems::default();
    let mut companions = Vec::new();
    for (id, _) in editions {
        let target = Target { id: *id, ..Target::default() };
        companions.extend(super::find(tx, &target).await?.map(|edition| edition.entry_id));
    }
    for (id, expected) in editions {
        match one(tx, app, who, deed, *id, *expected, &companions).await {
            Ok(found) => {
                for problem in found.into_vec() {
                    let place = format!("{id}.{}", problem.field);
                    problems.add(place, problem.code, problem.message);
                }
            }
            Err(failure) => problems.add(id.to_string(), code(&failure)?, german(&failure)),
        }
    }
    let ending = if problems.any() { Ending::TakeBack } else { Ending::Commit };
    Ok((problems, ending))
}

async fn one(
    tx: &DatabaseTransaction,
    app: &App,
    who: &Principal,
    deed: &Deed,
    id: Uuid,
    expected: i32,
    companions: &[Uuid],
) -> Answer<Problems> {
    let desk = Desk::open(tx, app, who, &Target { id, ..Target::default() }).await?;
    let step = match deed {
        Deed::Publish => {
            desk.may(crate::auth::policy::Action::Publish)?;
            desk.not_in_trash()?;
            desk.expects(expected, None).await?;
            publish::go_public(desk, companions).await?
        }
        Deed::Submit => review::submit(desk, expected, None).await?,
        Deed::Trash { confirmed } => trash::throw_away(desk, expected, confirmed).await?,
        Deed::AssignThemeField(field) => {
            let Some(patch) = with_theme_field(&desk, *field) else {
                let mut problems = Problems::default();
                let message = "Diese Art von Inhalt gehört zu keinem Themenfeld.";
                problems.add("themeFields", "NO_THEME_FIELDS", message);
                return Ok(problems);
            };
            let writing = write::Writing {
                patch,
                note: Some("Themenfeld zugeordnet".into()),
                how: How::Milestone,
            };
            write::save(desk, expected, writing).await?
        }
    };
    Ok(step.problems)
}

/// The theme fields with this one among them, if the kind has any.
fn with_theme_field(desk: &Desk<'_>, field: Uuid) -> Option<Map<String, Value>> {
    let mut fields = desk.newest.snapshot.get("themeFields")?.as_array()?.clone();
    let field = json!(field);
    if !fields.contains(&field) {
        fields.push(field);
    }
    Some(Map::from_iter([("themeFields".to_owned(), Value::Array(fields))]))
}

/// What one edition cannot do is told with the others; what is broken stops all.
fn code(failure: &Failure) -> Answer<&'static str> {
    match failure {
        Failure::NotFound => Ok("NOT_FOUND"),
        Failure::Forbidden => Ok("NOT_ALLOWED"),
        Failure::Conflict(_) => Ok("CONFLICT"),
        Failure::BadInput(_) => Ok("REFUSED"),
        other => Err(other.clone()),
    }
}

fn german(failure: &Failure) -> String {
    match failure {
        Failure::NotFound => "Diese Fassung gibt es nicht.".into(),
        Failure::Forbidden => "Das dürfen Sie mit dieser Fassung nicht.".into(),
        Failure::Conflict(conflict) => conflict.message.clone(),
        Failure::BadInput(bad) => bad.message.clone(),
        _ => String::new(),
    }
}
