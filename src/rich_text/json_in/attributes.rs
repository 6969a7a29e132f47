//! What marks and blocks say in their attributes.

use icu_locale_core::LanguageIdentifier;

use super::Refusal;
use super::node::Node;
use crate::rich_text::{Alt, Card, Href, Image, Level, Mark, Provider, Tone, Video};

pub(super) fn mark(node: &Node<'_>) -> Result<Mark, Refusal> {
    let mark = match node.kind {
        "strong" => {
            node.leaf(&[])?;
            Mark::Strong
        }
        "emphasis" => {
            node.leaf(&[])?;
            Mark::Emphasis
        }
        "link" => {
            node.leaf(&["href"])?;
            let href = node.string("href")?.and_then(Href::parse);
            Mark::Link(href.ok_or("Ein Link beginnt mit http, https, mailto oder tel.")?)
        }
        "entryLink" => {
            node.leaf(&["entry"])?;
            Mark::EntryLink(node.uuid("entry")?)
        }
        "abbreviation" => {
            node.leaf(&["title"])?;
            Mark::Abbreviation(node.filled("title")?.ok_or("Einer Abkürzung fehlt die Langform.")?)
        }
        "foreignLanguage" => {
            node.leaf(&["lang"])?;
            let lang =
                node.string("lang")?.and_then(|lang| lang.parse::<LanguageIdentifier>().ok());
            Mark::ForeignLanguage(lang.ok_or("Die Sprache ist kein Kürzel wie „en“ oder „fr-CH“.")?)
        }
        _ => return Err(node.strange()),
    };
    Ok(mark)
}

pub(super) fn level(node: &Node<'_>) -> Result<Level, Refusal> {
    match node.number("level", 2, 4)? {
        Some(2) => Ok(Level::Two),
        Some(3) => Ok(Level::Three),
        Some(4) => Ok(Level::Four),
        _ => Err("Einer Überschrift fehlt die Ebene (2 bis 4).".into()),
    }
}

pub(super) fn tone(node: &Node<'_>) -> Result<Tone, Refusal> {
    match node.string("tone")? {
        Some("note") => Ok(Tone::Note),
        Some("tip") => Ok(Tone::Tip),
        Some("important") => Ok(Tone::Important),
        _ => Err("Ein Hinweis ist „note“, „tip“ oder „important“.".into()),
    }
}

pub(super) fn image(node: &Node<'_>) -> Result<Image, Refusal> {
    node.leaf(&["file", "alt", "decorative", "caption", "credit"])?;
    let alt = match (node.truth("decorative")?, node.filled("alt")?) {
        (true, _) => Alt::Decorative,
        (false, Some(text)) => Alt::Text(text),
        (false, None) => Alt::Missing,
    };
    let (caption, credit) = (node.filled("caption")?, node.filled("credit")?);
    Ok(Image { file: node.uuid("file")?, alt, caption, credit })
}

pub(super) fn card(node: &Node<'_>) -> Result<Card, Refusal> {
    node.leaf(&["entry", "label"])?;
    Ok(Card { entry: node.uuid("entry")?, label: node.filled("label")? })
}

pub(super) fn video(node: &Node<'_>) -> Result<Video, Refusal> {
    node.leaf(&["provider", "id", "title"])?;
    let provider = node.string("provider")?.and_then(Provider::parse);
    let provider = provider.ok_or("Ein Video liegt bei „youtube“ oder „vimeo“.")?;
    let id = node.string("id")?.filter(|id| provider.knows(id));
    let id = id.ok_or("Die Kennung des Videos ist ungültig.")?.to_owned();
    Ok(Video { provider, id, title: node.filled("title")? })
}
