//! Organisations.

use super::Mapping;
use crate::kinds::Organisation;

pub fn fields(mapping: &mut Mapping<'_>) -> Organisation {
    let name = mapping.record.text("name");
    mapping.record.give("title", name.clone());
    Organisation {
        name: name.unwrap_or_default(),
        short_name: mapping.record.text("shortName"),
        designation: mapping.words("kind"),
        location: mapping.record.text("location"),
        website: mapping.record.text("website"),
    }
}
