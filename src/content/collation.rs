//! Sorting and comparing as German readers expect, alike on every database.
//!
//! The databases' own collations differ, so the order is worked out here once, at publishing,
//! and stored as bytes. After an update of ICU the keys are made anew by `koffer reindex`.

use std::sync::LazyLock;

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::locale;

static GERMAN: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    Collator::try_new(locale!("de").into(), CollatorOptions::default())
        .expect("the collation data of German is compiled in")
});

/// Bytes that sort as the texts do in a German dictionary: Ä beside A.
pub fn sort_key(text: &str) -> Vec<u8> {
    let mut key = Vec::new();
    let Ok(()) = GERMAN.write_sort_key_to(text, &mut key);
    key
}

/// The text without case, for comparing what people type.
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}
