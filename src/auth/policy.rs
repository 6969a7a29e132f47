//! The policy: who may do what, decided in one place, by one match, with no as the default.
//!
//! A person's grants are looked at one by one; a grant counts only where its scope covers the
//! subject. `tests/it/permissions.rs` prints the whole of it as a table.

use uuid::Uuid;

use super::{
    principal::{Principal, Scope},
    role::Role,
};
use crate::error::{Answer, Failure};

/// What somebody wants to do with an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Seeing drafts, revisions, comments and reviews.
    Read,
    Comment,
    Create,
    Edit,
    Submit,
    /// Approving, or asking for changes.
    Review,
    /// Making public, now or at a time, alone or in a release.
    Publish,
    /// Taking from the public, now or at a time.
    Withdraw,
    Trash,
    DeleteForever,
    /// Showing drafts to people without an account.
    Share,
}

impl Action {
    pub const ALL: [Self; 11] = [
        Self::Read,
        Self::Comment,
        Self::Create,
        Self::Edit,
        Self::Submit,
        Self::Review,
        Self::Publish,
        Self::Withdraw,
        Self::Trash,
        Self::DeleteForever,
        Self::Share,
    ];
}

/// What somebody wants to do with the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HouseAction {
    ManageAccounts,
    ReadAudit,
    /// Saying for which kinds a second person must approve.
    SetRules,
    /// Changing the lists that others have shared.
    TendViews,
    /// Seeing all files, and deleting those that others have sent.
    TendFiles,
}

impl HouseAction {
    pub const ALL: [Self; 5] =
        [Self::ManageAccounts, Self::ReadAudit, Self::SetRules, Self::TendViews, Self::TendFiles];
}

/// Whose work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authorship {
    Own,
    Others,
}

/// What it is to be done with.
#[derive(Debug, Clone)]
pub struct Subject {
    pub kind: String,
    pub language: String,
    pub theme_fields: Vec<Uuid>,
    pub authorship: Authorship,
}

/// Whether the person may do it.
#[must_use]
pub fn may(principal: &Principal, action: Action, subject: &Subject) -> bool {
    principal
        .grants
        .iter()
        .any(|grant| grant.scope.covers(subject) && allows(grant.role, action, subject.authorship))
}

/// The same as an answer: what one may not see does not exist.
pub fn check(principal: &Principal, action: Action, subject: &Subject) -> Answer<()> {
    if may(principal, action, subject) {
        Ok(())
    } else if may(principal, Action::Read, subject) {
        Err(Failure::Forbidden)
    } else {
        Err(Failure::NotFound)
    }
}

/// Whoever may write something of their own may send files for it.
pub fn check_upload(principal: &Principal) -> Answer<()> {
    let may =
        principal.grants.iter().any(|grant| allows(grant.role, Action::Create, Authorship::Own));
    if may { Ok(()) } else { Err(Failure::Forbidden) }
}

/// Whether the person may do it with the house; a role that is limited to a part may not.
#[must_use]
pub fn may_in_house(principal: &Principal, action: HouseAction) -> bool {
    use HouseAction::{ManageAccounts, ReadAudit, SetRules, TendFiles, TendViews};
    principal.grants.iter().filter(|grant| grant.scope.is_unlimited()).any(|grant| {
        match (grant.role, action) {
            (
                Role::Administration,
                ManageAccounts | ReadAudit | SetRules | TendViews | TendFiles,
            )
            | (Role::ChiefEditor, TendFiles) => true,
            (Role::ChiefEditor | Role::Editor | Role::Author | Role::Reader, _) => false,
        }
    })
}

/// The same as an answer.
pub fn check_in_house(principal: &Principal, action: HouseAction) -> Answer<()> {
    if may_in_house(principal, action) { Ok(()) } else { Err(Failure::Forbidden) }
}

/// What a role may do, scopes aside.
#[must_use]
pub fn allows(role: Role, action: Action, authorship: Authorship) -> bool {
    use Action::{
        Comment, Create, DeleteForever, Edit, Publish, Read, Review, Share, Submit, Trash, Withdraw,
    };
    use Role::{Administration, Author, ChiefEditor, Editor, Reader};
    match (role, action) {
        // Nobody looks over their own work.
        (Administration | ChiefEditor | Editor, Review) => authorship == Authorship::Others,
        (Administration | ChiefEditor, Publish | Withdraw | DeleteForever) => true,
        (
            Administration | ChiefEditor | Editor,
            Read | Comment | Create | Edit | Submit | Trash | Share,
        ) => true,
        (Author, Create) => true,
        (Author, Read | Comment | Edit | Submit | Trash | Share) => authorship == Authorship::Own,
        (Reader, Read) => true,
        (Editor | Author | Reader, _) => false,
    }
}

/// A part of all drafts that somebody may see: the policy as a condition for lists.
#[derive(Debug, Clone)]
pub struct Sight<'p> {
    pub scope: &'p Scope,
    pub only_own: bool,
}

/// Which drafts the person may see: all that any of these covers.
pub fn sights(principal: &Principal) -> impl Iterator<Item = Sight<'_>> {
    principal.grants.iter().filter_map(|grant| {
        let scope = &grant.scope;
        if allows(grant.role, Action::Read, Authorship::Others) {
            Some(Sight { scope, only_own: false })
        } else {
            let own = allows(grant.role, Action::Read, Authorship::Own);
            own.then_some(Sight { scope, only_own: true })
        }
    })
}

impl Scope {
    /// Whether it reaches everything.
    #[must_use]
    pub fn is_unlimited(&self) -> bool {
        self.kinds.is_none() && self.theme_fields.is_none() && self.languages.is_none()
    }

    fn covers(&self, subject: &Subject) -> bool {
        let named = |names: &Option<Vec<String>>, name: &String| {
            names.as_ref().is_none_or(|names| names.contains(name))
        };
        named(&self.kinds, &subject.kind)
            && named(&self.languages, &subject.language)
            && self.theme_fields.as_ref().is_none_or(|fields| {
                subject.theme_fields.iter().any(|field| fields.contains(field))
            })
    }
}
