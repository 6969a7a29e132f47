//! From the source's fields to the model's, one kind after another.
//!
//! Facts that do not speak (relations, numbers, dates, names) belong to every edition of an entry.
//! Words belong to the editions in the language of the source, which is German; a Leichte-Sprache
//! or English edition gets its own title, summary and text.

mod assistant;
mod case;
mod download;
mod event;
mod figures;
mod municipality;
mod news_item;
mod organisation;
mod programme;
mod report;
mod theme_field;
mod tool;

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::{
    Report, Wanted,
    record::{Fault, Record},
    refs::Refs,
    source::{Collection, Entry},
    text::Text,
};
use crate::{
    api::rich_text::RichText,
    content::{
        Content, Written,
        edition::{Language, Register},
        head::Head,
    },
    kinds::value::{Contribution, Disputed, Statement, to_json},
    rich_text::{Document, LineBreaks},
};

/// What a kind's mapping works with: one record, for one edition.
pub(super) struct Mapping<'m> {
    pub record: Record,
    pub refs: &'m Refs,
    pub collection: &'m Collection,
    pub text: Option<&'m Text>,
    language: &'m Language,
    register: Register,
}

/// Maps all records in all their editions, or says all that is wrong.
pub(super) fn all(
    collection: &Collection,
    refs: &Refs,
    report: &mut Report,
) -> Result<Vec<Wanted>, Vec<Fault>> {
    let (mut wanted, mut faults) = (Vec::new(), Vec::new());
    for entry in &collection.records {
        let mut seen = BTreeSet::new();
        for (language, register) in editions(entry) {
            let mut mapping = Mapping {
                record: entry.fields(),
                refs,
                collection,
                text: entry.texts.get(&(language.clone(), register)),
                language: &language,
                register,
            };
            let snapshot = snapshot(entry.kind, &mut mapping);
            let (left, wrong) = mapping.record.finish();
            seen.extend(left);
            // The same record is wrong in the same way in each of its editions.
            faults.extend(
                wrong.into_iter().filter(|fault| !faults.contains(fault)).collect::<Vec<_>>(),
            );
            if let (Some(snapshot), Some(id)) = (snapshot, refs.entry(entry.kind, &entry.key)) {
                wanted.push(Wanted {
                    kind: entry.kind,
                    key: entry.key.clone(),
                    entry: id,
                    language,
                    register,
                    snapshot,
                });
            }
        }
        let file = entry.place.split(',').next().unwrap_or_default();
        seen.iter().for_each(|field| report.unfit(file, field));
    }
    if faults.is_empty() { Ok(wanted) } else { Err(faults) }
}

/// German standard, which every record has, and what else there is a text for.
fn editions(entry: &Entry) -> Vec<(Language, Register)> {
    let mut editions = BTreeSet::from([(Language::german(), Register::Standard)]);
    editions.extend(entry.texts.keys().cloned());
    editions.into_iter().collect()
}

fn snapshot(kind: &str, mapping: &mut Mapping<'_>) -> Option<Value> {
    match kind {
        "theme-field" => mapping.write(theme_field::fields),
        "tool" => mapping.write(tool::fields),
        "case" => mapping.write(case::fields),
        "report" => mapping.write(report::fields),
        "download" => mapping.write(download::fields),
        "municipality" => mapping.write(municipality::fields),
        "organisation" => mapping.write(organisation::fields),
        "event" => mapping.write(event::fields),
        "news-item" => mapping.write(news_item::fields),
        "programme" => mapping.write(programme::fields),
        "assistant" => mapping.write(assistant::fields),
        _ => None,
    }
}

impl Mapping<'_> {
    fn write<C: Content>(&mut self, fields: impl FnOnce(&mut Self) -> C) -> Option<Value> {
        // The kind's own part first: it may need what the head would take.
        let fields = fields(self);
        let head = self.head();
        Some(to_json(&Written { head, fields }))
    }

    fn head(&mut self) -> Head {
        let title = self.record.text("title").or_else(|| self.record.text("name"));
        let summary = self.record.text("summary");
        let mut aliases = self.record.texts("aliases");
        aliases.extend(self.record.texts("alternativeTitles"));
        let text = |own: fn(&Text) -> Option<String>| self.text.and_then(own);
        let german = self.speaks_german();
        let segment = self.record.text("urlSegment");
        Head {
            title: text(|text| text.title.clone()).or(title).unwrap_or_default(),
            summary: text(|text| text.summary.clone()).or_else(|| summary.filter(|_| german)),
            aliases: if german { aliases } else { Vec::new() },
            source_url: self.record.text("sourceUrl"),
            further_sources: self.record.texts("furtherSources"),
            old_paths: segment
                .map(|segment| format!("/werkzeugkoffer/{segment}"))
                .into_iter()
                .collect(),
            ..Head::default()
        }
    }

    /// Whether this edition is in the language in which the source's facts are written.
    pub fn speaks_german(&self) -> bool {
        self.language == &Language::german()
    }

    /// Words of the source, for editions in its language.
    pub fn words(&mut self, field: &str) -> Option<String> {
        let words = self.record.text(field);
        words.filter(|_| self.speaks_german())
    }

    /// The text of this edition.
    pub fn body(&mut self) -> Option<RichText> {
        let text = self.text?;
        self.rich_text(text, self.register)
    }

    /// A text of the collection as a document.
    pub fn rich_text(&mut self, text: &Text, register: Register) -> Option<RichText> {
        let breaks = if register == Register::Easy { LineBreaks::Hard } else { LineBreaks::Soft };
        let refs = self.refs;
        let resolve = |name: &str| {
            let (kind, key) = name.split_once('/')?;
            refs.entry(super::source::kind_of_reference(kind), key)
        };
        match crate::rich_text::from_markdown(&text.markdown, breaks, &resolve) {
            Ok(document) => {
                Some(document).filter(|document: &Document| !document.is_empty()).map(RichText)
            }
            Err(faults) => {
                for fault in faults {
                    let line = fault
                        .path
                        .strip_prefix("line ")
                        .and_then(|line| line.parse::<usize>().ok());
                    let place = line.map_or(fault.path.clone(), |line| {
                        format!("line {}", line + text.head_lines)
                    });
                    self.record.fault(&format!("body ({}, {place})", text.path), fault.message);
                }
                None
            }
        }
    }

    pub fn one(&mut self, field: &str, kind: &str) -> Option<Uuid> {
        self.record.one(field, kind, self.refs)
    }

    pub fn many(&mut self, field: &str, kind: &str) -> Vec<Uuid> {
        self.record.many(field, kind, self.refs)
    }

    /// The entry that a key stands for, where the key was taken from elsewhere.
    pub fn resolve(&mut self, field: &str, kind: &str, key: &str) -> Option<Uuid> {
        let found = self.refs.entry(kind, key);
        if found.is_none() {
            self.record.fault(field, format!("there is no {kind} with the key „{key}“"));
        }
        found
    }

    /// The file at a path of the collection.
    pub fn file(&mut self, field: &str, path: &str) -> Option<Uuid> {
        let found = self.refs.file(path);
        if found.is_none() {
            self.record.fault(field, format!("there is no file „{path}“ in the folder"));
        }
        found
    }

    pub fn any(&mut self, field: &str) -> Vec<Uuid> {
        self.record.any(field, self.refs)
    }
}

/// Somebody who wrote or made it, with role and organisation.
fn contribution(mapping: &mut Mapping<'_>, mut author: Record) -> Contribution {
    let contribution = Contribution {
        name: author.text("name").unwrap_or_default(),
        role: author.text("role"),
        organisation: author.one("organisation", "organisation", mapping.refs),
    };
    mapping.record.absorb(author);
    contribution
}

/// People of whom only the names are known.
fn names(mapping: &mut Mapping<'_>, field: &str) -> Vec<Contribution> {
    let names = mapping.record.texts(field);
    names.into_iter().map(|name| Contribution { name, ..Contribution::default() }).collect()
}

/// Statements on which sources disagree.
fn disputed(mapping: &mut Mapping<'_>) -> Vec<Disputed> {
    let conflicts = mapping.record.records("conflicts");
    let german = mapping.speaks_german();
    let mut disputed = Vec::new();
    for mut conflict in conflicts {
        let mut values = Vec::new();
        for mut statement in conflict.records("values") {
            let value = statement.scalar("value").unwrap_or_default();
            values.push(Statement { value, source_url: statement.text("sourceUrl") });
            conflict.absorb(statement);
        }
        disputed.push(Disputed {
            field: conflict.text("field").unwrap_or_default(),
            values,
            note: conflict.text("note"),
        });
        mapping.record.absorb(conflict);
    }
    if german { disputed } else { Vec::new() }
}
