//! Cases of good practice.

use super::{Mapping, disputed, figures::figures};
use crate::kinds::Case;

pub fn fields(mapping: &mut Mapping<'_>) -> Case {
    Case {
        municipalities: mapping.many("municipalities", "municipality"),
        places: mapping.record.texts("places"),
        theme_fields: mapping.many("themeFields", "theme-field"),
        programme: mapping.one("programme", "programme"),
        body: mapping.body(),
        start_date: mapping.record.date("startDate"),
        year: mapping.record.number("year"),
        figures: figures(mapping, "figures"),
        tools: mapping.many("tools", "tool"),
        organisations: mapping.many("organisations", "organisation"),
        disputed: disputed(mapping),
        ..Case::default()
    }
}
