//! Where links and videos may lead.
//!
//! An address is kept as the editor typed it, but only if its scheme is one of four. Everything that
//! later writes an `href` takes it from here.

use url::Url;

/// An address that is safe to link to: http, https, mailto or tel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Href(String);

/// Who plays a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    YouTube,
    Vimeo,
}

impl Href {
    /// Blanks are refused, because browsers drop some of them and then read another address.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let allowed =
            matches!(Url::parse(typed).ok()?.scheme(), "http" | "https" | "mailto" | "tel");
        allowed.then(|| Self(typed.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it opens somebody's web page, rather than a mail or a call.
    pub fn is_web(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    }
}

impl Provider {
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "youtube" => Some(Self::YouTube),
            "vimeo" => Some(Self::Vimeo),
            _ => None,
        }
    }

    /// As in JSON and in HTML attributes.
    pub fn key(self) -> &'static str {
        match self {
            Self::YouTube => "youtube",
            Self::Vimeo => "vimeo",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::YouTube => "YouTube",
            Self::Vimeo => "Vimeo",
        }
    }

    /// Whether this can be the id of one of its videos.
    pub fn knows(self, id: &str) -> bool {
        let letter = |c: char| match self {
            Self::YouTube => c.is_ascii_alphanumeric() || c == '-' || c == '_',
            Self::Vimeo => c.is_ascii_digit(),
        };
        (1..=32).contains(&id.len()) && id.chars().all(letter)
    }

    /// The page on which it is shown.
    pub fn page(self, id: &str) -> String {
        match self {
            Self::YouTube => format!("https://www.youtube.com/watch?v={id}"),
            Self::Vimeo => format!("https://vimeo.com/{id}"),
        }
    }

    /// The video that is shown on a page, from one of the usual addresses.
    pub fn of_page(address: &str) -> Option<(Self, String)> {
        let page = Url::parse(address).ok()?;
        let first_segment = || page.path_segments()?.next().map(str::to_owned);

        let (provider, id) = match page.host_str()?.trim_start_matches("www.") {
            "youtube.com" => {
                let (_, id) = page.query_pairs().find(|(name, _)| name == "v")?;
                (Self::YouTube, id.into_owned())
            }
            "youtu.be" => (Self::YouTube, first_segment()?),
            "vimeo.com" => (Self::Vimeo, first_segment()?),
            _ => return None,
        };
        provider.knows(&id).then_some((provider, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_schemes_lead_out() {
        for good in
            ["https://example.org/a?b=1&c=2#d", "http://müller.de", "mailto:a@b.de", "tel:+4912345"]
        {
            assert!(Href::parse(good).is_some(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " https://example.org",
            "data:text/html,x",
            "//example.org",
            "/pfad",
            "#anker",
            "https://",
            "",
        ] {
            assert!(Href::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_video_is_found_behind_its_page() {
        let film = Some((Provider::YouTube, "dQw4w9WgXcQ".to_owned()));
        assert_eq!(Provider::of_page("https://youtu.be/dQw4w9WgXcQ"), film);
        assert_eq!(Provider::of_page(&Provider::YouTube.page("dQw4w9WgXcQ")), film);
        assert_eq!(Provider::of_page("https://vimeo.com/x"), None);
    }
}
