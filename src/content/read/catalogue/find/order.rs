//! The order of a list, and the place of a cursor in it.

use std::{borrow::Cow, cmp::Ordering};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    super::{
        super::{
            order::{Cursor, Direction, Mark, Ordering as Order, Sort, SortColumn, stale_cursor},
            page::Window,
        },
        index::{Card, No},
    },
    Eyes, time,
};
use crate::error::Answer;

impl Eyes<'_> {
    pub(super) fn sorts_by(&self, column: &SortColumn) -> bool {
        !column.own
            && matches!(
                column.name,
                "title_key" | "first_published_at" | "published_at" | "updated_at"
            )
    }

    /// The part of a list sorted by title that the window shows, and one more.
    pub(super) fn cut_by_title(
        &self,
        all: &[No],
        order: &Order,
        window: &Window,
    ) -> Answer<Vec<No>> {
        let (size, offset) = (window.size() as usize + 1, window.offset() as usize);
        let backwards = window.backwards();
        let Some(cursor) = window.cursor() else {
            return Ok(if backwards {
                all.iter().rev().take(size).copied().collect()
            } else {
                all.iter().skip(offset).take(size).copied().collect()
            });
        };
        let place = self.place_of(cursor, order, backwards)?;
        let before = |no: &No| self.compared(*no, order, &place, false) == Ordering::Less;
        let upto = |no: &No| self.compared(*no, order, &place, false) != Ordering::Greater;
        Ok(if backwards {
            let end = all.partition_point(before);
            all[..end].iter().rev().take(size).copied().collect()
        } else {
            let start = all.partition_point(upto);
            all[start..].iter().skip(offset).take(size).copied().collect()
        })
    }

    pub(super) fn cut(&self, all: &[No], order: &Order, window: &Window) -> Answer<Vec<No>> {
        let backwards = window.backwards();
        let place = window.cursor();
        let place = place.map(|cursor| self.place_of(cursor, order, backwards)).transpose()?;
        let beyond = |no: &&No| {
            let place = place.as_ref();
            place.is_none_or(|place| {
                self.compared(**no, order, place, backwards) == Ordering::Greater
            })
        };
        let mut left: Vec<No> = all.iter().filter(beyond).copied().collect();
        left.sort_by(|one, other| {
            let other = self.index.card(*other);
            let values = order.0.iter().map(|sort| value(&sort.column, other)).collect();
            let place = (values, self.index.node(other.entry).id);
            self.compared(*one, order, &place, backwards)
        });
        let (size, offset) = (window.size() as usize + 1, window.offset() as usize);
        Ok(left.into_iter().skip(offset).take(size).collect())
    }

    fn place_of<'c>(
        &self,
        cursor: &Cursor,
        order: &Order,
        backwards: bool,
    ) -> Answer<(Vec<Sorted<'c>>, Uuid)> {
        let (marks, entry) = order.opened(cursor, backwards)?;
        let opened = |(sort, mark): (&Sort, &Mark)| -> Option<Sorted<'c>> {
            let Mark::Text(text) = mark else { return None };
            Some(if sort.column.name == "title_key" {
                Sorted::Key(hex::decode(text).ok()?.into())
            } else {
                Sorted::Time(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc))
            })
        };
        let values: Option<Vec<Sorted<'c>>> = order.0.iter().zip(marks).map(opened).collect();
        Ok((values.ok_or_else(|| stale_cursor(backwards))?, entry))
    }

    fn compared(
        &self,
        no: No,
        order: &Order,
        place: &(Vec<Sorted<'_>>, Uuid),
        backwards: bool,
    ) -> Ordering {
        let card = self.index.card(no);
        let turned =
            |ordering: Ordering, turn: bool| if turn { ordering.reverse() } else { ordering };
        for (sort, bound) in order.0.iter().zip(&place.0) {
            let ordering = value(&sort.column, card).cmp(bound);
            if ordering != Ordering::Equal {
                return turned(ordering, (sort.direction == Direction::Descending) != backwards);
            }
        }
        turned(self.index.node(card.entry).id.cmp(&place.1), backwards)
    }
}

/// A value that is sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Sorted<'c> {
    Key(Cow<'c, [u8]>),
    Time(DateTime<Utc>),
}

fn value<'c>(column: &SortColumn, card: &'c Card) -> Sorted<'c> {
    if column.name == "title_key" {
        Sorted::Key((&*card.title_key).into())
    } else {
        Sorted::Time(time(column.name, card))
    }
}

pub(super) fn mark(column: &SortColumn, card: &Card) -> Mark {
    Mark::Text(match value(column, card) {
        Sorted::Key(key) => hex::encode(key),
        Sorted::Time(at) => at.to_rfc3339(),
    })
}
