//! From runs of text with marks to spans within spans.
//!
//! The tree keeps marks flat, as the editor does; HTML and Markdown nest them. The mark that reaches
//! furthest comes outermost, so that a link is written once however it is emphasised inside. A line
//! break belongs to the marks that both of its neighbours share.

use super::{Inline, Mark};

/// A piece of a line as it is nested.
pub(super) enum Span<'d> {
    Text(&'d str),
    Break,
    Marked(&'d Mark, Vec<Span<'d>>),
}

struct Run<'d> {
    /// Nothing for a line break.
    text: Option<&'d str>,
    marks: Vec<&'d Mark>,
}

/// Nests a line.
pub(super) fn spans(line: &[Inline]) -> Vec<Span<'_>> {
    nested(&runs(line))
}

/// The letters of a line, without marks.
pub(super) fn letters(line: &[Inline]) -> String {
    line.iter()
        .map(|inline| match inline {
            Inline::Text(run) => run.text.as_str(),
            Inline::Break => "\n",
        })
        .collect()
}

fn runs(line: &[Inline]) -> Vec<Run<'_>> {
    let mut runs = Vec::with_capacity(line.len());
    let mut before: &[Mark] = &[];
    let mut breaks = 0;
    for inline in line {
        let Inline::Text(run) = inline else {
            breaks += 1;
            continue;
        };
        for _ in 0..breaks {
            let marks = before.iter().filter(|mark| run.marks.contains(mark)).collect();
            runs.push(Run { text: None, marks });
        }
        breaks = 0;
        before = &run.marks;
        runs.push(Run { text: Some(&run.text), marks: run.marks.iter().collect() });
    }
    runs
}

fn nested<'d>(mut runs: &[Run<'d>]) -> Vec<Span<'d>> {
    let mut spans = Vec::new();
    while let Some((first, after)) = runs.split_first() {
        if first.text.is_none() {
            // At the edge of a span, a line break is better outside of it.
            spans.push(Span::Break);
            runs = after;
            continue;
        }
        let widest = first.marks.iter().map(|mark| (reach(runs, mark), *mark)).reduce(wider);
        let Some((reach, mark)) = widest else {
            spans.push(first.text.map_or(Span::Break, Span::Text));
            runs = after;
            continue;
        };
        let (within, beyond) = runs.split_at(reach);
        let within: Vec<_> = within.iter().map(|run| run.without(mark)).collect();
        spans.push(Span::Marked(mark, nested(&within)));
        runs = beyond;
    }
    spans
}

impl<'d> Run<'d> {
    fn without(&self, mark: &Mark) -> Self {
        let marks = self.marks.iter().copied().filter(|other| *other != mark).collect();
        Self { text: self.text, marks }
    }
}

fn wider<'d>(one: (usize, &'d Mark), other: (usize, &'d Mark)) -> (usize, &'d Mark) {
    if other.0 > one.0 { other } else { one }
}

fn reach(runs: &[Run<'_>], mark: &Mark) -> usize {
    runs.iter().take_while(|run| run.marks.contains(&mark)).count()
}
