//! News items.

use super::Mapping;
use crate::kinds::NewsItem;

pub fn fields(mapping: &mut Mapping<'_>) -> NewsItem {
    mapping.record.text("datePrecision");
    NewsItem {
        designation: mapping.words("kind"),
        date: mapping.record.date("date"),
        publisher: mapping.one("publisher", "organisation"),
        external_id: mapping.record.text("externalId"),
        about: mapping.any("references"),
        municipalities: mapping.many("municipalities", "municipality"),
        theme_fields: mapping.many("themeFields", "theme-field"),
        programme: mapping.one("programme", "programme"),
        ..NewsItem::default()
    }
}
