//! From where somebody asks: what limits need to know of it, and the little that the log may.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use uuid::Uuid;

use crate::content::log::Origin;

/// The other end of one request.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The whole address; it is only kept in memory.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub agent: Option<String>,
    /// What the request is called.
    pub request: String,
}

/// More of a browser's name says nothing that anybody could use.
const AGENT: usize = 200;

impl Caller {
    #[must_use]
    pub fn new(address: Option<IpAddr>, agent: Option<&str>, request: String) -> Self {
        let agent = agent
            .map(|agent| agent.chars().filter(|letter| !letter.is_control()).take(AGENT).collect());
        Self { address: address.map(|address| address.to_canonical()), agent, request }
    }

    /// What the log and the list of sessions may know.
    #[must_use]
    pub fn network(&self) -> Option<String> {
        self.address.map(|address| network(address, 48))
    }

    /// What counts as one visitor for limits: whoever has one address of version 6 has many.
    #[must_use]
    pub fn neighbourhood(&self) -> String {
        self.address.map_or_else(String::new, |address| network(address, 64))
    }

    /// The same for limits that one machine alone should reach.
    #[must_use]
    pub fn machine(&self) -> String {
        match self.address {
            Some(address @ IpAddr::V6(_)) => network(address, 64),
            Some(address) => address.to_string(),
            None => String::new(),
        }
    }

    #[must_use]
    pub fn origin(&self, session: Option<Uuid>) -> Origin {
        Origin { session, request: self.request.clone(), address: self.network() }
    }
}

/// The first three parts of an address of version 4, the first bits of one of version 6.
#[must_use]
pub fn network(address: IpAddr, bits: u32) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            format!("{}/24", Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8)))
        }
        IpAddr::V6(address) => {
            let kept = u128::MAX << (128 - bits);
            format!("{}/{bits}", Ipv6Addr::from_bits(address.to_bits() & kept))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Caller {
        Caller::new(Some(address.parse().unwrap()), None, "r".into())
    }

    #[test]
    fn the_log_knows_only_the_network() {
        assert_eq!(from("203.0.113.7").network().unwrap(), "203.0.113.0/24");
        assert_eq!(from("::ffff:203.0.113.7").network().unwrap(), "203.0.113.0/24");
        assert_eq!(from("2001:db8:1:2:3::4").network().unwrap(), "2001:db8:1::/48");
    }

    #[test]
    fn one_household_is_one_visitor_for_limits() {
        assert_eq!(from("2001:db8::1").machine(), from("2001:db8::2").machine());
        assert_ne!(from("203.0.113.7").machine(), from("203.0.113.8").machine());
        assert_eq!(from("203.0.113.7").neighbourhood(), from("203.0.113.8").neighbourhood());
    }
}
