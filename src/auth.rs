//! Who is asking, and may they.
//!
//! Only `policy.rs` decides what somebody may do; everyone else asks it.

pub mod account;
pub mod brakes;
pub mod caller;
pub mod cookie;
pub mod grant;
pub mod house;
pub mod keyring;
pub mod oidc;
pub mod one_time;
pub mod password;
pub mod policy;
pub mod principal;
pub mod reset;
pub mod role;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod token;
