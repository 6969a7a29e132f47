//! Who is asking, and may they.
//!
//! So far: accounts, their passwords and their roles. Signing in, sessions and the policy that
//! decides what a role may do come with the admin.

pub mod account;
pub mod password;
pub mod role;
