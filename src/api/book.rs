//! Books that are read line by line, a part at a time: the change feed and the log.

use super::connection::{PageInfo, size_of_page};
use crate::error::{Answer, Failure};

/// A line of a book: it has a number, and the letter of its book stands before it in cursors.
pub trait Line {
    const BOOK: char;
    fn number(&self) -> i64;
}

/// A part of a book, and whether there are lines before and behind it.
pub struct Part<L> {
    pub lines: Vec<L>,
    more: bool,
    skipped: bool,
}

/// Where to go on reading, and how many lines are wanted.
pub struct Place {
    pub after: Option<i64>,
    first: usize,
}

impl Place {
    pub fn of<L: Line>(after: Option<&str>, first: Option<i32>) -> Answer<Self> {
        let after = after.filter(|after| !after.is_empty()).map(number::<L>).transpose()?;
        Ok(Self { after, first: size_of_page(first)? })
    }

    /// How many lines to look for: one more than is wanted tells whether others follow.
    pub fn limit(&self) -> u64 {
        self.first as u64 + 1
    }

    /// The part that begins here, of the lines that were found.
    pub fn part<L>(&self, mut lines: Vec<L>) -> Part<L> {
        let more = lines.len() > self.first;
        lines.truncate(self.first);
        Part { lines, more, skipped: self.after.is_some_and(|after| after > 0) }
    }
}

impl<L: Line> Part<L> {
    pub fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.more,
            has_previous_page: self.skipped,
            start_cursor: self.lines.first().map(cursor),
            end_cursor: self.lines.last().map(cursor),
        }
    }
}

/// The place of a line. Sixteen digits, so that cursors sort as texts too.
pub fn cursor<L: Line>(line: &L) -> String {
    format!("{}{:016x}", L::BOOK, line.number())
}

fn number<L: Line>(cursor: &str) -> Answer<i64> {
    let digits = cursor.strip_prefix(L::BOOK).filter(|digits| digits.len() == 16);
    digits.and_then(|digits| i64::from_str_radix(digits, 16).ok()).ok_or_else(|| {
        Failure::bad_input("after", "This is not a cursor of this list; take one from its answers.")
    })
}
