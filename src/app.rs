//! What every part of a running Koffer shares.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::{
    auth::{brakes::Brakes, keyring::Keyring, oidc::Provider},
    config::Config,
    content::{door::Door, read::catalogue::Catalogue},
    db::Db,
    files::{Scanner, Staging, Store, Workshop},
    mail::Post,
};

pub struct App {
    pub config: Config,
    pub db: Db,
    /// What is public, kept in memory as far as it is worth it.
    pub catalogue: Catalogue,
    pub store: Arc<dyn Store>,
    pub staging: Staging,
    /// Who looks for viruses, where there is somebody.
    pub scanner: Option<Scanner>,
    /// Where files are looked into.
    pub workshop: Workshop,
    /// Everything that is derived from the key of the house.
    pub keys: Keyring,
    pub brakes: Brakes,
    pub post: Post,
    /// Where people can also prove who they are.
    pub provider: Option<Provider>,
    /// What is still to be ended in good order when the house closes: sockets, and what they leave.
    pub tidying: TaskTracker,
    /// The doors of all kinds; `kinds.rs` lists them.
    pub doors: &'static [&'static dyn Door],
}

impl App {
    /// The door of the kind with this name.
    pub fn door(&self, kind: &str) -> Option<&'static dyn Door> {
        self.doors.iter().copied().find(|door| door.kind() == kind)
    }
}
