//! The workshop: strangers' files are looked into in a process of their own.
//!
//! The binary starts itself again for each piece of work. That process has a limited share of
//! memory and time, can open no other file and reach no network (`workshop/limits.rs`); it reads
//! the file from stdin and answers on stdout. Whatever a file does to it, the house stands.
//!
//! What it finds out is read into memory; what it makes goes to the porch as it comes (`made.rs`).

mod child;
mod limits;
mod made;

use std::{
    fs::File,
    io,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::{
    io::AsyncReadExt as _,
    process::{Child, Command},
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

pub use self::{
    child::run,
    limits::{Walls, walls},
};
use super::{
    MediaType, Staged, Staging,
    office::DocumentFacts,
    pdf::PdfFacts,
    picture::{PictureFacts, PictureFormat},
};
use crate::error::{Answer, Failure};

/// How many files are looked into at once; each may need a good part of a processor.
const BENCHES: usize = 2;

/// Longer than the processor time that `limits.rs` allows, for machines that are busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// No facts are longer.
const LONGEST_ANSWER: u64 = 32 * 1024 * 1024;

/// No picture that is made for readers is larger.
const LARGEST_PICTURE: u64 = 32 * 1024 * 1024;

/// How many wait for a page to be drawn, and how long; the others are told to come back.
const LONGEST_QUEUE: usize = 32;
const WAITING_TIME: Duration = Duration::from_secs(20);

/// How many things that cannot be done are remembered.
const REMEMBERED: usize = 10_000;

/// The signal that no limit of ours sends: the system ran out of memory, or an operator was here.
const KILLED: i32 = 9;

/// What the child says when it refuses a file with a reason of its own.
const REFUSED: u8 = 3;

/// What is to be done with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Task {
    /// To find out what is in it.
    Inspect(MediaType),
    /// To draw one of its pages, this many pixels wide.
    Draw { page: u32, width: u32, format: PictureFormat },
    /// To write a picture anew with nothing in it but what shows.
    Clean(MediaType),
    /// To make a picture this many pixels wide, if it is not narrower.
    Render { media_type: MediaType, width: u32, format: PictureFormat },
}

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Facts {
    Pdf(Box<PdfFacts>),
    Picture(PictureFacts),
    Document(DocumentFacts),
}

impl Facts {
    /// Whether the file carries what is not to be kept.
    pub fn need_cleaning(&self) -> bool {
        matches!(self, Self::Picture(facts) if facts.needs_cleaning)
    }
}

/// Hands out the work.
pub struct Workshop {
    benches: Semaphore,
    /// Strangers have pages drawn one at a time, so that a bench is left for what editors send.
    drawing: Semaphore,
    /// How many may wait for that.
    waiting: Semaphore,
    /// What has been tried and cannot be done.
    hopeless: Cache<String, ()>,
}

impl Default for Workshop {
    fn default() -> Self {
        Self {
            benches: Semaphore::new(BENCHES),
            drawing: Semaphore::new(BENCHES - 1),
            waiting: Semaphore::new(LONGEST_QUEUE),
            hopeless: Cache::new(REMEMBERED),
        }
    }
}

impl Workshop {
    /// Looks into a file; where it cannot be read, the failure says so to whoever sent it.
    pub async fn inspect(&self, path: &Path, media_type: MediaType) -> Answer<Facts> {
        let found = self.does(Task::Inspect(media_type), path).await?;
        read(&found)
    }

    /// Writes a picture anew, in its format, with nothing in it but what shows.
    pub async fn clean(
        &self,
        path: &Path,
        media_type: MediaType,
        staging: &Staging,
        limit: u64,
    ) -> Answer<Staged> {
        self.makes(Task::Clean(media_type), path, staging, limit).await
    }

    /// Makes a picture for readers, of a picture or of a page.
    pub async fn render(&self, path: &Path, task: Task, staging: &Staging) -> Answer<Staged> {
        self.makes(task, path, staging, LARGEST_PICTURE).await
    }

    /// Waits until it is one's turn to have a page drawn. To be asked for before anything is fetched.
    pub async fn turn_to_draw(&self) -> Answer<(SemaphorePermit<'_>, SemaphorePermit<'_>)> {
        let busy = || Failure::unavailable(anyhow::anyhow!("too many pages wait to be drawn"));
        let waiting = self.waiting.try_acquire().map_err(|_| busy())?;
        let turn = timeout(WAITING_TIME, self.drawing.acquire()).await.map_err(|_| busy())?;
        Ok((turn.map_err(Failure::internal)?, waiting))
    }

    /// Remembers that something cannot be done, until the house closes.
    pub fn gives_up(&self, hopeless: String) {
        self.hopeless.insert(hopeless, ());
    }

    pub fn has_given_up(&self, name: &str) -> bool {
        self.hopeless.get(name).is_some()
    }

    /// Has something found out.
    async fn does(&self, task: Task, path: &Path) -> Answer<Vec<u8>> {
        let _bench = self.benches.acquire().await.map_err(Failure::internal)?;
        let mut child = begin(task, path).map_err(Failure::internal)?;
        let (status, answer) = in_time(hear(&mut child)).await?;
        finished(task, status, &answer)?;
        Ok(answer)
    }

    /// Has something made, of so many bytes at most.
    async fn makes(
        &self,
        task: Task,
        path: &Path,
        staging: &Staging,
        limit: u64,
    ) -> Answer<Staged> {
        let _bench = self.benches.acquire().await.map_err(Failure::internal)?;
        let child = begin(task, path).map_err(Failure::internal)?;
        made::made(child, task, staging, limit).await
    }
}

async fn in_time<T>(work: impl Future<Output = Answer<T>>) -> Answer<T> {
    timeout(PATIENCE, work).await.map_err(|_| cut_off("it took longer than a minute"))?
}

/// Whether the child has done its task; if not, what it said or how it ended tells why.
fn finished(task: Task, status: ExitStatus, said: &[u8]) -> Answer<()> {
    if status.signal() == Some(KILLED) {
        return Err(cut_off("somebody has killed it"));
    }
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(0) => Ok(()),
        Some(REFUSED) => Err(Failure::bad_input("file", read::<String>(said)?)),
        // Killed by a limit, or by a fault that the file has found.
        _ => {
            tracing::warn!(?task, %status, "a file broke the process that looked into it");
            Err(too_costly())
        }
    }
}

fn begin(task: Task, path: &Path) -> anyhow::Result<Child> {
    let file = File::open(path)?;
    Ok(Command::new(this_program()?)
        .arg("workshop")
        .arg(serde_json::to_string(&task)?)
        .env_clear()
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?)
}

/// The program that runs, also when its file has been replaced by an update since.
fn this_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// Waits for the end of the child, and gives how it ended and what it said.
async fn hear(child: &mut Child) -> Answer<(ExitStatus, Vec<u8>)> {
    let mut answer = Vec::new();
    if let Some(said) = child.stdout.take() {
        let heard = said.take(LONGEST_ANSWER).read_to_end(&mut answer).await;
        heard.map_err(Failure::internal)?;
    }
    Ok((child.wait().await.map_err(Failure::internal)?, answer))
}

fn read<T: DeserializeOwned>(answer: &[u8]) -> Answer<T> {
    serde_json::from_slice(answer).map_err(Failure::internal)
}

/// The machine was at fault and not the file: worth trying again.
fn cut_off(why: &str) -> Failure {
    Failure::unavailable(anyhow::anyhow!("looking into a file was cut off: {why}"))
}

fn too_costly() -> Failure {
    Failure::bad_input(
        "file",
        "The file cannot be read with reasonable effort; save it anew and send it again. \
         Die Datei ist mit vertretbarem Aufwand nicht lesbar; bitte neu speichern und noch einmal senden.",
    )
}
