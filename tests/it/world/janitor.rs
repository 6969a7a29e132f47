//! Nothing outlives the run: no process, no folder, no cluster.
//!
//! Statics are never dropped and a killed process cleans up nothing, so somebody else has to: a
//! shell that waits for the end of its input. That end comes when this process is gone, whether
//! it finished, panicked or was killed. All children belong to the shell's process group, and
//! everything they write lies in one folder; the shell ends the group and removes the folder.

use std::{
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

const WAIT_AND_CLEAN: &str = "
    trap '' INT TERM HUP
    cat > /dev/null
    kill -INT 0
    tries=0
    until rm -rf -- \"$1\" 2> /dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 50 ] || kill -KILL 0
        sleep 0.1
    done
    kill -INT 0";

struct Janitor {
    shell: Child,
    root: PathBuf,
}

fn janitor() -> &'static Janitor {
    static JANITOR: OnceLock<Janitor> = OnceLock::new();
    JANITOR.get_or_init(|| {
        let root = tempfile::Builder::new().prefix("koffer-it-").tempdir().unwrap().keep();
        // The cluster below it belongs to another user, who has to be able to pass.
        open_for_passing(&root);
        let shell = Command::new("sh")
            .args(["-c", WAIT_AND_CLEAN, "janitor"])
            .arg(&root)
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("a shell can be started");
        Janitor { shell, root }
    })
}

/// The folder of this run.
pub fn root() -> &'static Path {
    &janitor().root
}

/// A new folder of this run.
pub fn folder(name: &str) -> PathBuf {
    tempfile::Builder::new().prefix(&format!("{name}-")).tempdir_in(root()).unwrap().keep()
}

/// A command whose process ends with the run at the latest.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    let group = i32::try_from(janitor().shell.id()).expect("process ids fit");
    command.process_group(group).stdin(Stdio::null());
    command
}

fn open_for_passing(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).unwrap();
}
