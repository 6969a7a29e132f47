//! How readers get the bytes of a file: through us, or from the store itself.

use std::{str::FromStr, time::Duration};

/// How long an address of the store is good.
pub const ADDRESS_IS_GOOD_FOR: Duration = Duration::from_secs(5 * 60);

/// What `KOFFER_S3_DELIVERY` says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    /// The bytes go through us, and are looked at on the way.
    #[default]
    Stream,
    /// Readers are sent to an address of the bucket.
    Redirect,
}

/// What a store says of a file when it hands it out in our place.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    pub media_type: &'a str,
    pub disposition: &'a str,
    pub language: Option<&'a str>,
    pub caching: &'a str,
}

impl FromStr for Delivery {
    type Err = String;

    fn from_str(setting: &str) -> Result<Self, Self::Err> {
        match setting {
            "stream" => Ok(Self::Stream),
            "redirect" => Ok(Self::Redirect),
            _ => Err("write `stream` or `redirect`".into()),
        }
    }
}
