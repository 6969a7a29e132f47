//! Language and register, and which edition a reader gets.
//!
//! When an entry has no edition in the language and register that were asked for, the reading
//! falls back: the same language in standard, then German standard, then whatever is live.
//! That is a rule of reading; nothing fallen back is ever stored.

use std::{fmt, str::FromStr};

use icu_locale_core::LanguageIdentifier;
use sea_orm::sea_query::{BinOper, CaseStatement, Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};

use super::read::table::Table;

/// How plainly a text speaks.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Register {
    #[default]
    Standard,
    /// Leichte Sprache.
    Easy,
    /// Einfache Sprache.
    Plain,
}

impl Register {
    pub const ALL: [Self; 3] = [Self::Standard, Self::Easy, Self::Plain];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Easy => "easy",
            Self::Plain => "plain",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|register| register.as_str() == name)
    }
}

/// A BCP 47 language tag in canonical form, such as `de` or `de-AT`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Language(String);

impl Language {
    pub fn german() -> Self {
        Self("de".into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag itself, then shorter and shorter: `de-AT`, `de`.
    fn and_wider(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(self.0.as_str()), |tag| tag.rfind('-').map(|at| &tag[..at]))
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        match LanguageIdentifier::try_from_str(tag) {
            Ok(language) if !language.language.is_unknown() => Ok(Self(language.to_string())),
            _ => Err(format!("„{tag}“ is not a BCP 47 language tag; write for example de or en")),
        }
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(tag: String) -> Result<Self, Self::Error> {
        tag.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The language and register a reader would like best.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wish {
    pub language: Language,
    pub register: Register,
}

impl Default for Wish {
    fn default() -> Self {
        Self { language: Language::german(), register: Register::Standard }
    }
}

impl Wish {
    pub fn met_by(&self, language: &str, register: &str) -> bool {
        self.language.as_str() == language && self.register.as_str() == register
    }

    /// True for the one edition of its entry that this reader gets.
    ///
    /// `edition` is any table with the columns `language`, `register` and the entry's id;
    /// the common case, an edition that is just what was wished for, needs no look at the others.
    pub fn chooses(&self, edition: &Table, entry_column: &'static str) -> Expr {
        let exact = edition
            .col("language")
            .eq(self.language.as_str())
            .and(edition.col("register").eq(self.register.as_str()));
        let other = edition.sibling("other");
        let better = Query::select()
            .expr(Expr::val(1))
            .from_as("live", other.alias())
            .and_where(other.col("entry_id").eq(edition.col(entry_column)))
            .and_where(self.standing(&other).lt(self.standing(edition)))
            .to_owned();
        exact.or(Expr::exists(better).not())
    }

    /// The rule of falling back: what is read rather than what follows it.
    pub fn ladder(&self) -> Vec<(&str, Register)> {
        let mut ladder: Vec<(&str, Register)> = Vec::new();
        let mut step = |language, register| {
            if !ladder.contains(&(language, register)) {
                ladder.push((language, register));
            }
        };
        self.language.and_wider().for_each(|language| step(language, self.register));
        self.language.and_wider().for_each(|language| step(language, Register::Standard));
        step("de", Register::Standard);
        ladder
    }

    /// A number for sorting the editions of an entry: the smallest is the one to read.
    ///
    /// Editions that no rule names come last, in the order of their language and register.
    pub fn standing(&self, edition: &Table) -> Expr {
        let mut standing = CaseStatement::new();
        for (place, (language, register)) in self.ladder().into_iter().enumerate() {
            let here = edition
                .col("language")
                .eq(language)
                .and(edition.col("register").eq(register.as_str()));
            standing = standing.case(here, Expr::val(place.to_string()));
        }
        let rest = [edition.col("language"), Expr::val(" "), edition.col("register")]
            .into_iter()
            .fold(Expr::val("9 "), |text, more| text.binary(BinOper::Custom("||"), more));
        standing.finally(rest).into()
    }
}
