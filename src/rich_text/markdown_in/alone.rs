//! What a line becomes: a paragraph or heading, or, if a link or an image stands alone in it,
//! a card, a video or a picture.

use uuid::Uuid;

use super::line::{Holder, Line, Link, Refusal};
use crate::rich_text::markdown_out::{CARD, DOWNLOAD, DOWNLOADS, LINK, VIDEO, parts};
use crate::rich_text::nesting::{Room, canonical, filled};
use crate::rich_text::{Alt, Block, Card, Image, Inline, Mark, Provider, Text, Video};

/// The block that a line becomes; none if it says nothing.
pub(super) fn block(mut line: Line, room: Room) -> Result<Option<Block>, Refusal> {
    let inlines = canonical(std::mem::take(&mut line.inlines));
    match (line.holder, line.images.pop()) {
        (_, None) => {}
        (Holder::Paragraph, Some(image))
            if inlines.is_empty() && line.links.is_empty() && line.images.is_empty() =>
        {
            return Ok(Some(Block::Image(image)));
        }
        (_, Some(_)) => return Err("Ein Bild steht allein in seinem Absatz."),
    }

    if line.holder == Holder::Paragraph
        && let Some((link, label)) = lone(&inlines, &line.links)
    {
        let shown = shown(link, label, room)?;
        return Ok(Some(shown.unwrap_or(Block::Paragraph(inlines))));
    }
    among_text(&line.links)?;
    Ok(match line.holder {
        Holder::Heading(level) => Some(Block::Heading(level, inlines)),
        Holder::Paragraph if inlines.is_empty() => None,
        Holder::Paragraph => Some(Block::Paragraph(inlines)),
    })
}

/// The line of a summary, which is never anything else.
pub(super) fn summary(line: Line) -> Result<Vec<Inline>, Refusal> {
    if line.holder != Holder::Paragraph || !line.images.is_empty() {
        return Err("Eine Zusammenfassung ist eine Zeile Text.");
    }
    among_text(&line.links)?;
    Ok(canonical(line.inlines))
}

/// The picture behind `file:{uuid}`, still without its description.
pub(super) fn image(address: &str, title: &str) -> Option<Image> {
    let (id, alt) = match address.strip_prefix("file:")?.split_once('#') {
        Some((id, "decorative")) => (id, Alt::Decorative),
        Some(_) => return None,
        None => (address.strip_prefix("file:")?, Alt::Missing),
    };
    let (caption, credit) = parts(title);
    let file = Uuid::parse_str(id).ok()?;
    Some(Image { file, alt, caption: filled(&caption), credit: filled(&credit) })
}

/// The link that is all there is in a line, and its text.
fn lone<'l>(inlines: &'l [Inline], links: &'l [Link]) -> Option<(&'l Link, &'l str)> {
    let [link] = links else { return None };
    match inlines {
        [] => Some((link, "")),
        [Inline::Text(Text { text, marks })] if *marks == [link.mark.clone()] => Some((link, text)),
        _ => None,
    }
}

/// What a lone link shows, unless it is just a link.
fn shown(link: &Link, label: &str, room: Room) -> Result<Option<Block>, Refusal> {
    let sort = match (link.title.as_str(), &link.mark) {
        ("", Mark::EntryLink(_)) if !room.turns_links_into_cards() => LINK,
        ("", Mark::EntryLink(_)) if link.address.starts_with(DOWNLOADS) => DOWNLOAD,
        ("", Mark::EntryLink(_)) => CARD,
        (said, _) => said,
    };
    match (sort, &link.mark) {
        (CARD, Mark::EntryLink(entry)) => {
            Ok(Some(Block::EntryCard(Card { entry: *entry, label: filled(label) })))
        }
        (DOWNLOAD, Mark::EntryLink(entry)) => {
            Ok(Some(Block::DownloadCard(Card { entry: *entry, label: filled(label) })))
        }
        (VIDEO, Mark::Link(page)) => {
            let (provider, id) = Provider::of_page(page.as_str())
                .ok_or("Ein Video liegt bei YouTube oder Vimeo.")?;
            Ok(Some(Block::Video(Video { provider, id, title: filled(label) })))
        }
        ("", _) | (LINK, Mark::EntryLink(_)) if label.is_empty() => Err(WITHOUT_TEXT),
        ("", _) | (LINK, Mark::EntryLink(_)) => Ok(None),
        _ => Err(WITH_TITLE),
    }
}

fn among_text(links: &[Link]) -> Result<(), Refusal> {
    if links.iter().any(|link| link.empty) {
        return Err(WITHOUT_TEXT);
    }
    if links.iter().any(|link| !link.title.is_empty()) {
        return Err(WITH_TITLE);
    }
    Ok(())
}

const WITHOUT_TEXT: Refusal = "Einem Link fehlt der Text.";
const WITH_TITLE: Refusal = "Ein Link in einer Zeile hat keinen Titel in Anführungszeichen.";
