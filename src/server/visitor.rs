//! Where a request comes from, as far as the log may know.
//!
//! A header that says where is believed only when it comes from a proxy that the settings name.

use std::net::IpAddr;

use poem::{
    Addr, Request,
    http::{HeaderMap, header},
};

use crate::{
    auth::caller::{Caller, network},
    config::{Config, Network},
};

/// Knows whom to believe.
pub struct Visitors {
    trusted: Vec<Network>,
}

impl Visitors {
    pub fn of(config: &Config) -> Self {
        Self { trusted: config.trusted_proxies.clone() }
    }

    /// The network of the visitor. A whole address would be more than a log needs.
    pub fn from(&self, request: &Request) -> Option<String> {
        Some(network(self.address(peer(request)?, request.headers()), 48))
    }

    /// Who asks, as far as it can be seen from outside. The reception has named the request.
    pub fn caller(&self, request: &Request) -> Caller {
        let address = peer(request).map(|peer| self.address(peer, request.headers()));
        let name = request.header("x-request-id").unwrap_or_default();
        Caller::new(address, request.header(header::USER_AGENT), name.to_owned())
    }

    /// From the last proxy back to the first address that is not one of ours.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut address = peer;
        let named = headers.get_all("x-forwarded-for");
        let named: Vec<&str> = named
            .iter()
            .filter_map(|one| one.to_str().ok())
            .flat_map(|one| one.split(','))
            .collect();
        for before in named.iter().rev() {
            if !self.trusted.iter().any(|proxy| proxy.contains(address)) {
                break;
            }
            let Ok(before) = before.trim().parse() else { break };
            address = before;
        }
        address
    }
}

/// Who holds the other end of the connection.
pub fn peer(request: &Request) -> Option<IpAddr> {
    match &request.remote_addr().0 {
        Addr::SocketAddr(address) => Some(address.ip().to_canonical()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, forwarded: &str) -> String {
        let config = Config::from_variables([("KOFFER_TRUSTED_PROXIES", "10.0.0.0/8")]).unwrap();
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            HeaderValue::from_str(forwarded).unwrap(),
        )]);
        network(Visitors::of(&config).address(peer.parse().unwrap(), &headers), 48)
    }

    #[test]
    fn only_our_proxies_are_believed() {
        for (peer, forwarded, from) in [
            ("203.0.113.7", "198.51.100.1", "203.0.113.0/24"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.0/24"),
            ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.0/24"),
            // What a stranger has written in front of what our proxy wrote is not believed.
            ("10.0.0.1", "192.0.2.1, 198.51.100.1", "198.51.100.0/24"),
            ("10.0.0.1", "unknown", "10.0.0.0/24"),
            ("10.0.0.1", "2001:db8:1:2::3", "2001:db8:1::/48"),
            ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.0/24"),
        ] {
            assert_eq!(seen(peer, forwarded), from, "{peer} {forwarded}");
        }
    }
}
