//! One GiB up and down: in parts of 8 MiB, four at a time, and in one piece, beside nginx.
//!
//! An upload in parts is measured whole: create, all parts, complete. What nginx does is one PUT and
//! one GET; it hashes nothing.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::bench::arena::Arena;
use crate::bench::case::Method;
use crate::bench::client::{ask, texts};
use crate::bench::countersign::{Countersign, Durability, Installation};
use crate::bench::measure::{Driver, median};
use crate::bench::nginx::Nginx;
use crate::bench::options::Options;
use crate::bench::peer::{Peer, Scheme};
use crate::bench::programs::{Outcome, Programs, Said};
use crate::bench::report::{Report, heading, say};

const OBJECT_BYTES: u64 = 1 << 30;
const PART_BYTES: u64 = 8 << 20;
const PARTS: u64 = OBJECT_BYTES / PART_BYTES;
const AT_A_TIME: usize = 4;

/// Bytes a second, round by round.
#[derive(Debug, Default, Serialize)]
struct Row {
    what: &'static str,
    nginx: Vec<f64>,
    countersign: Vec<f64>,
}

/// Runs all rounds, on tmpfs over plain HTTP.
pub(crate) fn run(programs: &Programs, options: &Options, report: &Report) -> Result<()> {
    heading("1 GiB up and down, tmpfs plain");
    let folder = Arena::tmpfs_folder()?;
    let certificates = folder.path().join("certificates");
    fs::create_dir_all(&certificates)?;
    programs.make_certificate(&certificates)?;
    let driver = Driver {
        certificates: &certificates,
        programs,
        scratch: folder.path(),
    };
    let nginx = Nginx::find_and_start(report, folder.path(), &certificates, Scheme::Plain)?;
    let installation = Installation::make(&folder.path().join("full"), Durability::Full, &driver)?;
    let ours = installation.start(Scheme::Plain, &driver)?;
    let meeting = Meeting {
        driver: &driver,
        nginx: &nginx,
        ours: &ours,
    };
    let rounds = options.rounds.min(3);
    let rows = meeting.rows(rounds)?;
    say("| case | nginx GB/s | countersign GB/s | ratio |");
    say("| --- | --: | --: | --: |");
    for row in &rows {
        let ratios = row
            .countersign
            .iter()
            .zip(&row.nginx)
            .map(|(own, base)| own / base);
        say(&format!(
            "| {} | {:.2} | {:.2} | **{:.2}** |",
            row.what,
            median(row.nginx.clone()) / 1e9,
            median(row.countersign.clone()) / 1e9,
            median(ratios.collect())
        ));
    }
    report.write("multipart.json", &rows)
}

struct Meeting<'a> {
    driver: &'a Driver<'a>,
    nginx: &'a Nginx,
    ours: &'a Countersign,
}

impl Meeting<'_> {
    fn rows(&self, rounds: usize) -> Result<Vec<Row>> {
        let titled = |what| Row {
            what,
            ..Row::default()
        };
        let mut up_in_parts = titled("up, 128 parts, 4 at a time");
        let mut up_whole = titled("up, in one piece");
        let mut down_whole = titled("down, in one piece, 1 connection");
        let mut down_in_parts = titled("down, part by part, 4 at a time");
        for _ in 0..rounds {
            let base = self.whole(self.nginx, Method::Put, "whole")?;
            up_in_parts.nginx.push(base);
            up_whole.nginx.push(base);
            up_in_parts.countersign.push(self.upload_in_parts()?);
            up_whole
                .countersign
                .push(self.whole(self.ours, Method::Put, "whole")?);
            let base = self.whole(self.nginx, Method::Get, "whole")?;
            down_whole.nginx.push(base);
            down_in_parts.nginx.push(base);
            down_whole
                .countersign
                .push(self.whole(self.ours, Method::Get, "in-parts")?);
            down_in_parts.countersign.push(self.download_in_parts()?);
        }
        Ok(vec![up_in_parts, up_whole, down_whole, down_in_parts])
    }

    /// Bytes a second of one request for the whole object.
    fn whole(&self, peer: &dyn Peer, method: Method, name: &str) -> Result<f64> {
        let url = peer.url(method, name)?;
        let outcome = self.load(&[url], method, OBJECT_BYTES, 1)?;
        Ok(outcome.bytes_per_second)
    }

    fn upload_in_parts(&self) -> Result<f64> {
        let begun = Instant::now();
        let create = self
            .ours
            .presigned("POST", "in-parts", &[("uploads", "")])?;
        let created = ask("POST", &create, &[], b"")?;
        let upload_id = texts(&created, "UploadId");
        let upload_id = *upload_id.first().context("no upload id")?;
        let numbers: Vec<String> = (1..=PARTS).map(|number| number.to_string()).collect();
        let urls: Result<Vec<String>> = numbers
            .iter()
            .map(|number| {
                let query = [("partNumber", number.as_str()), ("uploadId", upload_id)];
                self.ours.presigned("PUT", "in-parts", &query)
            })
            .collect();
        self.load(&urls?, Method::Put, PART_BYTES, AT_A_TIME)?;
        let list = self
            .ours
            .presigned("GET", "in-parts", &[("uploadId", upload_id)])?;
        let listed = ask("GET", &list, &[], b"")?;
        let etags = texts(&listed, "ETag");
        ensure!(
            etags.len() as u64 == PARTS,
            "{} parts were stored",
            etags.len()
        );
        let parts: String = numbers
            .iter()
            .zip(etags)
            .map(|(number, etag)| {
                format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
            })
            .collect();
        let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        let complete = self
            .ours
            .presigned("POST", "in-parts", &[("uploadId", upload_id)])?;
        ask("POST", &complete, &[], document.as_bytes())?;
        Ok(OBJECT_BYTES as f64 / begun.elapsed().as_secs_f64())
    }

    fn download_in_parts(&self) -> Result<f64> {
        let urls: Result<Vec<String>> = (1..=PARTS)
            .map(|number| {
                let number = number.to_string();
                self.ours
                    .presigned("GET", "in-parts", &[("partNumber", &number)])
            })
            .collect();
        let outcome = self.load(&urls?, Method::Get, PART_BYTES, AT_A_TIME)?;
        Ok(outcome.bytes_per_second)
    }

    /// Asks for each URL once.
    fn load(
        &self,
        urls: &[String],
        method: Method,
        length: u64,
        connections: usize,
    ) -> Result<Outcome> {
        let targets = self.driver.scratch.join("targets");
        fs::write(&targets, urls.join("\n"))?;
        let mut args = self.driver.args_for(&targets, method, length, connections);
        args.extend(["--requests".into(), urls.len().to_string().into()]);
        args.extend(["--seconds".into(), "600".into()]);
        let Said { value, succeeded } = self.driver.programs.ask::<Outcome>("load", &args)?;
        ensure!(succeeded, "{:?}", value.first_error);
        Ok(value)
    }
}
