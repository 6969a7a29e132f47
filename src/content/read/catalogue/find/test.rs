//! Which editions pass a test, by the rules that the database follows.

use chrono::{DateTime, Utc};
use sea_orm::Value;

use super::{
    super::{
        super::filter::{Check, Quantifier, Test},
        index::{Card, No, Word},
    },
    Eyes, time,
};
use crate::content::link::Route;

impl Eyes<'_> {
    /// Whether the catalogue can tell what the test asks.
    pub(super) fn knows(&self, test: &Test) -> bool {
        match test {
            Test::All(tests) => tests.iter().all(|test| self.knows(test)),
            // How a database reads a condition that says nothing, inside a choice or turned round,
            // is left to the database.
            Test::Any(tests) => tests.iter().all(|test| !says_nothing(test) && self.knows(test)),
            Test::Not(test) => !says_nothing(test) && self.knows(test),
            Test::Head { column, checks } => checks.iter().all(|check| match *column {
                "entry_id" | "slug" | "language" | "register" => {
                    matches!(check, Check::Eq(_) | Check::In(_))
                }
                "first_published_at" | "published_at" | "updated_at" => {
                    matches!(check, Check::Gt(_) | Check::Gte(_) | Check::Lt(_) | Check::Lte(_))
                }
                _ => false,
            }),
            Test::Own { .. } | Test::File { .. } => false,
            Test::Term { checks, .. } => plain(checks),
            Test::TermNot { checks, .. } => !checks.is_empty() && plain(checks),
            Test::Related { routes, quantifier, test, .. } => {
                routes.iter().all(|route| matches!(route, Route::Own(_) | Route::Back { .. }))
                    && (*quantifier != Quantifier::Every || !says_nothing(test))
                    && self.knows(test)
            }
        }
    }

    /// Whether the edition passes a test that the catalogue knows.
    pub(super) fn passes(&self, no: No, test: &Test) -> bool {
        let card = self.index.card(no);
        match test {
            Test::All(tests) => tests.iter().all(|test| self.passes(no, test)),
            Test::Any(tests) => tests.iter().any(|test| self.passes(no, test)),
            Test::Not(test) => !self.passes(no, test),
            Test::Head { column, checks } => {
                checks.iter().all(|check| self.head_passes(card, column, check))
            }
            Test::Own { .. } | Test::File { .. } => false,
            Test::Term { field, checks } => self.any_value(card, field, |value| {
                checks.iter().all(|check| text_passes(value, check))
            }),
            Test::TermNot { field, checks } => self.any_value(card, field, |value| {
                !checks.iter().all(|check| text_passes(value, check))
            }),
            Test::Related { to, routes, quantifier, test } => {
                let Some(kind) = self.index.words.known(to) else {
                    return *quantifier != Quantifier::Some;
                };
                let turned = *quantifier == Quantifier::Every;
                let mut any = false;
                for route in *routes {
                    self.along(route, card.entry, |_, entry| {
                        any |= self
                            .chosen_of(Some(kind), entry)
                            .is_some_and(|no| self.passes(no, test) != turned);
                    });
                }
                any == (*quantifier == Quantifier::Some)
            }
        }
    }

    fn head_passes(&self, card: &Card, column: &str, check: &Check) -> bool {
        let words = &self.index.words;
        match column {
            "entry_id" => {
                let id = Value::from(self.index.node(card.entry).id);
                match check {
                    Check::Eq(to) => *to == id,
                    Check::In(to) => to.contains(&id),
                    _ => false,
                }
            }
            "slug" => text_passes(&card.slug, check),
            "language" => text_passes(words.text(card.language), check),
            "register" => text_passes(words.text(card.register), check),
            _ => time_passes(time(column, card), check),
        }
    }

    fn any_value(&self, card: &Card, field: &str, passes: impl Fn(&str) -> bool) -> bool {
        let Some(field) = self.index.words.known(field) else { return false };
        let values = card.terms.iter().filter(|(name, _)| *name == field);
        values.map(|(_, value)| self.index.words.text(*value)).any(passes)
    }

    /// A few editions among which all are that pass the test; nothing where that would be most.
    pub(super) fn candidates(&self, kind: Word, test: &Test) -> Option<Vec<No>> {
        match test {
            Test::All(tests) => {
                let some = tests.iter().filter_map(|test| self.candidates(kind, test));
                some.min_by_key(Vec::len)
            }
            Test::Any(tests) => {
                let all: Option<Vec<Vec<No>>> =
                    tests.iter().map(|test| self.candidates(kind, test)).collect();
                Some(all?.concat())
            }
            Test::Head { column: "slug", checks } => {
                let named = |value: &Value| {
                    let found =
                        text_of(value).and_then(|slug| self.index.slugs.get(&(kind, slug.into())));
                    found.into_iter().flatten().copied().collect::<Vec<No>>()
                };
                checks.iter().find_map(|check| match check {
                    Check::Eq(value) => Some(named(value)),
                    Check::In(values) => Some(values.iter().flat_map(named).collect()),
                    _ => None,
                })
            }
            Test::Head { column: "entry_id", checks } => {
                let found = |value: &Value| match value {
                    Value::Uuid(Some(id)) => {
                        self.index.node_of(*id).and_then(|node| self.chosen_of(Some(kind), node))
                    }
                    _ => None,
                };
                checks.iter().find_map(|check| match check {
                    Check::Eq(value) => Some(found(value).into_iter().collect()),
                    Check::In(values) => Some(values.iter().filter_map(found).collect()),
                    _ => None,
                })
            }
            Test::Term { field, checks } => {
                let field = self.index.words.known(field);
                let with = |value: &Value| {
                    let value = text_of(value).and_then(|value| self.index.words.known(value));
                    let with = field.zip(value).and_then(|term| self.index.with_term.get(&term));
                    let with = with.into_iter().flatten().copied();
                    // Other kinds have fields of the same name.
                    with.filter(|no| self.index.card(*no).kind == kind).collect::<Vec<No>>()
                };
                checks.iter().find_map(|check| match check {
                    Check::Eq(value) => Some(with(value)),
                    Check::In(values) => Some(values.iter().flat_map(with).collect()),
                    _ => None,
                })
            }
            Test::Related { to, routes, quantifier: Quantifier::Some, test } => {
                let to = self.index.words.known(to)?;
                let targets = self.candidates(to, test)?;
                let mut found = Vec::new();
                for target in targets {
                    let target = self.index.card(target).entry;
                    for route in *routes {
                        match route {
                            Route::Own(field) => {
                                let field = self.index.words.known(field)?;
                                let named_by = self.index.node(target).named_by.iter();
                                found.extend(
                                    named_by
                                        .filter(|(name, _)| *name == field)
                                        .map(|(_, no)| *no)
                                        .filter(|no| self.index.card(*no).kind == kind),
                                );
                            }
                            Route::Back { field, .. } => {
                                self.along(&Route::Own(field), target, |_, entry| {
                                    found.extend(self.chosen_of(Some(kind), entry));
                                });
                            }
                            Route::Through { .. } | Route::Beside { .. } => return None,
                        }
                    }
                }
                Some(found)
            }
            Test::Not(_)
            | Test::Head { .. }
            | Test::Own { .. }
            | Test::File { .. }
            | Test::TermNot { .. }
            | Test::Related { .. } => None,
        }
    }
}

fn says_nothing(test: &Test) -> bool {
    match test {
        Test::All(tests) => tests.iter().all(says_nothing),
        Test::Head { checks, .. } => checks.is_empty(),
        _ => false,
    }
}

fn plain(checks: &[Check]) -> bool {
    checks.iter().all(|check| matches!(check, Check::Eq(_) | Check::In(_)))
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(Some(text)) => Some(text),
        _ => None,
    }
}

fn text_passes(text: &str, check: &Check) -> bool {
    match check {
        Check::Eq(to) => text_of(to) == Some(text),
        Check::In(to) => to.iter().any(|to| text_of(to) == Some(text)),
        _ => false,
    }
}

fn time_passes(time: DateTime<Utc>, check: &Check) -> bool {
    let (Check::Gt(to) | Check::Gte(to) | Check::Lt(to) | Check::Lte(to)) = check else {
        return false;
    };
    let Value::ChronoDateTimeUtc(Some(to)) = to else { return false };
    match check {
        Check::Gt(_) => time > *to,
        Check::Gte(_) => time >= *to,
        Check::Lt(_) => time < *to,
        _ => time <= *to,
    }
}
