//! The load run behind `make bench`: how fast Koffer answers, and what it needs for that.
//!
//! A collection is made (`collection.rs`), imported as any export is (`house.rs`), and asked the
//! questions of the contract with varied inputs (`question.rs`) by `wrk` (`wrk.rs`), on one core,
//! with PostgreSQL and `wrk` on the others. A bare poem and async-graphql (`hello.rs`) is measured
//! in the same run, for what the machine can do at all. Every answer is checked before it is
//! measured, and compared afterwards: a benchmark of error pages is worth nothing.
//!
//! `BENCH_SCALES=1,25 BENCH_BACKENDS=sqlite,postgres BENCH_SECONDS=8` are the settings and their
//! usual values. The report is on stdout and in `target/bench/report.md`.

mod backend;
mod chance;
mod collection;
mod hello;
mod house;
mod memory;
mod pdf;
mod plan;
mod process;
mod question;
mod report;
mod words;
mod wrk;

use std::{fs, path::Path, time::Instant};

use anyhow::{Context as _, bail, ensure};

use crate::{
    collection::Collection,
    hello::Hello,
    house::House,
    memory::{Peak, Watch},
    plan::Plan,
    question::Question,
    report::{Import, Measurement, Report},
};

/// How long each question is asked before it counts.
const WARM_UP_SECONDS: u64 = 1;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hello", address] => hello::serve(address).await,
        _ if arguments.iter().any(|argument| argument == "--bench") => {
            run(&Plan::from_environment()?).await
        }
        // `cargo test --all-targets` comes by, too.
        _ => Ok(()),
    }
}

async fn run(plan: &Plan) -> anyhow::Result<()> {
    wrk::is_there()?;
    let mut report = Report::new(plan);
    report.hello = measure_hello(plan).await?;

    for &scale in &plan.scales {
        say(&format!("×{scale}: making the collection"));
        let folder = tempfile::tempdir()?;
        let started = Instant::now();
        let collection = Collection::generate(scale, folder.path())?;
        let generated = started.elapsed();
        for &backend in &plan.backends {
            say(&format!("×{scale} on {backend}: importing"));
            let mut house = House::build(backend)?;
            let imported = house.imports(folder.path())?;
            report.imports.push(Import {
                backend,
                scale,
                generated,
                imported,
                entries: collection.entries(),
            });
            report.measurements.extend(measure(plan, &mut house, &collection).await?);
        }
    }

    let text = report.to_string();
    println!("{text}");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench");
    fs::create_dir_all(&path).and_then(|()| fs::write(path.join("report.md"), &text))?;
    let failed = report.failed();
    ensure!(failed == 0, "{failed} requests failed; the figures above are not worth much");
    Ok(())
}

async fn measure_hello(plan: &Plan) -> anyhow::Result<Vec<Measurement>> {
    let hello = Hello::start().await?;
    let question = Question::hello();
    ask_and_check(&question, &hello.url()).await?;
    let mut measurements = Vec::new();
    for &connections in &plan.connections {
        say(&format!("hello, {connections} connections"));
        let (answered, peak) = load(plan, &question, &hello.url(), hello.pid(), connections)?;
        measurements.push(Measurement {
            place: None,
            question: question.name,
            connections,
            answered,
            peak,
        });
    }
    Ok(measurements)
}

async fn measure(
    plan: &Plan,
    house: &mut House,
    collection: &Collection,
) -> anyhow::Result<Vec<Measurement>> {
    house.opens().await?;
    let (url, pid) = (house.url(), house.pid()?);
    let place = Some((house.backend(), collection.scale));
    let mut measurements = Vec::new();
    for question in Question::all(collection) {
        let before = ask_and_check(&question, &url).await?;
        for &connections in &plan.connections {
            say(&format!(
                "×{} on {}: {}, {connections} connections",
                collection.scale,
                house.backend(),
                question.name
            ));
            let (answered, peak) = load(plan, &question, &url, pid, connections)?;
            measurements.push(Measurement {
                place,
                question: question.name,
                connections,
                answered,
                peak,
            });
        }
        let after = ask_and_check(&question, &url).await?;
        ensure!(before == after, "{} was answered differently after the load", question.name);
    }
    house.closes()?;
    Ok(measurements)
}

fn load(
    plan: &Plan,
    question: &Question,
    url: &str,
    server: u32,
    connections: u32,
) -> anyhow::Result<(wrk::Answered, Peak)> {
    wrk::run(url, question, connections, WARM_UP_SECONDS)?;
    let watch = Watch::afresh(server)?;
    let answered = wrk::run(url, question, connections, plan.seconds)?;
    Ok((answered, watch.end()))
}

/// Asks with every input once; the answers have to be what the collection says they are.
async fn ask_and_check(question: &Question, url: &str) -> anyhow::Result<Vec<String>> {
    let client = reqwest::Client::new();
    let mut answers = Vec::new();
    for input in &question.inputs {
        let asked = client
            .post(url)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(input.body.clone());
        let answer = asked.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            bail!("{} was answered with {status}: {text}\n{}", question.name, input.body);
        }
        input
            .check(&text)
            .with_context(|| format!("{} was answered wrongly: {}", question.name, input.body))?;
        answers.push(text);
    }
    Ok(answers)
}

/// Progress; the report alone is on stdout.
fn say(words: &str) {
    eprintln!("{words}");
}
