//! Brakes: how often something may be tried.
//!
//! They count before anybody looks whether there is such an account, so what they say tells
//! nothing about it. They are kept in memory; several processes each have their own.

use std::num::NonZeroU32;

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::caller::Caller;
use crate::error::{Answer, Failure};

/// Beyond this many keys, those that are at rest are forgotten.
const MANY: usize = 10_000;

type Brake = DefaultKeyedRateLimiter<[u8; 32]>;

/// Everything that is braked.
pub struct Brakes {
    sign_in_to_account: Brake,
    sign_in_from_machine: Brake,
    reset_of_account: Brake,
    reset_from_machine: Brake,
    renewal: Brake,
    proof: Brake,
}

impl Brakes {
    /// The number is how many attempts to sign in one machine has in a minute.
    #[must_use]
    pub fn new(sign_ins: u32) -> Self {
        let often = |times: u32| NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN);
        Self {
            sign_in_to_account: brake(Quota::per_minute(often(5))),
            sign_in_from_machine: brake(Quota::per_minute(often(sign_ins))),
            reset_of_account: brake(Quota::per_hour(often(3))),
            reset_from_machine: brake(Quota::per_hour(often(sign_ins))),
            renewal: brake(Quota::per_minute(often(30))),
            proof: brake(Quota::per_minute(often(10))),
        }
    }

    /// An attempt to sign in, with whatever was given as an e-mail address.
    pub fn sign_in(&self, caller: &Caller, email: &str) -> Answer<()> {
        pass(&self.sign_in_from_machine, &[&caller.machine()])?;
        pass(&self.sign_in_to_account, &[&written_alike(email), &caller.neighbourhood()])
    }

    /// A letter that was asked for.
    pub fn reset(&self, caller: &Caller, email: &str) -> Answer<()> {
        pass(&self.reset_from_machine, &[&caller.machine()])?;
        pass(&self.reset_of_account, &[&written_alike(email)])
    }

    /// An attempt with a link from a letter, or with an answer of a provider.
    pub fn link(&self, caller: &Caller) -> Answer<()> {
        pass(&self.sign_in_from_machine, &[&caller.machine()])
    }

    /// New tokens for a session.
    pub fn renewal(&self, session: Uuid) -> Answer<()> {
        pass(&self.renewal, &[&session.to_string()])
    }

    /// Somebody who is signed in proves once more who they are: by password or code.
    pub fn proof(&self, account: Uuid) -> Answer<()> {
        pass(&self.proof, &[&account.to_string()])
    }
}

fn brake(quota: Quota) -> Brake {
    RateLimiter::keyed(quota)
}

fn written_alike(email: &str) -> String {
    email.trim().to_lowercase()
}

fn pass(brake: &Brake, key: &[&str]) -> Answer<()> {
    if brake.len() > MANY {
        brake.retain_recent();
    }
    // A digest, for a key may be as long as whoever wrote it liked.
    let key: [u8; 32] = Sha256::digest(key.join("\0")).into();
    brake.check_key(&key).map_err(|not_yet| {
        let wait = not_yet.wait_time_from(DefaultClock::default().now());
        Failure::RateLimited(wait.as_secs() + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(address: &str) -> Caller {
        Caller::new(Some(address.parse().unwrap()), None, "r".into())
    }

    #[test]
    fn the_sixth_attempt_has_to_wait_whether_there_is_an_account_or_not() {
        let brakes = Brakes::new(30);
        for _ in 0..5 {
            brakes.sign_in(&caller("203.0.113.7"), "erika@example.org").unwrap();
        }
        let refused = brakes.sign_in(&caller("203.0.113.8"), " Erika@example.org").unwrap_err();
        let Failure::RateLimited(seconds) = refused else { panic!("{refused:?}") };
        assert!((1..=13).contains(&seconds), "{seconds}");
        brakes.sign_in(&caller("198.51.100.1"), "erika@example.org").unwrap();
        brakes.sign_in(&caller("203.0.113.7"), "otto@example.org").unwrap();
    }

    #[test]
    fn one_machine_cannot_try_all_accounts() {
        let brakes = Brakes::new(30);
        let tries = |number: usize| {
            brakes.sign_in(&caller("203.0.113.7"), &format!("{number}@example.org"))
        };
        assert!((0..30).all(|number| tries(number).is_ok()));
        assert!(tries(30).is_err());
    }
}
