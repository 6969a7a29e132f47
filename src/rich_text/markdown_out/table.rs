//! Tables: rows of bars where that says everything, tags where it does not.

use super::line::Place;
use super::{Writer, joined};
use crate::rich_text::nesting::Room;
use crate::rich_text::{Block, Cell, CellRole, Row};

impl Writer<'_> {
    pub(super) fn table(&self, rows: &[Row]) -> String {
        match rows.split_first() {
            Some((head, body)) if is_plain(head, body) => {
                let rule = format!("|{}", " --- |".repeat(head.cells.len()));
                let body = body.iter().map(|row| self.row(row));
                let lines: Vec<_> = [self.row(head), rule].into_iter().chain(body).collect();
                lines.join("\n")
            }
            _ => {
                let rows = rows.iter().flat_map(|row| {
                    let cells = row.cells.iter().map(|cell| self.cell(cell));
                    let row = ["<tr>".to_owned()].into_iter().chain(cells);
                    row.chain(["</tr>".to_owned()])
                });
                joined(
                    ["<table>".to_owned()].into_iter().chain(rows).chain(["</table>".to_owned()]),
                )
            }
        }
    }

    fn row(&self, row: &Row) -> String {
        let cells = row.cells.iter().map(|cell| match cell.content.as_slice() {
            [Block::Paragraph(line)] => format!(" {} |", self.line(line, Place::Single)),
            _ => " |".into(),
        });
        format!("|{}", cells.collect::<String>())
    }

    fn cell(&self, cell: &Cell) -> String {
        let name = match cell.role {
            CellRole::Header => "th",
            CellRole::Data => "td",
        };
        let spans = [("colspan", cell.columns), ("rowspan", cell.rows)];
        let spans = spans.into_iter().filter(|(_, span)| *span > 1);
        let spans: String = spans.map(|(name, span)| format!(" {name}=\"{span}\"")).collect();
        joined([
            format!("<{name}{spans}>"),
            self.blocks(&cell.content, Room::Cell),
            format!("</{name}>"),
        ])
    }
}

/// Whether a table is one of a header row, and of cells that hold one line each.
fn is_plain(head: &Row, body: &[Row]) -> bool {
    let fits = |row: &Row, role: CellRole| {
        row.cells.len() == head.cells.len()
            && row.cells.iter().all(|cell| {
                cell.role == role
                    && (cell.columns, cell.rows) == (1, 1)
                    && matches!(cell.content.as_slice(), [Block::Paragraph(_)])
            })
    };
    fits(head, CellRole::Header) && body.iter().all(|row| fits(row, CellRole::Data))
}
