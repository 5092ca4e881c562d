//! Pages of a listing as the bucket grows, and a thousand deletes in one request.
//!
//! The law that is shown: a page costs its entries, not the bucket. The index is filled directly, by
//! SQLite as Python ships it, because ten million uploads would only measure uploading; the rows are
//! what the store writes for an empty object.

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use serde::Serialize;

use crate::bench::arena::Arena;
use crate::bench::case::Method;
use crate::bench::client::{ask, texts};
use crate::bench::countersign::{Countersign, Durability, Installation};
use crate::bench::measure::{Driver, median};
use crate::bench::options::Options;
use crate::bench::peer::Peer as _;
use crate::bench::programs::{Outcome, Programs, Said};
use crate::bench::report::{Report, heading, say};
use crate::command::succeed;

const SIZES: [u64; 3] = [10_000, 1_000_000, 10_000_000];
const SIZES_QUICKLY: [u64; 2] = [10_000, 100_000];
/// Keys are spread over so many folders, so that half of them fill a page of common prefixes.
const FOLDERS: u64 = 1_000;
const DELETES: usize = 1_000;

/// Adds rows to an index that nobody has open: its path, how many, over how many folders.
const FILL: &str = "
import sqlite3, sys
path, count, folders = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
index = sqlite3.connect(path)
bucket, = index.execute('SELECT bucket_id FROM object LIMIT 1').fetchone()
first, = index.execute('UPDATE next_id SET id = id + ? RETURNING id - ?', (count, count)).fetchone()
each = count // folders
keys = (b'folder-%04d/file-%08d' % (n // each, n) for n in range(count))
rows = ((bucket, key, first + n, 'null', -(first + n), 0, 1, 'd41d8cd98f00b204e9800998ecf8427e',
         1764000000000, '') for n, key in enumerate(keys))
index.executemany('INSERT INTO object VALUES (?,?,?,?,?,?,?,?,?,?)', rows)
index.executemany('INSERT INTO small_body VALUES (?, zeroblob(0))', ((first + n,) for n in range(count)))
index.commit()
index.execute('PRAGMA wal_checkpoint(TRUNCATE)')
";

#[derive(Debug, Serialize)]
struct Row {
    keys: u64,
    /// Milliseconds a page, median: the first, one from the middle, one of common prefixes.
    first_ms: f64,
    middle_ms: f64,
    prefixes_ms: f64,
    /// Milliseconds to delete a thousand objects in one request.
    deletes_ms: f64,
}

/// Runs all sizes, on tmpfs over plain HTTP, with one connection.
pub(crate) fn run(programs: &Programs, options: &Options, report: &Report) -> Result<()> {
    heading("Listing and deleting, tmpfs plain, one connection");
    say(
        "| keys | first page of 1,000, ms | page from the middle, ms | 500 common prefixes, ms | 1,000 deletes, ms |",
    );
    say("| --: | --: | --: | --: | --: |");
    let sizes: &[u64] = if options.quick {
        &SIZES_QUICKLY
    } else {
        &SIZES
    };
    let mut rows = Vec::new();
    for keys in sizes {
        let row = measure(*keys, programs, options)?;
        say(&format!(
            "| {} | {:.2} | {:.2} | {:.2} | {:.1} |",
            row.keys, row.first_ms, row.middle_ms, row.prefixes_ms, row.deletes_ms
        ));
        rows.push(row);
    }
    report.write("listing.json", &rows)
}

fn measure(keys: u64, programs: &Programs, options: &Options) -> Result<Row> {
    let folder = Arena::tmpfs_folder()?;
    let driver = Driver {
        certificates: folder.path(),
        programs,
        scratch: folder.path(),
    };
    programs.make_certificate(folder.path())?;
    let installation = Installation::make(&folder.path().join("store"), Durability::Full, &driver)?;
    let server = installation.start_presigning_everything(&driver)?;
    driver.store(&server, &["z-last".to_owned()], 1, 1)?;
    drop(server);
    succeed(
        Command::new("python3")
            .args(["-c", FILL])
            .arg(installation.index())
            .args([keys.to_string(), FOLDERS.to_string()]),
    )
    .context("cannot fill the index")?;
    let server = installation.start_presigning_everything(&driver)?;
    let half = format!("folder-{:04}/", FOLDERS / 2);
    let page = |query: &[(&str, &str)]| page_ms(&driver, &server, query, options.round_seconds());
    Ok(Row {
        keys,
        first_ms: page(&[("list-type", "2")])?,
        middle_ms: page(&[("list-type", "2"), ("start-after", &half)])?,
        prefixes_ms: page(&[("list-type", "2"), ("delimiter", "/"), ("max-keys", "500")])?,
        deletes_ms: deletes_ms(&driver, &server, options.rounds.min(3))?,
    })
}

/// The median time of one page.
fn page_ms(
    driver: &Driver<'_>,
    server: &Countersign,
    query: &[(&str, &str)],
    seconds: f64,
) -> Result<f64> {
    let url = server.presigned("GET", "", query)?;
    let page = ask("GET", &url, &[], b"")?;
    ensure!(
        texts(&page, "IsTruncated") == ["true"],
        "a page that is the last"
    );
    let targets = driver.scratch.join("targets");
    fs::write(&targets, url)?;
    let mut args = driver.args_for(&targets, Method::Get, page.len() as u64, 1);
    args.extend(["--seconds".into(), seconds.to_string().into()]);
    let Said { value, succeeded } = driver.programs.ask::<Outcome>("load", &args)?;
    ensure!(succeeded, "{:?}", value.first_error);
    Ok(value.p50_us / 1_000.0)
}

/// The median time of deleting a thousand objects that were just stored.
fn deletes_ms(driver: &Driver<'_>, server: &Countersign, rounds: usize) -> Result<f64> {
    let names: Vec<String> = (0..DELETES)
        .map(|number| format!("delete-{number:04}"))
        .collect();
    let objects: String = names
        .iter()
        .map(|name| format!("<Object><Key>{name}</Key></Object>"))
        .collect();
    let document = format!("<Delete><Quiet>true</Quiet>{objects}</Delete>");
    let md5 = STANDARD.encode(Md5::digest(document.as_bytes()));
    let mut times = Vec::new();
    for _ in 0..rounds {
        driver.store(server, &names, 1 << 10, 16)?;
        let url = server.presigned("POST", "", &[("delete", "")])?;
        let begun = Instant::now();
        let answer = ask(
            "POST",
            &url,
            &[("content-md5", md5.clone())],
            document.as_bytes(),
        )?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        ensure!(
            !answer.contains("<Error>"),
            "not everything was deleted: {answer}"
        );
        let head = server.url(Method::Get, "delete-0000")?;
        ensure!(
            ask("GET", &head, &[], b"").is_err(),
            "an object is still there"
        );
    }
    Ok(median(times))
}
