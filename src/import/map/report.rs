//! Reports. Their PDF is that of the download that belongs to them.

use super::{Mapping, names};
use crate::kinds::Report;

pub fn fields(mapping: &mut Mapping<'_>) -> Report {
    let download = mapping.record.text("download");
    let file = download.as_deref().and_then(|key| mapping.collection.file_of("download", key));
    let downloads = download.and_then(|key| mapping.resolve("download", "download", &key));
    // The press release says itself what it is about; the model reads that from both sides.
    mapping.one("news", "news-item");
    mapping.record.text("datePrecision");
    let series = mapping.record.text("series");
    Report {
        series_title: series.as_deref().and_then(series_title).map(Into::into),
        series,
        number: mapping.record.number("number"),
        date: mapping.record.date("date"),
        topic: mapping.words("topic"),
        theme_fields: mapping.many("themeFields", "theme-field"),
        authors: names(mapping, "authors"),
        publisher: mapping.one("publisher", "organisation"),
        body: mapping.body(),
        file: file.and_then(|path| mapping.file("download", &path)),
        downloads: downloads.into_iter().collect(),
        ..Report::default()
    }
}

/// The names of the series, as `collection/README.md` gives them.
fn series_title(series: &str) -> Option<&'static str> {
    match series {
        "neues-aus-der-zukunftswerkstatt-kommunen" => {
            Some("Neues aus der Zukunftswerkstatt Kommunen")
        }
        "publicus-serie-dwk" => Some("Zeitschriftenreihe zur DWK"),
        _ => None,
    }
}
