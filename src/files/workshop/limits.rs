//! What the process that looks into a file may use: some memory, some time, and nothing else.

use std::io::Read;

use anyhow::{Context as _, Result};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
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

/// Takes away all files and the network, as far as the system can.
fn shut_in() -> Result<()> {
    let abi = ABI::V5;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .create()?
        .restrict_self()?;
    Ok(())
}

/// The file, as far as it may be read.
pub fn reader(file: impl Read) -> impl Read {
    file.take(LARGEST)
}
