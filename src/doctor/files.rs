//! Where files are kept, where they are looked into, and who looks for viruses in them.

use std::time::Duration;

use super::Finding::{self, Good, Odd, Wrong};
use crate::{
    config::Config,
    error::Answer,
    files::{
        Place, Scanner,
        workshop::{self, Walls},
    },
};

pub async fn store(config: &Config) -> Finding {
    if config.files == Place::Disk && !config.data.join("files").exists() {
        return Good("files: on the disk; the first start makes the folder".into());
    }
    let looked = async {
        let store = config.files.open(&config.data, config.s3_delivery).await?;
        store.probe().await?;
        Answer::Ok(store.describe())
    };
    match tokio::time::timeout(Duration::from_secs(30), looked).await {
        Ok(Ok(place)) => Good(format!("files: {place} can be used")),
        Ok(Err(failure)) => Wrong(format!(
            "files: {:#}; check KOFFER_FILES and, for S3, the AWS_* variables",
            failure.into_report()
        )),
        Err(_) => Wrong(
            "files: no answer within 30 seconds; check KOFFER_FILES and AWS_ENDPOINT_URL_S3".into(),
        ),
    }
}

/// Whether strangers' files are looked into behind walls.
pub fn workshop() -> Finding {
    let less = "strangers' files are looked into with limits of memory and time, but could open files if they broke out";
    match workshop::walls() {
        Ok(Walls::Whole) => Good("workshop: without files and network, by landlock".into()),
        Ok(Walls::Partial) => Odd(
            "workshop: the kernel knows only a part of landlock, so a file that broke out might use the network; Linux 6.10 knows it all"
                .into(),
        ),
        Ok(Walls::Absent) => Odd(format!(
            "workshop: landlock is not in force, {less}; start Linux (5.13 or newer) with `landlock` in `lsm=`, and let the container have it"
        )),
        Err(cause) => Odd(format!("workshop: landlock is not in force ({cause:#}), {less}")),
    }
}

pub async fn scanner(config: &Config) -> Option<Finding> {
    let address = config.clamd.clone()?;
    let (named, scanner) = (address.to_string(), Scanner::at(address));
    Some(match scanner.answers().await {
        Ok(()) => Good(format!("viruses: {named} answers")),
        Err(cause) => Wrong(format!(
            "viruses: {named} does not answer ({cause}); start it, or check KOFFER_CLAMD"
        )),
    })
}
