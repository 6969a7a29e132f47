//! The tree while it grows from Markdown: open blocks, the open line, and what went wrong.
//!
//! Nothing here knows Markdown. Blocks are held in a list from the document down rather than in
//! each other, so that hostile depth is met by a limit instead of the end of the stack.

use super::alone;
use super::frame::{Frame, Part, Shape, blocks};
use super::line::{Holder, Line, Refusal};
use crate::rich_text::nesting::{DEEPEST, MOST_FAULTS, MOST_NODES};
use crate::rich_text::{Document, Fault};

const UNCLOSED: Refusal = "Hier wird etwas geöffnet und nicht wieder geschlossen.";

/// A document being read.
pub(super) struct Tree {
    /// The line of the source that is being read.
    pub(super) at: usize,
    /// Whether to read on makes no sense.
    pub(super) is_given_up: bool,
    /// Never empty: the document is the first.
    frames: Vec<Frame>,
    line: Option<Line>,
    nodes: usize,
    faults: Vec<Fault>,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self {
            at: 1,
            is_given_up: false,
            frames: vec![Frame::new(Shape::Document, 1)],
            line: None,
            nodes: 0,
            faults: Vec::new(),
        }
    }

    pub(super) fn refuse(&mut self, message: impl Into<String>) {
        self.refuse_at(self.at, message);
    }

    fn refuse_at(&mut self, line: usize, message: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault { path: format!("line {line}"), message: message.into() });
        }
    }

    pub(super) fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the document's frame stays until the end")
    }

    pub(super) fn open(&mut self, shape: Shape) {
        self.end_line();
        let depth: usize = self.frames.iter().map(|frame| frame.shape.levels()).sum();
        // Below it there is room for a paragraph and its text.
        if depth + shape.levels() + 2 > DEEPEST {
            self.refuse(format!("Der Text ist tiefer als {DEEPEST} Ebenen verschachtelt."));
            self.is_given_up = true;
            return;
        }
        self.frames.push(Frame::new(shape, self.at));
        self.counts(1);
    }

    /// Closes the innermost block that is meant, and with it whatever was left open inside.
    pub(super) fn close(&mut self, is_meant: impl Fn(Shape) -> bool) -> Result<(), Refusal> {
        self.end_line();
        let innermost = self.frames.iter().rposition(|frame| is_meant(frame.shape));
        let innermost = innermost.ok_or("Hier wird geschlossen, was nicht offen ist.")?;
        while self.frames.len() > innermost + 1 {
            self.close_top();
            self.refuse(UNCLOSED);
        }
        self.close_top();
        Ok(())
    }

    fn close_top(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let begun = frame.line;
        if frame.is_bare() {
            self.refuse_at(begun, "Eine Tabelle besteht aus Zeilen, eine Zeile aus Zellen.");
        }
        self.place(frame.close(), begun);
    }

    pub(super) fn place(&mut self, part: Part, begun: usize) {
        let refusal = match (&part, self.top().shape.room()) {
            (Part::Block(block), Some(room)) if !room.holds(block) => room.refuses(block),
            (Part::Block(_), None) => "Hier kann kein Text stehen.".to_owned(),
            _ => String::new(),
        };
        if refusal.is_empty() {
            self.top().parts.push(part);
        } else {
            self.refuse_at(begun, refusal);
        }
        self.counts(1);
    }

    /// The open line; text that stands directly in a point or a cell begins a paragraph.
    pub(super) fn line(&mut self) -> &mut Line {
        self.counts(1);
        let at = self.at;
        self.line.get_or_insert_with(|| Line::new(Holder::Paragraph, at))
    }

    pub(super) fn begin_line(&mut self, holder: Holder) {
        self.end_line();
        self.line = Some(Line::new(holder, self.at));
    }

    pub(super) fn end_line(&mut self) {
        let Some(line) = self.line.take() else { return };
        let begun = line.begins;
        if !line.is_closed() {
            self.refuse_at(begun, UNCLOSED);
        }
        let shape = self.top().shape;
        let part = match shape.room() {
            _ if shape == Shape::Summary => self.summary(line).map(Some),
            Some(room) => alone::block(line, room).map(|block| block.map(Part::Block)),
            None => Err("Hier kann kein Text stehen."),
        };
        match part {
            Ok(Some(part)) => self.place(part, begun),
            Ok(None) => {}
            Err(refusal) => self.refuse_at(begun, refusal),
        }
    }

    fn summary(&mut self, line: Line) -> Result<Part, Refusal> {
        if !self.top().parts.is_empty() {
            return Err("Eine Zusammenfassung ist eine Zeile Text.");
        }
        alone::summary(line).map(Part::Summary)
    }

    /// Counts what is read. The JSON form has at most two nodes for each of these.
    fn counts(&mut self, nodes: usize) {
        self.nodes += nodes;
        if self.nodes > MOST_NODES / 2 && !self.is_given_up {
            self.refuse("Der Text ist zu lang.");
            self.is_given_up = true;
        }
    }

    pub(super) fn finish(mut self) -> Result<Document, Vec<Fault>> {
        self.end_line();
        while self.frames.len() > 1 {
            let begun = self.top().line;
            self.refuse_at(begun, UNCLOSED);
            self.close_top();
        }
        let content = self.frames.pop().map(|frame| blocks(frame.parts)).unwrap_or_default();
        if self.faults.is_empty() { Ok(Document { content }) } else { Err(self.faults) }
    }
}
