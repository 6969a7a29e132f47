//! What is to be measured, from the environment.

use std::{env, fmt::Display, str::FromStr};

use anyhow::{Context as _, ensure};

use crate::backend::Backend;

pub struct Plan {
    pub scales: Vec<u64>,
    pub backends: Vec<Backend>,
    /// For each question and number of connections.
    pub seconds: u64,
    pub connections: Vec<u32>,
}

impl Plan {
    pub fn from_environment() -> anyhow::Result<Self> {
        let plan = Self {
            scales: list("BENCH_SCALES", "1,25")?,
            backends: list("BENCH_BACKENDS", "sqlite,postgres")?,
            seconds: list("BENCH_SECONDS", "8")?.into_iter().next().unwrap_or(8),
            connections: vec![1, 32],
        };
        ensure!(
            plan.scales.iter().all(|scale| (1..=100).contains(scale)),
            "BENCH_SCALES are from 1 to 100"
        );
        ensure!(plan.seconds > 0, "BENCH_SECONDS is at least 1");
        Ok(plan)
    }
}

fn list<T: FromStr<Err: Display>>(name: &str, usual: &str) -> anyhow::Result<Vec<T>> {
    let text = env::var(name).unwrap_or_else(|_| usual.to_owned());
    let items = text.split(',').map(|item| item.trim().parse());
    let items: Result<Vec<T>, _> = items.collect();
    items.map_err(|cause| anyhow::anyhow!("{cause}")).with_context(|| format!("{name}={text}"))
}
