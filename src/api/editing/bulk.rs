//! One step with many editions.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::{editor, mutations::uuids, working_edition::WorkingEdition};
use crate::{
    api::{
        filter::uuid,
        problem::{self, Problem},
    },
    content::{
        life::{
            Target,
            bulk::{self, Deed},
        },
        workspace::Opened,
    },
    error::{Answer, Failure},
};

/// What is to be done with each of them.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAction {
    /// Publishing the newest revision.
    Publish,
    /// Handing it in for review.
    Submit,
    /// Adding a theme field.
    AssignThemeField,
    /// Throwing it away.
    Trash,
}

/// An edition, and the revision that you have before you.
#[derive(InputObject)]
pub struct BulkMemberInput {
    /// The edition's id.
    id: ID,
    /// The number of the revision that you have before you.
    expected_revision: i32,
}

/// One step with many editions.
#[derive(InputObject)]
pub struct BulkInput {
    /// What is to be done.
    action: BulkAction,
    /// With which, at most 100.
    editions: Vec<BulkMemberInput>,
    /// The theme field that is assigned, by its entry's id.
    theme_field: Option<ID>,
    /// The entries that point at what is thrown away, by their ids: you know of them.
    #[graphql(default)]
    confirmed_references: Vec<ID>,
}

/// What came of it.
#[derive(SimpleObject)]
pub struct BulkPayload {
    /// The editions as they are now.
    pub editions: Vec<WorkingEdition>,
    /// What stood in the way, each beginning with the edition's id. Where there is anything,
    /// nothing has changed.
    pub problems: Vec<Problem>,
}

/// Many at once.
#[derive(Default)]
pub struct BulkMutations;

#[Object]
impl BulkMutations {
    /// Does one thing with many editions: with all of them, or with none.
    async fn bulk(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, and with what.")] input: BulkInput,
    ) -> Answer<BulkPayload> {
        let (visit, who) = editor(ctx)?;
        if !(1..=100).contains(&input.editions.len()) {
            return Err(Failure::bad_input("editions", "Name 1 to 100 editions."));
        }
        let editions: Vec<(Uuid, i32)> = input
            .editions
            .iter()
            .map(|member| Ok((uuid(&member.id)?, member.expected_revision)))
            .collect::<Answer<_>>()?;
        let deed = match input.action {
            BulkAction::Publish => Deed::Publish,
            BulkAction::Submit => Deed::Submit,
            BulkAction::Trash => Deed::Trash { confirmed: uuids(&input.confirmed_references)? },
            BulkAction::AssignThemeField => {
                let field = input.theme_field.as_ref().ok_or_else(|| {
                    Failure::bad_input("themeField", "Say which theme field is meant.")
                })?;
                Deed::AssignThemeField(uuid(field)?)
            }
        };

        let (app, person, these) = (visit.app.clone(), who.clone(), editions.clone());
        let problems = visit
            .db()
            .attempt(move |tx| {
                Box::pin(async move { bulk::run(tx, &app, &person, &deed, &these).await })
            })
            .await?;
        let mut shown = Vec::new();
        for (id, _) in editions {
            let meant = Target { id, ..Target::default() };
            match Opened::by_target(&visit.app, who, &meant).await {
                Ok(opened) => shown.push(opened.into()),
                Err(Failure::NotFound) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(BulkPayload { editions: shown, problems: problem::all(problems) })
    }
}
