//! What the child makes: it goes to the porch as it comes, so that memory does not grow with it.

use std::process::ExitStatus;

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::Child,
};

use super::{Task, cut_off, finished, in_time};
use crate::{
    error::{Answer, Failure},
    files::{Staged, Staging, too_large},
};

/// Waits for what the child makes, of so many bytes at most. What it leaves half made is removed.
pub async fn made(mut child: Child, task: Task, staging: &Staging, limit: u64) -> Answer<Staged> {
    let (status, staged) = in_time(comes_in(&mut child, staging, limit)).await?;
    // The opening has room for any refusal; `child.rs` sees to that.
    finished(task, status, staged.opening())?;
    if staged.size() == 0 {
        return Err(Failure::internal(anyhow::anyhow!("nothing came of {task:?}")));
    }
    Ok(staged)
}

async fn comes_in(
    child: &mut Child,
    staging: &Staging,
    limit: u64,
) -> Answer<(ExitStatus, Staged)> {
    let said = child.stdout.take();
    let said = said.ok_or_else(|| Failure::internal(anyhow::anyhow!("the child has no voice")))?;
    let mut said = BufReader::new(said.take(limit.saturating_add(1)));
    // The child says nothing before it is done, and the porch would lose its patience sooner.
    said.fill_buf().await.map_err(Failure::internal)?;

    let staged = staging.receive(said, u64::MAX).await.map_err(|failure| match failure {
        // Nobody was sending here.
        Failure::BadInput(_) => cut_off("it stopped in the middle"),
        other => other,
    })?;
    if staged.size() > limit {
        return Err(too_large(limit));
    }
    Ok((child.wait().await.map_err(Failure::internal)?, staged))
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use tokio::process::Command;

    use super::*;
    use crate::files::MediaType;

    const LIMIT: u64 = 1000;

    /// What comes of a child that does this, and how many files are left then.
    async fn told_to(script: &str) -> (Answer<Staged>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::open(folder.path()).await.unwrap();
        let child = Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let made = made(child, Task::Clean(MediaType::Jpeg), &staging, LIMIT).await;
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        (made, left)
    }

    #[tokio::test]
    async fn what_is_made_waits_at_the_porch() {
        let (made, left) = told_to("printf picture").await;
        let made = made.unwrap_or_else(|no| panic!("{no:?}"));
        assert_eq!((made.opening(), made.size(), left), (&b"picture"[..], 7, 1));
    }

    #[tokio::test]
    async fn a_refusal_is_a_sentence_and_leaves_nothing() {
        let (refused, left) = told_to("printf '\"Not this one.\"'; exit 3").await;
        let Err(Failure::BadInput(bad)) = refused else { panic!("{refused:?}") };
        assert_eq!((bad.message.as_str(), left), ("Not this one.", 0));
    }

    #[tokio::test]
    async fn who_dies_midway_leaves_nothing() {
        let (killed, left) = told_to("printf half; kill -KILL $$").await;
        assert!(matches!(killed, Err(Failure::Unavailable(_))), "{killed:?}");
        assert_eq!(left, 0);

        // As the system does it whose processor time is spent.
        let (spent, left) = told_to("printf half; kill -XCPU $$").await;
        assert!(matches!(spent, Err(Failure::BadInput(_))), "{spent:?}");
        assert_eq!(left, 0);

        let (failed, left) = told_to("printf half; exit 1").await;
        assert!(matches!(failed, Err(Failure::BadInput(_))), "{failed:?}");
        assert_eq!(left, 0);
    }

    #[tokio::test]
    async fn who_makes_too_much_is_stopped() {
        let (endless, left) = told_to("exec yes").await;
        let Err(Failure::BadInput(bad)) = endless else { panic!("{endless:?}") };
        assert!(bad.message.contains("1000 bytes"), "{}", bad.message);
        assert_eq!(left, 0);
    }
}
