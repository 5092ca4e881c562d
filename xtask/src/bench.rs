//! `cargo xtask bench`: what Countersign costs, beside its peers in the same run.
//!
//! Twelve parts: signing, policy decisions, session tokens, signed URLs and the record on one core, counted uses, what guarding links costs, links made on demand, HTTP beside Debian's nginx, large objects in parts, listings as
//! buckets grow, memory. Server and generator have a
//! core each, all peers are up at once, and every case visits every peer in every round, because the
//! machine itself moves between a fast and a slow state. Tables go to standard output, figures to
//! `target/bench/*.json`.
//!
//! INVARIANT: whatever was started is stopped, and whatever was written outside `target/` removed,
//! when the task ends, also with an error: see [`running::Running`] and [`arena::Arena`].

mod arena;
mod case;
mod client;
mod countersign;
mod guarding;
mod issuing;
mod listing;
mod measure;
mod memory;
mod multipart;
pub(crate) mod nginx;
mod options;
mod peer;
mod postgres;
mod programs;
mod redeeming;
mod report;
mod running;
mod table;

use anyhow::{Context, Result, ensure};

use crate::bench::options::Options;
use crate::bench::programs::Programs;
use crate::bench::report::Report;

/// Runs all parts that the arguments ask for.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let options = Options::parse(args)?;
    let cores = std::thread::available_parallelism()
        .context("cannot count cores")?
        .get();
    ensure!(
        cores >= 2,
        "the server and the load generator need a core each, but there is one"
    );
    let programs = Programs::build()?;
    let report = Report::open()?;
    if options.wants("signing") {
        report::heading("Signing and verifying, one core");
        programs.contest("signing", &report.path("signing.json"), options.quick)?;
    }
    if options.wants("deciding") {
        report::heading("Deciding by policies, one core");
        programs.contest("deciding", &report.path("deciding.json"), options.quick)?;
    }
    if options.wants("session") {
        report::heading("Session tokens, one core");
        programs.contest("session", &report.path("session.json"), options.quick)?;
    }
    if options.wants("signed-urls") {
        report::heading("CloudFront's signed URLs, one core");
        programs.contest(
            "signed_urls",
            &report.path("signed-urls.json"),
            options.quick,
        )?;
    }
    if options.wants("auditing") {
        report::heading("The record of one request, one core");
        programs.contest("auditing", &report.path("auditing.json"), options.quick)?;
    }
    if options.wants("redeeming") {
        redeeming::run(&programs, &options, &report)?;
    }
    if options.wants("guarding") {
        guarding::run(&programs, &options, &report)?;
    }
    if options.wants("issuing") {
        issuing::run(&programs, &options, &report)?;
    }
    for arena in arena::ALL {
        arena.run(&programs, &options, &report)?;
    }
    if options.wants("multipart") {
        multipart::run(&programs, &options, &report)?;
    }
    if options.wants("listing") {
        listing::run(&programs, &options, &report)?;
    }
    if options.wants("memory") {
        memory::run(&programs, &options, &report)?;
    }
    Ok(())
}
