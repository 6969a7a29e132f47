//! Which form of answer the caller can read, and in which form the request came.

use poem::http::{HeaderMap, HeaderValue, header};

/// The two forms of a GraphQL answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: what clients without a preference get. A request that is understood is
    /// answered with 200, whatever became of it.
    Json,
    /// `application/graphql-response+json`: the status tells whether the query was executed.
    GraphqlResponse,
}

impl Media {
    /// What the caller likes best, or nothing if we have nothing for it.
    pub fn wanted(headers: &HeaderMap) -> Option<Self> {
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::Json);
        }
        let json = liking(headers, "application/json");
        let graphql = liking(headers, "application/graphql-response+json");

        // Alike by a wildcard means no preference; alike by name means that the newer is known.
        let prefers_graphql = graphql.quality > json.quality
            || (graphql.quality == json.quality && graphql.closeness == Closeness::Exact);
        let (media, quality) = if prefers_graphql {
            (Self::GraphqlResponse, graphql.quality)
        } else {
            (Self::Json, json.quality)
        };
        (quality > 0.0).then_some(media)
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// Whether a person with a browser is asking: they name HTML, programs do not.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let html = liking(headers, "text/html");
    html.closeness == Closeness::Exact && html.quality > 0.0
}

/// Whether a body of this type is JSON in UTF-8.
pub(super) fn is_json(content_type: Option<&HeaderValue>) -> bool {
    let Some(Ok(content_type)) = content_type.map(HeaderValue::to_str) else { return false };
    let (name, mut parameters) = split(content_type);
    name.eq_ignore_ascii_case("application/json") && parameters.all(is_utf8_or_no_charset)
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Closeness {
    No,
    Any,
    Group,
    Exact,
}

#[derive(Clone, Copy)]
struct Liking {
    closeness: Closeness,
    quality: f32,
}

/// How much the caller likes a form: the closest range that speaks of it decides.
fn liking(headers: &HeaderMap, form: &str) -> Liking {
    let group = form.split('/').next().unwrap_or_default();
    let mut best = Liking { closeness: Closeness::No, quality: 0.0 };

    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    for range in accepted.flat_map(|line| line.split(',')) {
        let (name, parameters) = split(range);
        let closeness = match name.split_once('/') {
            _ if name.eq_ignore_ascii_case(form) => Closeness::Exact,
            Some(("*", "*")) => Closeness::Any,
            Some((of, "*")) if of.eq_ignore_ascii_case(group) => Closeness::Group,
            _ => continue,
        };
        let Some(quality) = quality(parameters) else { continue };
        if closeness > best.closeness {
            best = Liking { closeness, quality };
        }
    }
    best
}

/// The range's weight; nothing if it cannot be read, or asks for another encoding.
fn quality<'a>(mut parameters: impl Iterator<Item = (&'a str, &'a str)>) -> Option<f32> {
    parameters.try_fold(1.0, |quality, (name, value)| {
        if name.eq_ignore_ascii_case("q") {
            value.parse().ok().filter(|quality| (0.0..=1.0).contains(quality))
        } else {
            is_utf8_or_no_charset((name, value)).then_some(quality)
        }
    })
}

fn is_utf8_or_no_charset((name, value): (&str, &str)) -> bool {
    !name.eq_ignore_ascii_case("charset")
        || ["utf-8", "utf8"].iter().any(|utf8| value.eq_ignore_ascii_case(utf8))
}

fn split(range: &str) -> (&str, impl Iterator<Item = (&str, &str)>) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let parameters = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim(), value.trim().trim_matches('"')))
    });
    (name, parameters)
}
