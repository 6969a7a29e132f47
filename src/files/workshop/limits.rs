//! What the process that looks into a file may use: some memory, some time, and nothing else.

use std::io::Read;

use anyhow::{Context as _, Result};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetStatus,
};
use rlimit::Resource;

/// Memory for the file, for what is made of it, and for the program itself.
const MEMORY: u64 = 1536 * 1024 * 1024;

/// Processor seconds.
const SECONDS: u64 = 20;

/// Standard input, output and error.
const HANDLES: u64 = 3;

/// The largest file that anything is done with.
const LARGEST: u64 = 256 * 1024 * 1024;

/// From here on there is no more than this, whatever is asked for.
pub fn set() -> Result<()> {
    for (resource, limit) in [
        (Resource::AS, MEMORY),
        (Resource::CPU, SECONDS),
        // Nothing is written to a disk, not even the traces of a crash.
        (Resource::FSIZE, 0),
        (Resource::CORE, 0),
    ] {
        resource.set(limit, limit).context("limiting the process")?;
    }
    shut_in()?;
    // Nothing can be opened any more, where the system cannot be told so either; and no process
    // can be begun that would have its own share.
    for (resource, limit) in [(Resource::NOFILE, HANDLES), (Resource::NPROC, 0)] {
        resource.set(limit, limit).context("limiting the process")?;
    }
    Ok(())
}

/// How far this system can take away all files and the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walls {
    Whole,
    /// The kernel knows only some of what may be taken away.
    Partial,
    Absent,
}

/// Tries it out, for `koffer doctor`. The walls stand around a thread of their own, which ends.
pub fn walls() -> Result<Walls> {
    let tried = std::thread::spawn(shut_in).join();
    tried.map_err(|_| anyhow::anyhow!("the thread that tried it has panicked"))?
}

/// Takes away all files and the network, as far as the system can.
fn shut_in() -> Result<Walls> {
    let abi = ABI::V5;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .create()?
        .restrict_self()?;
    Ok(match status.ruleset {
        RulesetStatus::FullyEnforced => Walls::Whole,
        RulesetStatus::PartiallyEnforced => Walls::Partial,
        RulesetStatus::NotEnforced => Walls::Absent,
    })
}

/// The file, as far as it may be read.
pub fn reader(file: impl Read) -> impl Read {
    file.take(LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trying_the_walls_out_shuts_nobody_else_in() {
        walls().unwrap();

        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "still open").unwrap();
        std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    }
}
