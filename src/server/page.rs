//! Small pages that are whole in themselves, and the policy that lets just their own styles
//! and scripts work.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use poem::{
    Endpoint, Request, Response,
    http::{HeaderValue, header},
};
use sha2::{Digest as _, Sha256};

use super::headers::PAGE_POLICY;

/// A page as it was built.
#[derive(Clone)]
pub struct Page(Cow<'static, [u8]>);

impl Page {
    pub fn new(html: Cow<'static, [u8]>) -> Self {
        Self(html)
    }

    /// What is here, for people who come to the bare address.
    pub fn index() -> Self {
        Self(Cow::Borrowed(include_bytes!("index.html")))
    }

    /// The policy, with the digests of what the page brings along in its own text.
    pub fn policy(&self, policy: &str) -> HeaderValue {
        let html = String::from_utf8_lossy(&self.0);
        let mut policy = policy.to_owned();
        for (element, directive) in [("script", "script-src 'self'"), ("style", "style-src 'self'")]
        {
            // A digest would make browsers forget that every style is allowed.
            if policy.contains(&format!("{directive} 'unsafe-inline'")) {
                continue;
            }
            let digests: String = inline(&html, element)
                .map(|text| format!(" 'sha256-{}'", BASE64.encode(Sha256::digest(text))))
                .collect();
            policy = policy.replace(directive, &format!("{directive}{digests}"));
        }
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }

    pub fn into_bytes(self) -> Cow<'static, [u8]> {
        self.0
    }

    pub fn render(self, policy: &str) -> Response {
        let policy = self.policy(policy);
        let answer = Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::CONTENT_SECURITY_POLICY, policy);
        match self.0 {
            Cow::Borrowed(html) => answer.body(html),
            Cow::Owned(html) => answer.body(html),
        }
    }
}

impl Endpoint for Page {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        Ok(self.clone().render(PAGE_POLICY))
    }
}

/// What stands between the element's tags, as browsers digest it.
fn inline<'h>(html: &'h str, element: &str) -> impl Iterator<Item = &'h str> {
    let (open, close) = (format!("<{element}"), format!("</{element}>"));
    let mut rest = html;
    std::iter::from_fn(move || {
        let from = rest.find(&open)?;
        let start = from + rest[from..].find('>')? + 1;
        let end = start + rest[start..].find(&close)?;
        let text = &rest[start..end];
        rest = &rest[end + close.len()..];
        Some(text)
    })
    .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pages_own_styles_and_scripts_work() {
        let page = Page::new(Cow::Borrowed(
            b"<style>a{}</style><script type=\"module\" src=\"x.js\"></script><script>alert(1)</script>",
        ));
        let policy = page.policy("script-src 'self'; style-src 'self'; img-src 'self'");
        let digest = |text: &str| BASE64.encode(Sha256::digest(text));
        assert_eq!(
            policy.to_str().unwrap(),
            format!(
                "script-src 'self' 'sha256-{}'; style-src 'self' 'sha256-{}'; img-src 'self'",
                digest("alert(1)"),
                digest("a{}")
            )
        );
    }

    #[test]
    fn where_every_style_is_allowed_no_digest_takes_it_back() {
        let page = Page::new(Cow::Borrowed(b"<style>a{}</style>"));
        assert_eq!(
            page.policy("style-src 'self' 'unsafe-inline'"),
            "style-src 'self' 'unsafe-inline'"
        );
    }
}
