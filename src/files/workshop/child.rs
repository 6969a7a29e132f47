//! What the process does that looks into a file: nothing but its task.

use std::io::{self, Read as _};

use anyhow::{Context as _, Result};

use super::{Facts, REFUSED, Task, limits};
use crate::files::{MediaType, office, pdf, picture};

/// So many characters fit into the opening of a staged file, from which they are read, however
/// JSON writes them.
const LONGEST_REFUSAL: usize = 340;

/// The whole life of the process: what it says on stdout, and the code with which it ends.
#[must_use]
pub fn run(task: &str) -> (Vec<u8>, u8) {
    match work(task) {
        Ok(Ok(answer)) => (answer, 0),
        Ok(Err(refusal)) => {
            let sentence: String = format!("{refusal:#}").chars().take(LONGEST_REFUSAL).collect();
            (serde_json::to_vec(&sentence).unwrap_or_default(), REFUSED)
        }
        Err(_) => (Vec::new(), 1),
    }
}

/// The answer to the task, or a sentence for whoever sent the file.
fn work(task: &str) -> Result<Result<Vec<u8>>> {
    let task: Task = serde_json::from_str(task).context("reading the task")?;
    let stdin = io::stdin().lock();
    limits::set()?;
    let mut bytes = Vec::new();
    limits::reader(stdin).read_to_end(&mut bytes).context("reading the file")?;
    Ok(match task {
        Task::Inspect(media_type) => facts(media_type, &bytes)
            .and_then(|facts| serde_json::to_vec(&facts).map_err(Into::into)),
        Task::Draw { page, width, format } => pdf::draw(bytes, page, width, format),
        Task::Clean(media_type) => picture::clean(&bytes, media_type),
        Task::Render { media_type, width, format } => {
            picture::render(&bytes, media_type, width, format)
        }
    })
}

fn facts(media_type: MediaType, bytes: &[u8]) -> Result<Facts> {
    match media_type {
        MediaType::Pdf => pdf::facts(bytes).map(|facts| Facts::Pdf(Box::new(facts))),
        MediaType::Odt
        | MediaType::Docx
        | MediaType::Xlsx
        | MediaType::Pptx
        | MediaType::Csv
        | MediaType::Ics => office::facts(bytes, media_type).map(Facts::Document),
        MediaType::Jpeg | MediaType::Png | MediaType::WebP | MediaType::Gif | MediaType::Avif => {
            picture::facts(bytes, media_type).map(Facts::Picture)
        }
    }
}
