//! Titles as the last part of an address, transliterated as German does it.

/// `Städteverbund „Göltzschtal“` becomes `staedteverbund-goeltzschtal`.
pub fn slug(title: &str) -> String {
    let german: String = title.chars().flat_map(|c| transliterated(c).into_iter()).collect();
    ::slug::slugify(german)
}

fn transliterated(c: char) -> Vec<char> {
    match c {
        'ä' | 'Ä' => vec!['a', 'e'],
        'ö' | 'Ö' => vec!['o', 'e'],
        'ü' | 'Ü' => vec!['u', 'e'],
        'ß' | 'ẞ' => vec!['s', 's'],
        // Gender forms are one word: Bürger*innen, Bürger:innen.
        '*' => vec![],
        _ => vec![c],
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_transliterates_as_german_does() {
        assert_eq!(slug("Öffentlichkeitsarbeit"), "oeffentlichkeitsarbeit");
        assert_eq!(slug("Dessau-Roßlau"), "dessau-rosslau");
        assert_eq!(
            slug("World Café – Konzept und Fallbeispiel"),
            "world-cafe-konzept-und-fallbeispiel"
        );
        assert_eq!(slug("Bürger*innen: „Ja!“"), "buergerinnen-ja");
    }
}
