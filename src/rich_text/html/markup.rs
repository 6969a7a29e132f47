//! HTML that cannot hold raw text.
//!
//! Elements and attributes are named in our code, and every text and value is escaped on its way in.
//! Nothing else can write, because the page's letters are private to this file.

use crate::rich_text::tag::escaped;

/// A page being written, with what its writer needs to know along the way.
pub(crate) struct Markup<C> {
    pub(crate) context: C,
    written: String,
}

impl<C> Markup<C> {
    pub(crate) fn new(context: C) -> Self {
        Self { context, written: String::new() }
    }

    pub(crate) fn finish(self) -> String {
        self.written
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.written.push_str(&escaped(text));
    }

    /// An element with something inside.
    pub(crate) fn element(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        inside: impl FnOnce(&mut Self),
    ) {
        self.void(name, attributes);
        inside(self);
        self.written.push_str("</");
        self.written.push_str(name);
        self.written.push('>');
    }

    /// An element that has no inside.
    pub(crate) fn void(&mut self, name: &'static str, attributes: &[(&'static str, &str)]) {
        self.written.push('<');
        self.written.push_str(name);
        for (name, value) in attributes {
            self.written.push(' ');
            self.written.push_str(name);
            self.written.push_str("=\"");
            self.written.push_str(&escaped(value));
            self.written.push('"');
        }
        self.written.push('>');
    }
}
