//! What to ask of which server, how often, and what a right answer looks like.
//!
//! Targets are absolute URLs, normally presigned ones, that are asked for in turn.

use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// The request methods measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Method {
    /// Reads an object.
    Get,
    /// Reads an object's head.
    Head,
    /// Calls a service, always with the same body.
    Post,
    /// Stores an object.
    Put,
}

impl Method {
    /// The method as it stands in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// One URL, taken apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// Host and port as the URL has them, for the `Host` header.
    pub authority: String,
    /// Path and query exactly as the URL has them.
    pub path_and_query: String,
    /// Whether the scheme is https.
    pub tls: bool,
}

impl Target {
    /// Takes an absolute http or https URL apart.
    pub fn parse(url: &str) -> Result<Self> {
        let (tls, rest) = match (url.strip_prefix("http://"), url.strip_prefix("https://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => bail!("`{url}` is no http or https URL"),
        };
        let slash = rest
            .find('/')
            .with_context(|| format!("`{url}` has no path"))?;
        let (authority, path_and_query) = rest.split_at(slash);
        Ok(Self {
            authority: authority.to_owned(),
            path_and_query: path_and_query.to_owned(),
            tls,
        })
    }

    /// The socket address to connect to.
    pub fn address(&self) -> Result<SocketAddr> {
        self.authority
            .to_socket_addrs()
            .with_context(|| format!("cannot resolve `{}`", self.authority))?
            .next()
            .with_context(|| format!("`{}` has no address", self.authority))
    }
}

/// What every POST carries.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Call {
    /// Header lines, `name: value`, beside `Host` and `Content-Length`.
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What a right answer looks like.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Expectation {
    /// Acceptable status codes.
    pub statuses: Vec<u16>,
    /// The `Content-Length` that GET and HEAD must answer with.
    pub content_length: Option<u64>,
}

/// When a run ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// At the deadline, answers under way are given up.
    Abandon,
    /// At the deadline no request is begun, and answers under way are awaited and counted. Elapsed
    /// time ends with the last of them, so slow and large answers are neither lost nor invented.
    Drain,
}

/// One run of the generator.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What every POST carries.
    pub call: Call,
    /// How the run ends.
    pub ending: Ending,
    /// What a right answer looks like.
    pub expectation: Expectation,
    /// No request is begun after this long.
    pub longest: Duration,
    /// The method of every request.
    pub method: Method,
    /// No request is begun after this many.
    pub most_requests: u64,
    /// Requests begun a second, as far as connections are free; `None` begins the next with every answer.
    pub rate: Option<f64>,
    /// Bytes sent with every PUT.
    pub upload_length: u64,
    /// Server processes whose processor time is charged to the run.
    pub watched: Vec<u32>,
}

#[cfg(test)]
mod tests;
