//! How to cite a report: as a German sentence after DIN ISO 690, and as BibTeX.
//!
//! Nothing is invented: what is not known is left out, only a missing date is said to be missing.

use async_graphql::SimpleObject;

use crate::{api::scalar::PartialDate, kinds::Report};

/// How to cite it.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// In one German sentence, after DIN ISO 690.
    pub text: String,
    /// As an entry for BibTeX, in UTF-8.
    pub bibtex: String,
}

/// What a citation is made of.
pub struct Source<'s> {
    /// The name of the BibTeX entry.
    pub key: &'s str,
    pub title: &'s str,
    pub fields: &'s Report,
    pub publisher: Option<&'s str>,
    /// Where it is read.
    pub url: Option<String>,
}

impl Source<'_> {
    pub fn cited(&self) -> Citation {
        Citation { text: self.text(), bibtex: self.bibtex() }
    }

    fn text(&self) -> String {
        let mut parts = Vec::from([self.title.to_owned()]);
        parts.extend(self.publisher.map(Into::into));
        let series = self.series().map(|series| format!(" ({series})")).unwrap_or_default();
        parts.push(self.fields.date.as_ref().map_or_else(|| "o. D.".into(), german) + &series);
        parts.extend(self.fields.isbn.as_ref().map(|isbn| format!("ISBN {isbn}")));
        parts.extend(self.fields.issn.as_ref().map(|issn| format!("ISSN {issn}")));
        // A full stop after an address would be taken for a part of it.
        let end = match self.address() {
            Some(address) => format!(", verfügbar unter: {address}"),
            None if parts.last().is_some_and(|part| part.ends_with('.')) => String::new(),
            None => ".".into(),
        };

        let authors = listed(&self.authors());
        let by = if authors.is_empty() { authors } else { authors + ": " };
        by + &parts.join(", ") + &end
    }

    fn bibtex(&self) -> String {
        let fields = self.fields;
        // A series with an ISSN is a periodical, and what stands in it is an article.
        let is_article = fields.issn.is_some();
        let authors: Vec<String> = self.authors().iter().map(|author| one_name(author)).collect();
        let (year, month) = fields.date.as_ref().map_or((None, None), year_and_month);
        let lines = [
            ("author", (!authors.is_empty()).then(|| authors.join(" and "))),
            // The inner braces keep the capitals of German nouns.
            ("title", Some(format!("{{{}}}", escaped(self.title)))),
            (if is_article { "journal" } else { "type" }, self.series_name().map(escaped)),
            ("number", fields.number.map(|number| number.to_string())),
            (if is_article { "publisher" } else { "institution" }, self.publisher.map(braced)),
            ("year", year),
            ("month", month),
            ("isbn", fields.isbn.as_deref().map(escaped)),
            ("issn", fields.issn.as_deref().map(escaped)),
            ("doi", fields.doi.as_deref().map(plain)),
            ("url", self.address().as_deref().map(plain)),
        ];
        let sort = if is_article { "article" } else { "techreport" };
        let key: String =
            self.key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let lines: String = lines
            .into_iter()
            .filter_map(|(name, value)| Some(format!("  {name} = {{{}}},\n", value?)))
            .collect();
        format!("@{sort}{{{key},\n{lines}}}\n")
    }

    /// The people, family names first and without degrees.
    fn authors(&self) -> Vec<String> {
        let names = self.fields.authors.iter().map(|author| author.name.trim());
        names.filter(|name| !name.is_empty()).map(family_first).collect()
    }

    fn series(&self) -> Option<String> {
        match (self.series_name(), self.fields.number) {
            (Some(series), Some(number)) => Some(format!("{series}, Nr. {number}")),
            (Some(series), None) => Some(series.into()),
            (None, _) => None,
        }
    }

    fn series_name(&self) -> Option<&str> {
        self.fields.series_title.as_deref().or(self.fields.series.as_deref())
    }

    fn address(&self) -> Option<String> {
        let by_doi = self.fields.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
        by_doi.or_else(|| self.url.clone())
    }
}

/// `Prof. Dr. Martina Wegner` becomes `Wegner, Martina`, and `Sabine von Berg` `von Berg, Sabine`.
fn family_first(name: &str) -> String {
    let (name, rest) = name.split_once(',').unwrap_or((name, ""));
    let rest = rest.trim();
    if !rest.is_empty() && !is_degree(rest) {
        return format!("{}, {rest}", name.trim());
    }
    let words: Vec<&str> = name.split_whitespace().skip_while(|word| is_title(word)).collect();
    let is_small = |word: &&str| word.starts_with(char::is_lowercase);
    let family = words.iter().position(is_small).unwrap_or(words.len().saturating_sub(1));
    match words.split_at(family) {
        ([], family) => family.join(" "),
        (given, family) => format!("{}, {}", family.join(" "), given.join(" ")),
    }
}

/// Whether the word stands before a name without being one: `Prof.`, `Dr.-Ing.`, `rer.`, `nat.`.
fn is_title(word: &str) -> bool {
    let title = word.split('.').next().unwrap_or_default();
    matches!(title, "Prof" | "Professor" | "Professorin" | "PD" | "Dr" | "Dipl" | "Mag")
        || word.starts_with(char::is_lowercase) && word.ends_with('.')
}

/// Whether it is a degree, as people write it after their name: `M.A.`; `M.` alone is an initial.
fn is_degree(text: &str) -> bool {
    let is_academic = ["M.", "B.", "LL.", "Ph."].iter().any(|degree| text.starts_with(degree));
    text == "MBA" || is_academic && text.matches('.').count() > 1
}

/// `Wegner, Martina; Reuter, Verena und Abt, Jan`.
fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} und {last}", others.join("; ")),
        _ => names.concat(),
    }
}

/// `28. Juni 2023`, `Juni 2023` or `2023`.
fn german(date: &PartialDate) -> String {
    const MONTHS: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    let mut parts = date.as_str().split('-');
    let year = parts.next().unwrap_or_default();
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok());
    let month = number().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (month, number()) {
        (Some(month), Some(day)) => format!("{day}. {month} {year}"),
        (Some(month), None) => format!("{month} {year}"),
        (None, _) => year.into(),
    }
}

fn year_and_month(date: &PartialDate) -> (Option<String>, Option<String>) {
    let month = date.as_str().split('-').nth(1).map(|month| month.trim_start_matches('0').into());
    (Some(date.year().into()), month)
}

/// One name for BibTeX: an `and` within it is not one between two people.
fn one_name(name: &str) -> String {
    if name.to_lowercase().contains(" and ") { braced(name) } else { escaped(name) }
}

fn braced(text: &str) -> String {
    format!("{{{}}}", escaped(text))
}

/// The text with all that has a meaning in TeX made harmless. Umlauts stay as they are.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            '&' | '%' | '$' | '#' | '_' => safe.extend(['\\', c]),
            // BibTeX counts braces even after a backslash, so one alone has to go by its name.
            '{' => safe += r"{\textbraceleft}",
            '}' => safe += r"{\textbraceright}",
            '\\' => safe += r"{\textbackslash}",
            '~' => safe += r"{\textasciitilde}",
            '^' => safe += r"{\textasciicircum}",
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
        safe
    })
}

/// Addresses and DOIs are read as they are; only braces could end the field.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control());
    kept.fold(String::new(), |mut safe, c| {
        match c {
            '{' => safe += "%7B",
            '}' => safe += "%7D",
            '\\' => safe += "%5C",
            c => safe.push(c),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::value::Contribution;

    fn report() -> Report {
        Report {
            series: Some("Neues aus der Zukunftswerkstatt Kommunen".into()),
            number: Some(2),
            date: date("2023-11-15"),
            authors: authors(&["Prof. Dr. Martina Wegner", "Verena Reuter, M.A."]),
            ..Report::default()
        }
    }

    fn authors(names: &[&str]) -> Vec<Contribution> {
        let author = |name: &&str| Contribution { name: (*name).into(), ..Contribution::default() };
        names.iter().map(author).collect()
    }

    fn date(text: &str) -> Option<PartialDate> {
        Some(text.to_owned().try_into().expect("the test writes a date"))
    }

    fn source(fields: &Report) -> Source<'_> {
        Source {
            key: "trends-in-der-buergerbeteiligung",
            title: "Trends in der Bürgerbeteiligung",
            fields,
            publisher: Some("Kompetenzzentrum Technik e. V."),
            url: None,
        }
    }

    #[test]
    fn a_report_is_cited_in_one_sentence() {
        assert_eq!(
            source(&report()).text(),
            "Wegner, Martina und Reuter, Verena: Trends in der Bürgerbeteiligung, \
             Kompetenzzentrum Technik e. V., 15. November 2023 \
             (Neues aus der Zukunftswerkstatt Kommunen, Nr. 2)."
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let nothing = Report::default();
        let source = Source { publisher: None, ..source(&nothing) };
        assert_eq!(source.text(), "Trends in der Bürgerbeteiligung, o. D.");
        assert_eq!(
            source.bibtex(),
            "@techreport{trends-in-der-buergerbeteiligung,\n  title = {{Trends in der Bürgerbeteiligung}},\n}\n"
        );
    }

    #[test]
    fn an_address_ends_the_sentence_and_a_doi_is_the_best_address() {
        let fields =
            Report { doi: Some("10.1234/a_b".into()), date: date("2018"), ..Report::default() };
        let source = Source { url: Some("https://example.org/report/x".into()), ..source(&fields) };
        assert!(source.text().ends_with(", 2018, verfügbar unter: https://doi.org/10.1234/a_b"));
        assert!(
            source
                .bibtex()
                .contains("  doi = {10.1234/a_b},\n  url = {https://doi.org/10.1234/a_b},\n")
        );
    }

    #[test]
    fn bibtex_says_the_same() {
        assert_eq!(
            source(&report()).bibtex(),
            "@techreport{trends-in-der-buergerbeteiligung,\n\
             \x20 author = {Wegner, Martina and Reuter, Verena},\n\
             \x20 title = {{Trends in der Bürgerbeteiligung}},\n\
             \x20 type = {Neues aus der Zukunftswerkstatt Kommunen},\n\
             \x20 number = {2},\n\
             \x20 institution = {{Kompetenzzentrum Technik e. V.}},\n\
             \x20 year = {2023},\n\
             \x20 month = {11},\n\
             }\n"
        );
    }

    #[test]
    fn a_series_with_an_issn_is_a_periodical() {
        let fields = Report { issn: Some("2509-1234".into()), ..report() };
        let bibtex = source(&fields).bibtex();
        assert!(bibtex.starts_with("@article{"));
        assert!(bibtex.contains("  journal = {Neues aus der Zukunftswerkstatt Kommunen},\n"));
    }

    #[test]
    fn nothing_in_a_title_can_break_out_of_its_field() {
        let nothing = Report::default();
        let source = Source { title: r"100 % Jung & {Alt} \input{x}", ..source(&nothing) };
        let bibtex = source.bibtex();
        assert!(bibtex.contains(
            r"100 \% Jung \& {\textbraceleft}Alt{\textbraceright} {\textbackslash}input{\textbraceleft}x{\textbraceright}"
        ));
        assert_eq!(bibtex.matches('{').count(), bibtex.matches('}').count());
    }

    #[test]
    fn names_are_turned_without_their_degrees() {
        for (name, turned) in [
            ("Anne-Katrin Teichmüller", "Teichmüller, Anne-Katrin"),
            ("Dr.-Ing. Sabine von der Heide", "von der Heide, Sabine"),
            ("Prof. Dr. h. c. Hans Maier", "Maier, Hans"),
            ("Dr. rer. nat. Jan Abt", "Abt, Jan"),
            ("M. Wegner", "Wegner, M."),
            ("Wegner, M.", "Wegner, M."),
            ("Verena Reuter, M. A.", "Reuter, Verena"),
            ("Reuter, Verena", "Reuter, Verena"),
            ("Redaktion", "Redaktion"),
        ] {
            assert_eq!(family_first(name), turned);
        }
    }

    #[test]
    fn many_authors_are_listed_as_german_does() {
        let fields =
            Report { authors: authors(&["Ada Eins", "Bo Zwei", "Cy Drei"]), ..Report::default() };
        assert!(source(&fields).text().starts_with("Eins, Ada; Zwei, Bo und Drei, Cy: Trends"));
        assert!(source(&fields).bibtex().contains("{Eins, Ada and Zwei, Bo and Drei, Cy}"));
    }

    #[test]
    fn a_date_is_said_as_precisely_as_it_is_known() {
        let said = |text| date(text).as_ref().map(german).unwrap_or_default();
        assert_eq!(said("2023-06-08"), "8. Juni 2023");
        assert_eq!(said("2018-04"), "April 2018");
        assert_eq!(said("2018"), "2018");
    }
}
