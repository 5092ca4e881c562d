//! Links made by the issuer, and roles assumed: whole calls over kept-alive connections, signed with SigV4.
//!
//! Each case runs as fast as it goes, which gives the rate, and then at half that rate, which gives the latency of a server
//! that is busy but not overrun. Records are kept, in SQLite, on tmpfs and on the disk. The floor is the same server's
//! download of 1 KiB: what a call over HTTP costs at the least.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use countersign_request::{Header, RequestHead};
use countersign_sigv4::presign::Signer;
use countersign_sigv4::sign::sign;
use countersign_sigv4::{AmzDate, SecretAccessKey, SigningKey, sha256_hex};
use serde::Serialize;

use crate::bench::arena::Arena;
use crate::bench::case::{Method, SMALL};
use crate::bench::countersign::{
    Countersign, Durability, Installation, REGION, USER_KEY_ID, USER_SECRET,
};
use crate::bench::measure::{Driver, median};
use crate::bench::options::Options;
use crate::bench::peer::Peer as _;
use crate::bench::programs::{Outcome, Programs};
use crate::bench::report::{Report, heading, say};
use crate::bench::running::LOAD_CORE;

const CONNECTIONS: usize = 64;
const ROLE: &str = "arn:aws:iam::000000000000:role/bench";

const LINKS_POLICY: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
 "Action": ["s3:*", "countersign:CreateLink"], "Resource": "*"}}"#;
const TRUST_POLICY: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
 "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::000000000000:user/bench"}}}"#;

/// What a server needs beside its ordinary configuration.
const CONFIGURATION: &str = "policies = [\"links\"]\n\n\
     [[role]]\n\
     name = \"bench\"\n\
     trust_policy_file = \"trust.json\"\n\n\
     [issuer]\n\
     links_per_second = 1000000\n\
     burst = 1000000\n\
     subject_links_per_second = 1000000\n\
     subject_burst = 1000000\n\
     live_links_per_principal = 4000000000\n";

/// One kind of call.
struct Call {
    name: &'static str,
    service: &'static str,
    path: &'static str,
    content_type: &'static str,
    body: String,
    /// Whether it goes to the listener for backends.
    to_admin: bool,
}

/// The figures of one call at one place.
#[derive(Debug, Serialize)]
struct Figures {
    call: &'static str,
    place: &'static str,
    /// Rounds as fast as it goes, and each followed by one at half its rate.
    full: Vec<Outcome>,
    half: Vec<Outcome>,
    /// The floor, measured in the same rounds.
    floor: Vec<Outcome>,
}

/// Runs all calls on tmpfs and on the disk.
pub(crate) fn run(programs: &Programs, options: &Options, report: &Report) -> Result<()> {
    heading("Making links and assuming roles, one core, x64");
    let memory = Arena::tmpfs_folder()?;
    let disk = tempfile::Builder::new()
        .prefix("issuing-")
        .tempdir_in(report.folder())?;
    let mut all = Vec::new();
    for (place, folder) in [("tmpfs", memory.path()), ("disk", disk.path())] {
        let driver = Driver {
            certificates: folder,
            programs,
            scratch: folder,
        };
        programs.make_certificate(folder)?;
        fs::create_dir_all(folder.join("policies"))?;
        fs::write(folder.join("policies/links.json"), LINKS_POLICY)?;
        fs::write(folder.join("trust.json"), TRUST_POLICY)?;
        let server = Installation::make_with(folder, Durability::Full, &driver, CONFIGURATION)?
            .start_configured(&driver, CONFIGURATION)?;
        driver.fill(&server, SMALL)?;
        for call in calls() {
            all.push(contest(&call, place, &server, &driver, options)?);
        }
    }
    say("| call | records on | calls/s | CPU µs | beside GET 1 KiB | p99 at half rate, ms |");
    say("| --- | --- | --: | --: | --: | --: |");
    for figures in &all {
        let of = |outcomes: &[Outcome], figure: fn(&Outcome) -> f64| {
            median(outcomes.iter().map(figure).collect())
        };
        let ratios = figures.full.iter().zip(&figures.floor);
        let ratios = ratios.map(|(own, floor)| own.requests_per_second / floor.requests_per_second);
        say(&format!(
            "| {} | {} | {:.0} | {:.1} | **{:.2}** | {:.2} |",
            figures.call,
            figures.place,
            of(&figures.full, |outcome| outcome.requests_per_second),
            of(&figures.full, |outcome| outcome
                .server_cpu_us
                .unwrap_or(f64::NAN)),
            median(ratios.collect()),
            of(&figures.half, |outcome| outcome.p99_us / 1e3),
        ));
    }
    report.write("issuing.json", &all)
}

fn calls() -> [Call; 3] {
    let link = |name, subject: &str| Call {
        name,
        service: "countersign",
        path: "/v1/links",
        content_type: "application/json",
        body: format!(
            r#"{{"verb":"get","bucket":"bench","key":"report.pdf","ttl_seconds":300{subject}}}"#
        ),
        to_admin: true,
    };
    [
        link("POST /v1/links", ""),
        link(
            "POST /v1/links, one use, for a subject",
            r#","subject":"somebody","restrictions":{"uses":1,"ip":["127.0.0.0/8"]}"#,
        ),
        Call {
            name: "AssumeRole",
            service: "sts",
            path: "/",
            content_type: "application/x-www-form-urlencoded; charset=utf-8",
            body: format!(
                "Action=AssumeRole&Version=2011-06-15&RoleSessionName=bench&RoleArn={}",
                ROLE.replace(':', "%3A").replace('/', "%2F")
            ),
            to_admin: false,
        },
    ]
}

fn contest(
    call: &Call,
    place: &'static str,
    server: &Countersign,
    driver: &Driver<'_>,
    options: &Options,
) -> Result<Figures> {
    let mut figures = Figures {
        call: call.name,
        place,
        full: Vec::new(),
        half: Vec::new(),
        floor: Vec::new(),
    };
    let seconds = options.round_seconds();
    for _ in 0..options.rounds {
        let full = drive(call, server, driver, seconds, None)?;
        let half = full.requests_per_second / 2.0;
        figures
            .half
            .push(drive(call, server, driver, seconds, Some(half))?);
        figures.full.push(full);
        let names: Vec<String> = SMALL.stored().collect();
        let mut args = driver.args(server, Method::Get, &names, SMALL.length, CONNECTIONS)?;
        args.extend(["--seconds".into(), seconds.to_string().into()]);
        figures
            .floor
            .push(driver.programs.ask("load", &args)?.value);
    }
    Ok(figures)
}

fn drive(
    call: &Call,
    server: &Countersign,
    driver: &Driver<'_>,
    seconds: f64,
    rate: Option<f64>,
) -> Result<Outcome> {
    let address = if call.to_admin {
        server.admin()
    } else {
        server.authority()
    };
    let authority = address.to_string();
    let scratch = |name: &str| driver.scratch.join(name);
    write(
        &scratch("targets"),
        &format!("http://{authority}{}\n", call.path),
    )?;
    write(&scratch("body"), &call.body)?;
    let mut args: Vec<String> = [
        "--targets",
        &scratch("targets").display().to_string(),
        "--method",
        "post",
        "--body",
        &scratch("body").display().to_string(),
        "--length",
        "0",
        "--connections",
        &CONNECTIONS.to_string(),
        "--core",
        &LOAD_CORE.to_string(),
        "--seconds",
        &seconds.to_string(),
    ]
    .map(str::to_owned)
    .to_vec();
    for pid in server.pids()? {
        args.extend(["--watch".to_owned(), pid.to_string()]);
    }
    if let Some(rate) = rate {
        args.extend(["--rate".to_owned(), rate.to_string()]);
    }
    for (name, value) in signed(call, &authority)? {
        args.extend(["--header".to_owned(), format!("{name}: {value}")]);
    }
    let outcome: Outcome = driver.programs.ask("load", &args)?.value;
    ensure!(
        outcome.errors == 0,
        "{}: {} errors: {:?}",
        call.name,
        outcome.errors,
        outcome.first_error
    );
    Ok(outcome)
}

/// The headers of a call, its signature among them.
fn signed(call: &Call, authority: &str) -> Result<Vec<(&'static str, String)>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let date = AmzDate::from_unix(now.as_secs().cast_signed());
    let secret = SecretAccessKey::new(USER_SECRET);
    let key = SigningKey::derive(&secret, date.format().day(), REGION, call.service);
    let head = RequestHead {
        method: "POST",
        path: call.path,
        query: "",
        headers: &[
            Header {
                name: "host",
                value: authority.as_bytes(),
            },
            Header {
                name: "content-type",
                value: call.content_type.as_bytes(),
            },
        ],
    };
    let signer = Signer {
        access_key_id: USER_KEY_ID,
        session_token: None,
        region: REGION,
        service: call.service,
        key: &key,
    };
    let hash = sha256_hex(call.body.as_bytes());
    let mut headers = sign(&head, hash.as_str(), &signer, date)
        .context("cannot sign a call")?
        .headers;
    headers.push(("content-type", call.content_type.to_owned()));
    Ok(headers)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
