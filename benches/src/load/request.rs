//! Requests, rendered once per target before the clock starts.
//!
//! All uploads share one block of bytes (and all calls one body) that is repeated up to the wished length: it stays in the
//! processor's cache, so the generator pays for one copy into the socket and nothing else.

use crate::load::plan::{Method, Plan, Target};

const BLOCK: usize = 1 << 20;

/// The rendered heads of all targets, and the body they share.
#[derive(Debug)]
pub(crate) struct Requests {
    block: Vec<u8>,
    body_length: u64,
    heads: Vec<Vec<u8>>,
    next: usize,
}

/// How much of one request has been handed to the socket.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    pub(crate) target: usize,
    sent: u64,
}

impl Requests {
    pub(crate) fn render(plan: &Plan, targets: &[Target]) -> Self {
        let (block, body_length) = match plan.method {
            Method::Get | Method::Head => (Vec::new(), 0),
            Method::Post => (plan.call.body.clone(), plan.call.body.len() as u64),
            Method::Put => (noise(BLOCK), plan.upload_length),
        };
        let heads = targets
            .iter()
            .map(|target| head(plan, target, body_length))
            .collect();
        Self {
            block,
            body_length,
            heads,
            next: 0,
        }
    }

    /// The next request in turn, nothing of it sent yet.
    pub(crate) fn begin(&mut self) -> Progress {
        let target = self.next;
        self.next = (self.next + 1) % self.heads.len().max(1);
        Progress { target, sent: 0 }
    }

    /// What is still to be sent: the rest of the head and a piece of the body. Both are empty when
    /// the request is out.
    pub(crate) fn remaining(&self, progress: Progress) -> (&[u8], &[u8]) {
        let head = self
            .heads
            .get(progress.target)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let head_length = head.len() as u64;
        let head_rest = head.get(clamp(progress.sent)..).unwrap_or_default();
        let body_sent = progress.sent.saturating_sub(head_length);
        let body_left = self.body_length - body_sent;
        let block = self.block.len().max(1);
        let from = clamp(body_sent % block as u64);
        let to = block.min(from.saturating_add(clamp(body_left)));
        (head_rest, self.block.get(from..to).unwrap_or_default())
    }

    pub(crate) fn body_length(&self) -> u64 {
        self.body_length
    }
}

impl Progress {
    pub(crate) fn advance(&mut self, sent: usize) {
        self.sent += sent as u64;
    }
}

fn head(plan: &Plan, target: &Target, body_length: u64) -> Vec<u8> {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: {}\r\n",
        plan.method.as_str(),
        target.path_and_query,
        target.authority
    );
    if matches!(plan.method, Method::Post | Method::Put) {
        head.push_str(&format!("Content-Length: {body_length}\r\n"));
    }
    if plan.method == Method::Post {
        for line in &plan.call.headers {
            head.push_str(line);
            head.push_str("\r\n");
        }
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// Bytes without pattern (xorshift), lest a server or file system compress them.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[7]
        })
        .collect()
}

fn clamp(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}
