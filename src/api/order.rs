//! The order of lists, as clients ask for it.

use async_graphql::Enum;

use crate::content::read::order;

/// Upwards or downwards. What is empty comes last either way.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "order::Direction")]
pub enum Direction {
    /// From A to Z, from the smallest, from the earliest.
    #[graphql(name = "ASC")]
    Ascending,
    /// From Z to A, from the greatest, from the latest.
    #[graphql(name = "DESC")]
    Descending,
}
