//! The arguments that `load` and `memory` share: whom to ask for what.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use crate::load::{Call, Expectation, Method, Pool, Target, Trust};
use crate::processes::pin_to_core;

/// Whom to ask for what.
#[derive(Debug, Args)]
pub struct Asking {
    /// File with one absolute URL a line, asked for in turn
    #[arg(long)]
    pub targets: PathBuf,
    /// Method of every request
    #[arg(long, value_enum, default_value = "get")]
    pub method: Method,
    /// Keep-alive connections
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// Length of the objects: expected of GET and HEAD, sent by PUT
    #[arg(long)]
    pub length: u64,
    /// File that every POST has as its body
    #[arg(long)]
    pub body: Option<PathBuf>,
    /// Header line of every POST, `name: value`; may be repeated
    #[arg(long)]
    pub header: Vec<String>,
    /// Certificate (PEM) that an https server must present
    #[arg(long)]
    pub certificate: Option<PathBuf>,
    /// Server process to watch; may be repeated
    #[arg(long)]
    pub watch: Vec<u32>,
    /// Core to stay on
    #[arg(long)]
    pub core: Option<usize>,
}

impl Asking {
    /// Goes to the wished core and opens the connections.
    pub fn connect(&self) -> Result<Pool> {
        if let Some(core) = self.core {
            pin_to_core(core)?;
        }
        let targets = fs::read_to_string(&self.targets)
            .with_context(|| format!("cannot read {}", self.targets.display()))?
            .lines()
            .map(Target::parse)
            .collect::<Result<Vec<_>>>()?;
        Pool::open(self.connections, targets, self.trust()?.as_ref())
    }

    /// What every POST carries.
    pub fn call(&self) -> Result<Call> {
        let body = match &self.body {
            None => Vec::new(),
            Some(path) => {
                fs::read(path).with_context(|| format!("cannot read {}", path.display()))?
            }
        };
        Ok(Call {
            headers: self.header.clone(),
            body,
        })
    }

    /// What a right answer looks like: uploads may answer as S3 or as WebDAV does, and a part of an
    /// object, which is a range of it, as partial.
    pub fn expectation(&self) -> Expectation {
        let statuses = match self.method {
            Method::Post | Method::Put => vec![200, 201, 204],
            Method::Get | Method::Head => vec![200, 206],
        };
        Expectation {
            statuses,
            content_length: Some(self.length),
        }
    }

    fn trust(&self) -> Result<Option<Trust>> {
        let Some(path) = &self.certificate else {
            return Ok(None);
        };
        let pem = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Trust::in_certificate(&pem).map(Some)
    }
}
