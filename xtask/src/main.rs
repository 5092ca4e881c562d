//! What a shell script would do, in Rust: `cargo xtask <task>`.
//!
//! Every task is one module with one `run(args)`. A task works from the root of the repository,
//! installs or builds what it needs itself, and leaves nothing running behind.

mod bench;
mod check;
mod command;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <task> [options]

tasks:
  bench   what it costs, beside peers in the same run (--quick, --only TEXT, --rounds N)
  check   formatting, lints and documentation, as required of every commit
  test    all tests
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match task.as_str() {
        "bench" => bench::run(&rest),
        "check" => check::run(&rest),
        "test" => test::run(&rest),
        _ => Err(anyhow::anyhow!("unknown task `{task}`\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a task speaks to the person who ran it"
)]
fn report(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}
