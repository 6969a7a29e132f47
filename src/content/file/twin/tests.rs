//! What stands on a twin, as a reader or a screen reader finds it.

use super::*;

fn heading(title: &str, level: u32, page: u32) -> Heading {
    Heading { title: title.into(), level, page }
}

fn sample() -> Twin {
    Twin {
        title: "Bürgerbeteiligung in Größe L".into(),
        language: Some("de-DE".into()),
        outline: vec![
            heading("Einführung", 1, 1),
            heading("Ziele", 3, 1),
            heading("Wege", 3, 2),
            heading("Schluss", 1, 2),
        ],
        pages: vec![
            "Einführung\nDie Stadt lädt ein.\nZiele\nMehr Grün.".into(),
            "Wege\nZu Fuß.\nSchluss\nDanke.".into(),
        ],
        has_text: true,
        address: "/files/1/platz.pdf".into(),
        size: 1_234_567,
    }
}

/// The levels of all headings in the order in which they come.
fn levels(page: &str) -> Vec<u8> {
    let places = page.match_indices("<h").map(|(place, _)| page.as_bytes()[place + 2]);
    places.filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect()
}

fn skips_none(page: &str) {
    let levels = levels(page);
    assert_eq!(levels[0], 1);
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{levels:?}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
}

#[test]
fn a_document_keeps_its_headings_and_its_pages() {
    let page = page(&sample());
    for part in [
        "<!doctype html>\n<html lang=\"de-DE\">",
        "<title>Bürgerbeteiligung in Größe L</title>",
        "<h1>Bürgerbeteiligung in Größe L</h1>",
        "<a class=\"skip\" href=\"#text\">Zum Text springen</a>",
        "<nav aria-label=\"Inhalt\"><ol><li><a href=\"#seite-1\">Einführung</a><ol>\
         <li><a href=\"#seite-1\">Ziele</a></li><li><a href=\"#seite-2\">Wege</a></li></ol></li>\
         <li><a href=\"#seite-2\">Schluss</a></li></ol></nav><main id=\"text\">",
        "<section id=\"seite-1\" aria-labelledby=\"seite-1-titel\">\
         <h2 id=\"seite-1-titel\" class=\"page\">Seite 1</h2>\
         <h2>Einführung</h2><p>Die Stadt lädt ein.</p><h3>Ziele</h3><p>Mehr Grün.</p></section>",
        "<h4 id=\"seite-2-titel\" class=\"page\">Seite 2</h4><h3>Wege</h3>",
        "<a href=\"/files/1/platz.pdf\" type=\"application/pdf\">PDF herunterladen (1,3 MB)</a>",
        "Automatisch aus dem PDF erstellt",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("class=\"note\""));
    skips_none(&page);
}

#[test]
fn no_heading_skips_a_level_whatever_the_outline_says() {
    let mut twin = sample();
    let levels = [9, 2, 7, 0, u32::MAX, 3, 1, 2, 3, 4, 5, 6, 7, 8, 2];
    twin.outline = (0..)
        .zip(levels)
        .map(|(number, level)| heading(&format!("T{number}"), level, number / 3 + 1))
        .collect();
    twin.pages =
        (0..5).map(|page| (0..3).map(|line| format!("T{}\n", page * 3 + line)).collect()).collect();
    let page = page(&twin);
    skips_none(&page);
    assert_eq!(levels.len(), page.matches("<li>").count());
    assert_eq!(page.matches("<ol>").count(), page.matches("</ol>").count());
}

#[test]
fn nothing_in_a_document_becomes_markup() {
    let hostile = "</title><script>alert(1)</script>\"' onload=\"x &amp;";
    let twin = Twin {
        title: hostile.into(),
        language: Some("\"><script>".into()),
        outline: vec![heading(hostile, 1, 1), heading(hostile, 1, 99)],
        pages: vec![format!("{hostile}\n{hostile}")],
        has_text: true,
        address: "/f\"><script>".into(),
        size: 0,
    };
    let page = page(&twin);
    assert!(!page.contains("<script"), "{page}");
    assert_eq!(page.matches("</title>").count(), 1);
    assert!(page.contains("<html lang=\"de\">"));
    assert_eq!(page.matches("&lt;/title&gt;&lt;script&gt;").count(), 6);
    assert!(!page.contains("#seite-99"));
}

#[test]
fn our_words_are_english_where_the_document_is_not_german() {
    let mut twin = sample();
    for (language, shown, contents) in [
        (Some("en-GB"), "<html lang=\"en-GB\">", "<nav aria-label=\"Contents\"><ol><li>"),
        (
            Some("fr"),
            "<html lang=\"fr\">",
            "<nav aria-label=\"Contents\" lang=\"en\"><ol lang=\"fr\">",
        ),
        (Some("de"), "<html lang=\"de\">", "<nav aria-label=\"Inhalt\"><ol><li>"),
        (Some("kein Sprachkürzel"), "<html lang=\"de\">", "<nav aria-label=\"Inhalt\"><ol><li>"),
        (Some("und"), "<html lang=\"de\">", "<nav aria-label=\"Inhalt\"><ol><li>"),
        (None, "<html lang=\"de\">", "<nav aria-label=\"Inhalt\"><ol><li>"),
    ] {
        twin.language = language.map(str::to_owned);
        let page = page(&twin);
        assert!(page.contains(shown) && page.contains(contents), "{language:?}: {page}");
    }
    twin.language = Some("en".into());
    let page = page(&twin);
    assert!(page.contains(">Page 2</h4>") && page.contains("Download PDF (1.3 MB)"), "{page}");
}

#[test]
fn a_document_without_outline_has_no_contents_and_one_without_text_says_so() {
    let mut twin = Twin { outline: Vec::new(), ..sample() };
    let shown = page(&twin);
    assert!(!shown.contains("<nav"));
    assert_eq!(levels(&shown), [1, 2, 2]);

    twin.pages = vec![String::new(), " \n".into()];
    twin.has_text = false;
    let shown = page(&Twin { title: " ".into(), ..twin });
    assert_eq!(shown.matches("Diese Seite enthält keinen lesbaren Text.").count(), 2);
    assert!(shown.contains("Dieses PDF enthält keinen lesbaren Text"));
    assert!(shown.contains("<h1>Dokument ohne Titel</h1>"));
}

#[test]
fn the_stylesheet_is_the_one_that_is_allowed() {
    let page = page(&sample());
    let written = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    assert_eq!(written, STYLE);
    assert_eq!(style_hash(), format!("'sha256-{}'", BASE64.encode(Sha256::digest(written))));
}
