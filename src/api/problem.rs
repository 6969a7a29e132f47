//! What stands in the way, as data: what an editor has to mend at which field.

use async_graphql::SimpleObject;

use crate::content::problem;

/// One thing to mend, at one field.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field of the input, or of the content, that is to blame.
    pub field: String,
    /// What it is, for programs.
    pub code: String,
    /// What it is and how to mend it, in German, for people.
    pub message: String,
}

impl From<problem::Problem> for Problem {
    fn from(found: problem::Problem) -> Self {
        Self { field: found.field, code: found.code.to_owned(), message: found.message }
    }
}

/// All problems of one input.
#[must_use]
pub fn all(found: problem::Problems) -> Vec<Problem> {
    found.into_vec().into_iter().map(Problem::from).collect()
}

/// A single problem.
#[must_use]
pub fn one(field: &str, code: &'static str, message: &str) -> Vec<Problem> {
    let mut found = problem::Problems::default();
    found.add(field, code, message);
    all(found)
}
