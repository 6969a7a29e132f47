//! The figures as Markdown.

use std::{fmt, time::Duration};

use crate::{backend::Backend, house::Imported, memory::Peak, plan::Plan, wrk::Answered};

pub struct Report {
    seconds: u64,
    scales: Vec<u64>,
    backends: Vec<Backend>,
    pub hello: Vec<Measurement>,
    pub imports: Vec<Import>,
    pub measurements: Vec<Measurement>,
}

/// One question under one load.
pub struct Measurement {
    /// Where it was asked, and of a collection how large; hello needs neither.
    pub place: Option<(Backend, u64)>,
    pub question: &'static str,
    pub connections: u32,
    pub answered: Answered,
    pub peak: Peak,
}

pub struct Import {
    pub backend: Backend,
    pub scale: u64,
    pub entries: u64,
    pub generated: Duration,
    pub imported: Imported,
}

impl Report {
    pub fn new(plan: &Plan) -> Self {
        Self {
            seconds: plan.seconds,
            scales: plan.scales.clone(),
            backends: plan.backends.clone(),
            hello: Vec::new(),
            imports: Vec::new(),
            measurements: Vec::new(),
        }
    }

    /// How many requests got another answer than they should, or none.
    pub fn failed(&self) -> u64 {
        self.hello.iter().chain(&self.measurements).map(|measured| measured.answered.failed()).sum()
    }

    fn of(&self, backend: Backend, scale: u64) -> impl Iterator<Item = &Measurement> {
        self.measurements.iter().filter(move |measured| measured.place == Some((backend, scale)))
    }

    /// How much longer the same question takes with the larger collection.
    fn growth(&self, backend: Backend, question: &str, connections: u32) -> Option<f64> {
        let same = |measured: &&Measurement| {
            measured.question == question && measured.connections == connections
        };
        let [small, .., large] = self.scales[..] else { return None };
        let small = self.of(backend, small).find(same)?.answered.per_second();
        let large = self.of(backend, large).find(same)?.answered.per_second();
        (large > 0.0).then_some(small / large)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Load run\n\n{}\n", machine())?;
        writeln!(
            f,
            "Server on one core; wrk and PostgreSQL on the others. {} s for each line, 50 inputs in turn, POST, \
             answers never cached. Peak is the server's memory, with mapped files and without (own). \
             Growth is how many times longer the same question takes with the largest collection.\n",
            self.seconds
        )?;
        writeln!(f, "## A bare poem and async-graphql\n\n{HEAD}")?;
        for measured in &self.hello {
            writeln!(f, "{}", row(measured, "", None))?;
        }
        for &backend in &self.backends {
            writeln!(f, "\n## {backend}\n\n{HEAD}")?;
            for &scale in &self.scales {
                for measured in self.of(backend, scale) {
                    let is_largest = self.scales.last() == Some(&scale);
                    let growth = self.growth(backend, measured.question, measured.connections);
                    writeln!(
                        f,
                        "{}",
                        row(measured, &format!("×{scale}"), growth.filter(|_| is_largest))
                    )?;
                }
            }
        }
        writeln!(f, "\n## Import\n\n{IMPORT_HEAD}")?;
        for import in &self.imports {
            writeln!(f, "{import}")?;
        }
        Ok(())
    }
}

const HEAD: &str = "| question | collection | connections | requests/s | p50 ms | p99 ms | peak MB (own) | growth | failed |\n\
    |---|---|--:|--:|--:|--:|--:|--:|--:|";

fn row(measured: &Measurement, collection: &str, growth: Option<f64>) -> String {
    let Measurement { question, connections, answered, peak, .. } = measured;
    format!(
        "| {question} | {collection} | {connections} | {:.0} | {} | {} | {} ({}) | {} | {} |",
        answered.per_second(),
        milliseconds(answered.p50()),
        milliseconds(answered.p99()),
        peak.all / 1024,
        peak.own / 1024,
        growth.map(|growth| format!("{growth:.2}")).unwrap_or_default(),
        answered.failed(),
    )
}

const IMPORT_HEAD: &str = "| database | collection | entries | made in s | imported in s | entries/s | peak MB (own) | database MB |\n\
    |---|---|--:|--:|--:|--:|--:|--:|";

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Imported { took, peak, bytes } = &self.imported;
        write!(
            f,
            "| {} | ×{} | {} | {:.1} | {:.1} | {:.0} | {} ({}) | {} |",
            self.backend,
            self.scale,
            self.entries,
            self.generated.as_secs_f64(),
            took.as_secs_f64(),
            self.entries as f64 / took.as_secs_f64(),
            peak.all / 1024,
            peak.own / 1024,
            bytes / 1024 / 1024,
        )
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

/// What it ran on, as far as the kernel tells.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    let cores = info.lines().filter(|line| line.starts_with("processor")).count();
    let memory = read("/proc/meminfo");
    let kilobytes = memory.lines().find_map(|line| {
        line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok()
    });
    format!(
        "Koffer {}, {} ({cores} cores, {} GB), Linux {}, release build.",
        env!("CARGO_PKG_VERSION"),
        model.unwrap_or("unknown processor"),
        kilobytes.unwrap_or(0) / 1024 / 1024,
        read("/proc/sys/kernel/osrelease").trim(),
    )
}
