//! Theme fields.

use super::Mapping;
use crate::kinds::ThemeField;

pub fn fields(mapping: &mut Mapping<'_>) -> ThemeField {
    ThemeField {
        order: mapping.record.number("order"),
        icon: None,
        body: mapping.body(),
        programmes: mapping.many("programmes", "programme"),
    }
}
