//! Downloads, with their files where the collection has them.

use super::{Mapping, names};
use crate::kinds::Download;

pub fn fields(mapping: &mut Mapping<'_>) -> Download {
    let path = mapping.record.text("file");
    mapping.record.text("datePrecision");
    Download {
        document_kind: mapping.words("documentKind"),
        file: path.and_then(|path| mapping.file("file", &path)),
        date: mapping.record.date("date"),
        authors: names(mapping, "authors"),
        organisations: mapping.many("organisations", "organisation"),
        municipalities: mapping.many("municipalities", "municipality"),
        belongs_to: mapping.any("belongsTo"),
        original_name: mapping.record.text("fileName"),
        original_url: mapping.record.text("fileUrl"),
        page_count: mapping.record.number("pages"),
    }
}
