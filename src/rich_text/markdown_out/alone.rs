//! What stands alone in its paragraph: cards, videos and images, written as one link each.

use super::VIDEO;
use super::escape::{escaped, target, title};
use crate::rich_text::{Alt, Image, Video};

/// A link whose title says what it is; without one, its place does.
pub(super) fn link(label: &str, address: &str, said: &str) -> String {
    let (label, address) = (escaped(label), target(address));
    match said {
        "" => format!("[{label}]({address})"),
        said => format!("[{label}]({address} \"{}\")", title(said)),
    }
}

pub(super) fn video(video: &Video) -> String {
    link(video.title.as_deref().unwrap_or_default(), &video.provider.page(&video.id), VIDEO)
}

/// An image; its title holds caption and credit.
pub(super) fn image(image: &Image) -> String {
    let (alt, fragment) = match &image.alt {
        Alt::Missing => ("", ""),
        Alt::Decorative => ("", "#decorative"),
        Alt::Text(alt) => (alt.as_str(), ""),
    };
    let caption = image.caption.as_deref().map(part).unwrap_or_default();
    let words = match image.credit.as_deref().map(part) {
        Some(credit) => format!("{caption} | {credit}"),
        None => caption,
    };
    format!("!{}", link(alt, &format!("file:{}{fragment}", image.file), words.trim()))
}

/// Caption and credit are told apart by a bar, so one within them is escaped.
fn part(words: &str) -> String {
    words.replace('\\', "\\\\").replace('|', "\\|")
}

/// Reads caption and credit back.
pub(in crate::rich_text) fn parts(title: &str) -> (String, String) {
    let (mut caption, mut credit) = (String::new(), None::<String>);
    let mut letters = title.chars();
    while let Some(c) = letters.next() {
        let c = match (c, &credit) {
            ('|', None) => {
                credit = Some(String::new());
                continue;
            }
            ('\\', _) => letters.next().unwrap_or('\\'),
            (c, _) => c,
        };
        credit.as_mut().unwrap_or(&mut caption).push(c);
    }
    (caption, credit.unwrap_or_default())
}
