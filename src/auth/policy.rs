//! Who may do what. Everything that is not said here is refused.

use super::{principal::Principal, role::Role};
use crate::error::{Answer, Failure};

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Make accounts, change what they may do, suspend them.
    ManageAccounts,
    /// Read who did what.
    ReadAudit,
}

/// Lets it happen, or refuses it.
pub fn may(principal: &Principal, action: Action) -> Answer<()> {
    let allowed = match action {
        Action::ManageAccounts | Action::ReadAudit => principal.is(Role::Administration),
    };
    if allowed { Ok(()) } else { Err(Failure::Forbidden) }
}
