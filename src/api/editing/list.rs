//! Editors' lists: over all kinds or some, filtered, sorted, counted.

use async_graphql::{Enum, ID, InputObject, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};

use super::working_edition::{EditionState, WorkingEdition};
use crate::{
    api::{
        connection::size_of_page,
        entry::Kind,
        filter::{Register, uuid},
        order::Direction,
    },
    content::workspace::{Part, Sorting, Wanted},
    error::{Answer, Failure},
};

/// Which editions are meant. Without states, what lies in the trash or the archive is left out.
#[derive(InputObject, Debug, Clone, Default)]
pub struct WorkingEditionFilter {
    /// Of these kinds.
    pub kinds: Option<Vec<Kind>>,
    /// In one of these states.
    pub states: Option<Vec<EditionState>>,
    /// In one of these languages, as BCP 47 tags.
    pub languages: Option<Vec<String>>,
    /// In one of these registers.
    pub registers: Option<Vec<Register>>,
    /// Saved last by one of these accounts.
    pub editor_ids: Option<Vec<ID>>,
    /// Made by one of these accounts.
    pub author_ids: Option<Vec<ID>>,
    /// Belonging to one of these theme fields.
    pub theme_field_ids: Option<Vec<ID>>,
    /// Of these entries.
    pub entry_ids: Option<Vec<ID>>,
    /// With these letters in the title, whatever their case.
    pub title: Option<String>,
    /// Saved last before this time: what has long been lying around.
    pub saved_before: Option<DateTime<Utc>>,
    /// Saved last after this time.
    pub saved_after: Option<DateTime<Utc>>,
    /// To be looked at again before this day.
    pub review_by_before: Option<NaiveDate>,
    /// Whether something is to be mended in the text itself.
    pub has_problems: Option<bool>,
    /// Whether something is to happen to it at a time.
    pub is_scheduled: Option<bool>,
    /// Whether the public sees it.
    pub is_public: Option<bool>,
}

/// By what a list of editions is sorted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Sorting")]
pub enum WorkingEditionOrderField {
    /// By when it was saved last.
    SavedAt,
    /// By when it was made.
    CreatedAt,
    /// By title, as German dictionaries do.
    Title,
    /// By kind.
    Kind,
    /// By the day on which somebody should look at it again.
    ReviewBy,
}

/// By what to sort, and in which direction.
#[derive(InputObject, Debug, Clone)]
pub struct WorkingEditionOrder {
    /// By what.
    pub field: WorkingEditionOrderField,
    /// In which direction.
    #[graphql(default_with = "Direction::Ascending")]
    pub direction: Direction,
}

/// A part of a list of editions.
#[derive(SimpleObject)]
pub struct WorkingEditionPage {
    /// The editions.
    pub nodes: Vec<WorkingEdition>,
    /// How many there are in all.
    pub total_count: u64,
    /// Whether more follow.
    pub has_more: bool,
}

impl WorkingEditionFilter {
    pub fn wanted(&self) -> Answer<Wanted> {
        let ids = |ids: &Option<Vec<ID>>| -> Answer<Option<Vec<uuid::Uuid>>> {
            ids.as_ref().map(|ids| ids.iter().map(uuid).collect()).transpose()
        };
        let languages = self.languages.as_ref().map(|languages| {
            let parse = |language: &String| {
                language
                    .parse()
                    .map_err(|message: String| Failure::bad_input("filter.languages", message))
            };
            languages.iter().map(parse).collect::<Answer<Vec<_>>>()
        });
        Ok(Wanted {
            kinds: self.kinds.as_ref().map(|kinds| kinds.iter().map(|kind| kind.name()).collect()),
            states: self.states.as_ref().map(|all| all.iter().map(|one| (*one).into()).collect()),
            languages: languages.transpose()?,
            registers: self
                .registers
                .as_ref()
                .map(|all| all.iter().map(|one| (*one).into()).collect()),
            editors: ids(&self.editor_ids)?,
            authors: ids(&self.author_ids)?,
            theme_fields: ids(&self.theme_field_ids)?,
            entries: ids(&self.entry_ids)?,
            title: self.title.clone().filter(|title| !title.trim().is_empty()),
            saved_before: self.saved_before,
            saved_after: self.saved_after,
            review_by_before: self.review_by_before,
            has_problems: self.has_problems,
            is_scheduled: self.is_scheduled,
            is_public: self.is_public,
        })
    }
}

/// The part of the list that is asked for; the newest work first where nobody says.
pub fn asked(
    order: Option<WorkingEditionOrder>,
    first: Option<i32>,
    offset: Option<i32>,
) -> Answer<Part> {
    let (first, offset) = part(first, offset)?;
    Ok(match order {
        None => Part { sorting: Sorting::SavedAt, descending: true, first, offset },
        Some(order) => Part {
            sorting: order.field.into(),
            descending: order.direction == Direction::Descending,
            first,
            offset,
        },
    })
}

/// How many are wanted, and how many are skipped.
pub fn part(first: Option<i32>, offset: Option<i32>) -> Answer<(u64, u64)> {
    let first = size_of_page(first)? as u64;
    let offset = u64::try_from(offset.unwrap_or(0))
        .map_err(|_| Failure::bad_input("offset", "offset may not be negative."))?;
    Ok((first, offset))
}
