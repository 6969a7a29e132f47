//! What an import did, for the person who ran it.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

use crate::content::{
    edition::{Language, Register},
    problem::Problem,
};

/// What became of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    New,
    Changed,
    Unchanged,
    /// It may not be published as it is, and stays a draft.
    Draft(Vec<Problem>),
    /// The source has changed, but so has an editor: the editor's version stays.
    LeftToEditor,
}

#[derive(Debug, Default)]
struct Count {
    new: usize,
    changed: usize,
    unchanged: usize,
    drafts: usize,
    left: usize,
}

/// What came, what changed, what did not fit and why.
#[derive(Debug, Default)]
pub struct Report {
    counts: BTreeMap<String, Count>,
    notes: Vec<String>,
    /// Fields for which the model has no place, and in how many records they stood.
    unfit: BTreeMap<String, usize>,
}

impl Report {
    pub fn edition(
        &mut self,
        kind: &str,
        key: &str,
        language: &Language,
        register: Register,
        fate: Fate,
    ) {
        let count = self.counts.entry(kind.into()).or_default();
        let name = format!("{kind}/{key} ({language}, {})", register.as_str());
        match fate {
            Fate::New => count.new += 1,
            Fate::Changed => count.changed += 1,
            Fate::Unchanged => count.unchanged += 1,
            Fate::LeftToEditor => {
                count.left += 1;
                self.notes.push(format!(
                    "{name}: changed in the source, but an editor has changed it too; left as it is"
                ));
            }
            Fate::Draft(problems) => {
                count.drafts += 1;
                for problem in problems {
                    self.notes.push(format!(
                        "{name} stays a draft: {}: {}",
                        problem.field, problem.message
                    ));
                }
            }
        }
    }

    pub fn file(&mut self, fate: Fate) {
        let count = self.counts.entry("file".into()).or_default();
        match fate {
            Fate::New => count.new += 1,
            Fate::Unchanged => count.unchanged += 1,
            _ => count.changed += 1,
        }
    }

    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub fn unfit(&mut self, file: &str, field: &str) {
        *self.unfit.entry(format!("{file}: {field}")).or_default() += 1;
    }

    /// Whether the import left everything as it was.
    pub fn changed_nothing(&self) -> bool {
        self.counts.values().all(|count| count.new + count.changed + count.drafts == 0)
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<16}{:>8}{:>9}{:>11}{:>8}{:>6}",
            "editions of", "new", "changed", "unchanged", "drafts", "left"
        )?;
        for (kind, count) in &self.counts {
            writeln!(
                f,
                "{kind:<16}{:>8}{:>9}{:>11}{:>8}{:>6}",
                count.new, count.changed, count.unchanged, count.drafts, count.left
            )?;
        }
        for note in &self.notes {
            writeln!(f, "- {note}")?;
        }
        if !self.unfit.is_empty() {
            writeln!(f, "No place in the model, so not imported (field, records):")?;
        }
        for (field, records) in &self.unfit {
            writeln!(f, "- {field} ({records})")?;
        }
        Ok(())
    }
}
