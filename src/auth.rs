//! Who is asking, and may they.
//!
//! Only `policy.rs` decides what somebody may do; everyone else asks it.

pub mod account;
pub mod password;
pub mod policy;
pub mod principal;
pub mod role;
