//! What a person is in the house. What each role may do is for the policy to say.

use std::{fmt, str::FromStr};

/// From the one who may do everything to the one who only looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Administration,
    ChiefEditor,
    Editor,
    Author,
    Reader,
}

impl Role {
    pub const ALL: [Self; 5] =
        [Self::Administration, Self::ChiefEditor, Self::Editor, Self::Author, Self::Reader];

    /// Its name in the database and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Administration => "administration",
            Self::ChiefEditor => "chief-editor",
            Self::Editor => "editor",
            Self::Author => "author",
            Self::Reader => "reader",
        }
    }

    /// Its name in the admin.
    #[must_use]
    pub fn german(self) -> &'static str {
        match self {
            Self::Administration => "Administration",
            Self::ChiefEditor => "Chefredaktion",
            Self::Editor => "Redaktion",
            Self::Author => "Autorin",
            Self::Reader => "Lesezugriff",
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join("`, `");
            format!("the roles are `{names}`")
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_by_its_name() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert!("admin".parse::<Role>().unwrap_err().contains("`chief-editor`"));
    }
}
