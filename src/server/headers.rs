//! The headers of the house: what a browser may do with our answers. Rooms may say it stricter.

use poem::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::Config;

/// For answers that are no page: they show nothing and load nothing.
const NO_PAGE: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// For the admin, a program of its own that brings everything along.
pub const ADMIN_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
    connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
    require-trusted-types-for 'script'";

/// For GraphiQL. Its editor writes styles while one types and works in a worker.
pub const GRAPHIQL_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// For small pages with nothing but text and their own style.
pub const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Nothing here needs any of it.
const NO_DEVICES: &str = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), \
    gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), xr-spatial-tracking=()";

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, NO_PAGE),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), NO_DEVICES),
];

/// Two years, as the lists of the browsers ask.
const TLS_ONLY: (HeaderName, &str) =
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");

/// What every answer says.
pub struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    pub fn of(config: &Config) -> Self {
        let tls = config.is_public_over_tls().then_some(TLS_ONLY);
        let all = ALWAYS.into_iter().chain(tls);
        Self(all.map(|(name, value)| (name, HeaderValue::from_static(value))).collect())
    }

    /// Adds what the room has not said itself.
    pub fn complete(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        headers.remove(header::SERVER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(public_url: &str) -> HeaderMap {
        let config = Config::from_variables([("KOFFER_PUBLIC_URL", public_url)]).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("stricter"));
        headers.insert(header::SERVER, HeaderValue::from_static("x/1"));
        Headers::of(&config).complete(&mut headers);
        headers
    }

    #[test]
    fn every_answer_is_guarded_and_a_room_may_say_it_stricter() {
        let headers = headers("http://127.0.0.1:8080");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["content-security-policy"], "stricter");
        assert!(!headers.contains_key("server"));
        assert!(!headers.contains_key("strict-transport-security"));
    }

    #[test]
    fn tls_is_insisted_on_only_where_there_is_tls() {
        assert!(
            headers("https://cms.example.org")["strict-transport-security"]
                .to_str()
                .unwrap()
                .contains("63072000")
        );
    }
}
