//! The words of ours on a twin, in German and in English.

use icu_locale_core::Locale;

/// What we say, in one language.
pub struct Words {
    pub language: &'static str,
    pub untitled: &'static str,
    pub skip: &'static str,
    pub contents: &'static str,
    pub empty_page: &'static str,
    pub no_text: &'static str,
    pub made: &'static str,
    page: &'static str,
    download: &'static str,
    decimal: &'static str,
}

const GERMAN: Words = Words {
    language: "de",
    untitled: "Dokument ohne Titel",
    skip: "Zum Text springen",
    contents: "Inhalt",
    empty_page: "Diese Seite enthält keinen lesbaren Text.",
    no_text: "Dieses PDF enthält keinen lesbaren Text, sondern nur Bilder seiner Seiten.",
    made: "Automatisch aus dem PDF erstellt",
    page: "Seite",
    download: "PDF herunterladen",
    decimal: ",",
};

const ENGLISH: Words = Words {
    language: "en",
    untitled: "Document without a title",
    skip: "Skip to the text",
    contents: "Contents",
    empty_page: "This page contains no readable text.",
    no_text: "This PDF contains no readable text, only pictures of its pages.",
    made: "Made automatically from the PDF",
    page: "Page",
    download: "Download PDF",
    decimal: ".",
};

/// German for German documents and those that do not say, English for all others.
pub fn fitting(language: Option<&Locale>) -> &'static Words {
    match language {
        Some(language) if language.id.language.as_str() != GERMAN.language => &ENGLISH,
        _ => &GERMAN,
    }
}

impl Words {
    /// Whether a document in this language needs no hint that ours is another.
    pub fn fit(&self, document: &str) -> bool {
        document.split('-').next() == Some(self.language)
    }

    pub fn page(&self, number: u32) -> String {
        format!("{} {number}", self.page)
    }

    pub fn download(&self, size: u64) -> String {
        format!("{} ({})", self.download, self.size(size))
    }

    /// A size as people read it; no file has nothing in it.
    fn size(&self, bytes: u64) -> String {
        const KB: u64 = 1000;
        const TENTH: u64 = 100 * KB;
        if bytes < 10 * TENTH - KB {
            return format!("{} kB", bytes.div_ceil(KB));
        }
        let tenths = bytes.div_ceil(TENTH);
        format!("{}{}{} MB", tenths / 10, self.decimal, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_up() {
        for (bytes, german, english) in [
            (1, "1 kB", "1 kB"),
            (999_000, "1,0 MB", "1.0 MB"),
            (998_999, "999 kB", "999 kB"),
            (2_345_678, "2,4 MB", "2.4 MB"),
            (31_000_000, "31,0 MB", "31.0 MB"),
        ] {
            assert_eq!((GERMAN.size(bytes), ENGLISH.size(bytes)), (german.into(), english.into()));
        }
    }
}
