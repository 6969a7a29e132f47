//! Where the links in a PDF lead.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document};

/// More are not checked by anybody.
const MOST: usize = 1000;

/// The longest address.
const LONGEST: usize = 2000;

/// All addresses, each once.
pub fn of(document: &Document) -> Vec<String> {
    let mut found = BTreeSet::new();
    for page in document.page_iter() {
        let Ok(annotations) = document.get_page_annotations(page) else { continue };
        let addresses = annotations.into_iter().filter_map(|one| address(document, one));
        found.extend(addresses.take(MOST - found.len()));
    }
    found.into_iter().collect()
}

fn address(document: &Document, annotation: &Dictionary) -> Option<String> {
    let action = annotation.get_deref(b"A", document).ok()?.as_dict().ok()?;
    let address = lopdf::decode_text_string(action.get_deref(b"URI", document).ok()?).ok()?;
    let address = address.trim();
    let fit = (1..=LONGEST).contains(&address.len()) && !address.chars().any(char::is_control);
    fit.then(|| address.to_owned())
}
