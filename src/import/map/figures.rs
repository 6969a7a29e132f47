//! Figures: the source's short names as words that people read.
//!
//! What is listed here gets its German label, unit and day; any other name is shown as it stands,
//! its words taken apart, so that a new figure is never lost.

use serde_json::Value;

use super::Mapping;
use crate::{api::scalar::PartialDate, kinds::value::Figure};

/// Short name, label, unit, and the year or day at which the figure held.
const KNOWN: &[(&str, &str, Option<&str>, Option<&str>)] = &[
    ("mitglieder2013", "Mitglieder", None, Some("2013")),
    ("mitgliederAb2021", "Mitglieder", None, Some("2021")),
    ("seniorenwohnungen", "Seniorenwohnungen", None, None),
    ("wohnflaecheQm", "Wohnfläche", Some("m²"), None),
    ("einwohner", "Einwohner*innen", None, None),
    ("buergerhausEroeffnet", "Eröffnung des Bürgerhauses", None, None),
    ("preisgeldEuro", "Preisgeld", Some("Euro"), None),
    ("wettbewerb", "Wettbewerb", None, None),
    ("studierende", "Studierende", None, None),
    ("objekte", "Objekte", None, None),
    ("workshopTeilnehmende", "Teilnehmende am Workshop", None, None),
    ("versammlungGaeste", "Gäste der Versammlung", None, None),
    ("arbeitskreisMitglieder", "Mitglieder des Arbeitskreises", None, None),
    ("teilnehmende", "Teilnehmende", None, None),
    ("ersteSpielrundeSchueler", "Schüler*innen in der ersten Spielrunde", None, None),
    ("kommunen", "Kommunen", None, None),
    ("ortsteile", "Ortsteile", None, None),
    ("modellkommunen", "Modellkommunen", None, None),
    ("assoziierteKommunen", "Assoziierte Kommunen", None, None),
    ("bundeslaender", "Bundesländer", None, None),
    ("einwohnerMin", "Einwohner*innen der kleinsten Kommune", None, None),
    ("einwohnerMax", "Einwohner*innen der größten Kommune", None, None),
    ("werkzeugeMindestens", "Werkzeuge, mindestens", None, None),
    ("mikroprojekte", "Mikroprojekte", None, None),
    ("tagessatzMaxEuroBrutto", "Höchster Tagessatz, brutto", Some("Euro"), None),
    ("einreichungsfrist", "Einreichungsfrist", None, None),
    ("einreichungsfrist1", "Erste Einreichungsfrist", None, None),
    ("einreichungsfrist2", "Zweite Einreichungsfrist", None, None),
    ("foerderrunde", "Förderrunde", None, None),
    ("skizzen", "Skizzen", None, None),
    ("westdeutschland", "Skizzen aus Westdeutschland", None, None),
    ("ostdeutschland", "Skizzen aus Ostdeutschland", None, None),
    ("partner", "Partner", None, None),
];

/// The figures of a record, for editions in its language.
pub fn figures(mapping: &mut Mapping<'_>, field: &str) -> Vec<Figure> {
    let mut pairs = mapping.record.pairs(field);
    // A JSON object has no order; ours is that of the list above.
    pairs.sort_by_key(|(name, _)| {
        KNOWN.iter().position(|(short, ..)| short == name).unwrap_or(KNOWN.len())
    });
    if !mapping.speaks_german() {
        return Vec::new();
    }
    pairs.into_iter().filter_map(|(name, value)| figure(&name, &value)).collect()
}

fn figure(name: &str, value: &Value) -> Option<Figure> {
    let known = KNOWN.iter().find(|(short, ..)| *short == name);
    let (label, unit, as_of) = known.map_or_else(
        || (words(name), None, None),
        |(_, label, unit, as_of)| ((*label).to_owned(), *unit, *as_of),
    );
    let number = value.as_f64();
    let value = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(Figure {
        label,
        value,
        number,
        unit: unit.map(Into::into),
        as_of: as_of.and_then(|date| PartialDate::try_from(date.to_owned()).ok()),
    })
}

/// `ersteSpielrunde` becomes `Erste Spielrunde`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for (place, letter) in name.chars().enumerate() {
        match place {
            0 => words.extend(letter.to_uppercase()),
            _ if letter.is_uppercase() => words.extend([' ', letter]),
            _ => words.push(letter),
        }
    }
    words
}
