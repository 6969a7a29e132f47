//! A table under an alias, so that a query can look at it twice.

use sea_orm::sea_query::{Alias, Expr};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Table(String);

impl Table {
    pub fn new(alias: impl Into<String>) -> Self {
        Self(alias.into())
    }

    pub fn alias(&self) -> Alias {
        Alias::new(self.0.clone())
    }

    pub fn col(&self, column: &'static str) -> Expr {
        Expr::col((self.alias(), column))
    }

    /// The column as a reference, where a function wants one.
    pub fn column(&self, column: &'static str) -> (Alias, &'static str) {
        (self.alias(), column)
    }

    /// Another alias that cannot meet this one.
    pub fn sibling(&self, role: &str) -> Self {
        Self(format!("{}_{role}", self.0))
    }
}

/// The values, repeated up to a power of two.
///
/// Statements are prepared once per text; with lists of any length there would be as many texts.
pub fn padded(ids: &[Uuid]) -> Vec<Uuid> {
    let mut all = ids.to_vec();
    if let Some(last) = ids.last() {
        all.resize(ids.len().next_power_of_two(), *last);
    }
    all
}
