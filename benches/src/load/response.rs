//! The answers' side of HTTP/1.1: head, `Content-Length`, body counted and dropped.
//!
//! Only what the measured servers send is understood: chunked bodies and closing connections are
//! errors, because both would make the rows of one table incomparable.

use anyhow::{Context, Result, bail};

use crate::load::plan::{Expectation, Method};

const LONGEST_HEAD: usize = 16 << 10;

/// One answer being received.
#[derive(Debug, Default)]
pub(crate) struct Response {
    /// The start of a head that did not arrive in one piece.
    head: Vec<u8>,
    body_left: u64,
    in_body: bool,
    finished: bool,
}

impl Response {
    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Body bytes that may be dropped unseen, zero while the head is not complete.
    pub(crate) fn droppable(&self) -> u64 {
        if self.in_body { self.body_left } else { 0 }
    }

    /// Counts body bytes that were dropped unseen.
    pub(crate) fn dropped(&mut self, length: usize) -> Result<()> {
        let length = length as u64;
        if length > self.body_left {
            bail!(
                "{} bytes after the end of the body",
                length - self.body_left
            );
        }
        self.body_left -= length;
        self.finished = self.body_left == 0;
        Ok(())
    }

    /// Takes bytes as they arrive.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        method: Method,
        expected: &Expectation,
    ) -> Result<()> {
        if self.in_body {
            return self.dropped(bytes.len());
        }
        if self.head.is_empty() {
            return match split_head(bytes) {
                Some((head, body)) => self.enter_body(head, body.len(), method, expected),
                None => self.keep(bytes),
            };
        }
        self.keep(bytes)?;
        let gathered = std::mem::take(&mut self.head);
        match split_head(&gathered) {
            Some((head, body)) => self.enter_body(head, body.len(), method, expected),
            None => {
                self.head = gathered;
                Ok(())
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<()> {
        if self.head.len() + bytes.len() > LONGEST_HEAD {
            bail!("response head over {LONGEST_HEAD} bytes");
        }
        self.head.extend_from_slice(bytes);
        Ok(())
    }

    fn enter_body(
        &mut self,
        head: &[u8],
        body_here: usize,
        method: Method,
        expected: &Expectation,
    ) -> Result<()> {
        let head = std::str::from_utf8(head).context("response head is not text")?;
        let status = status_of(head)?;
        if !expected.statuses.contains(&status) {
            bail!(
                "status {status}: {}",
                head.lines().collect::<Vec<_>>().join(" | ")
            );
        }
        let length = content_length(head)?;
        if !matches!(method, Method::Post | Method::Put) && length != expected.content_length {
            bail!(
                "content-length {length:?}, expected {:?}",
                expected.content_length
            );
        }
        self.in_body = true;
        let bodiless = method == Method::Head || status == 204;
        self.body_left = if bodiless {
            0
        } else {
            length.context("no content-length")?
        };
        self.dropped(body_here)
    }
}

fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((bytes.get(..end)?, bytes.get(end + 4..)?))
}

fn status_of(head: &str) -> Result<u16> {
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3));
    let status = status.and_then(|digits| digits.parse().ok());
    status.with_context(|| format!("odd status line: {:?}", head.lines().next()))
}

fn content_length(head: &str) -> Result<Option<u64>> {
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(':').context("header without colon")?;
        if name.eq_ignore_ascii_case("content-length") {
            return value.trim().parse().map(Some).context("odd content-length");
        }
        if name.eq_ignore_ascii_case("connection") && value.trim().eq_ignore_ascii_case("close") {
            bail!("the server closes the connection");
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
