//! The canonical request: the text both sides hash.
//!
//! AWS, "Create a signed AWS API request", step 1. Six parts joined by newlines: method, canonical
//! URI, canonical query, canonical headers (each with a newline of its own), signed header names,
//! payload line. S3 encodes the path once and never normalises it; other services encode twice and
//! most remove dot segments. [`PathRule`] holds the difference.
//!
//! INVARIANT: names and values are decoded and encoded again here, so every spelling of one request
//! has one canonical text (threat A6); only `X-Amz-Signature` is left out of the query.

use std::ops::Range;

use countersign_request::percent::{self, Component};
use countersign_request::{Query, RequestHead};

use crate::signed_headers::{SignedHeaders, is_amz};

/// How the path becomes the canonical URI.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PathRule {
    /// Every service but S3: the path as sent is encoded (so a `%` already there is encoded again).
    Generic {
        /// Whether dot segments and doubled slashes are removed first (RFC 3986, section 5.2.4).
        normalize: bool,
    },
    /// S3: decoded, then encoded once; nothing is removed.
    S3,
}

/// Query parameters that the canonical query leaves out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LeftOut {
    /// None: the signature is in a header.
    Nothing,
    /// `X-Amz-Signature`, the rule for presigned URLs.
    Signature,
    /// `X-Amz-Signature` and `X-Amz-Security-Token`, for services that append the token later.
    SignatureAndToken,
}

/// Everything the canonical request is made of.
#[derive(Clone, Copy, Debug)]
pub struct CanonicalParts<'a> {
    /// The request as sent.
    pub head: &'a RequestHead<'a>,
    /// The method that was signed; the head's own, except where a GET signature answers a HEAD.
    pub method: &'a str,
    /// The query, parsed from `head.query`; the text is made from this one alone.
    pub query: &'a Query,
    /// Which parameters are not part of the text.
    pub left_out: LeftOut,
    /// The signed header names.
    pub signed_headers: SignedHeaders<'a>,
    /// The last line: a hash, `UNSIGNED-PAYLOAD` or a streaming kind.
    pub payload: &'a str,
    /// How the path is treated.
    pub path_rule: PathRule,
}

/// Buffers for building canonical requests, kept from one request to the next.
#[derive(Debug, Default)]
pub struct CanonicalRequest {
    text: Vec<u8>,
    encoded: Vec<u8>,
    pairs: Vec<EncodedPair>,
}

/// A pair in its canonical spelling: name, `=`, value, and behind it a `&` unless it is the last.
#[derive(Clone, Debug)]
struct EncodedPair {
    name: Range<usize>,
    value: Range<usize>,
}

impl CanonicalRequest {
    /// Builds the canonical request of `parts` and returns its text.
    ///
    /// # Errors
    /// `None` if path or query hold a broken percent escape.
    pub fn build(&mut self, parts: &CanonicalParts<'_>) -> Option<&[u8]> {
        self.text.clear();
        self.text.extend_from_slice(parts.method.as_bytes());
        self.text.push(b'\n');
        self.write_path(parts.head.path, parts.path_rule)?;
        self.text.push(b'\n');
        self.write_query(parts)?;
        self.text.push(b'\n');
        for name in parts.signed_headers.names() {
            self.write_header(name, parts);
        }
        self.text.push(b'\n');
        self.text
            .extend_from_slice(parts.signed_headers.as_str().as_bytes());
        self.text.push(b'\n');
        self.text.extend_from_slice(parts.payload.as_bytes());
        Some(&self.text)
    }

    /// The text built last.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    fn write_path(&mut self, path: &str, rule: PathRule) -> Option<()> {
        if path.is_empty() {
            self.text.push(b'/');
            return Some(());
        }
        match rule {
            PathRule::S3 => {
                percent::canonicalize_into(path.as_bytes(), Component::Path, &mut self.text)
                    .ok()?;
            }
            PathRule::Generic { normalize: false } => {
                percent::encode_into(path.as_bytes(), Component::Path, &mut self.text);
            }
            PathRule::Generic { normalize: true } => {
                let path = without_dot_segments(path);
                percent::encode_into(path.as_bytes(), Component::Path, &mut self.text);
            }
        }
        Some(())
    }

    fn write_query(&mut self, parts: &CanonicalParts<'_>) -> Option<()> {
        self.encoded.clear();
        self.pairs.clear();
        // COST: a query that already is spelled canonically, as most are, is copied pair by pair.
        let as_sent = parts.query.is_canonically_spelled();
        let raw = parts.query.raw().as_bytes();
        for (name, _, raw_name, raw_value) in parts.query.located_pairs() {
            let left_out = match parts.left_out {
                LeftOut::Nothing => false,
                LeftOut::Signature => name == "X-Amz-Signature",
                LeftOut::SignatureAndToken => {
                    matches!(name, "X-Amz-Signature" | "X-Amz-Security-Token")
                }
            };
            if left_out {
                continue;
            }
            let pair = if as_sent {
                EncodedPair {
                    name: raw_name,
                    value: raw_value,
                }
            } else {
                let name = self.encode_query_text(raw.get(raw_name)?)?;
                self.encoded.push(b'=');
                let value = self.encode_query_text(raw.get(raw_value)?)?;
                self.encoded.push(b'&');
                EncodedPair { name, value }
            };
            self.pairs.push(pair);
        }
        let source = if as_sent { raw } else { &self.encoded };
        let text_of = |range: Range<usize>| source.get(range).unwrap_or_default();
        let key = |pair: &EncodedPair| (text_of(pair.name.clone()), text_of(pair.value.clone()));
        if !self.pairs.is_sorted_by(|a, b| key(a) <= key(b)) {
            self.pairs.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        }
        // COST: pairs that already lie one behind the other, with their `&`, are copied at once.
        let mut run = 0..0;
        for (at, pair) in self.pairs.iter().enumerate() {
            if at == 0 {
                run = pair.name.start..pair.value.end;
            } else if pair.name.start == run.end + 1 {
                run.end = pair.value.end;
            } else {
                self.text.extend_from_slice(text_of(run));
                self.text.push(b'&');
                run = pair.name.start..pair.value.end;
            }
        }
        self.text.extend_from_slice(text_of(run));
        Some(())
    }

    fn encode_query_text(&mut self, raw: &[u8]) -> Option<Range<usize>> {
        let start = self.encoded.len();
        percent::canonicalize_into(raw, Component::Query, &mut self.encoded).ok()?;
        Some(start..self.encoded.len())
    }

    fn write_header(&mut self, name: &str, parts: &CanonicalParts<'_>) {
        self.text.extend_from_slice(name.as_bytes());
        self.text.push(b':');
        let mut found = false;
        for value in parts.head.values(name) {
            if found {
                self.text.push(b',');
            }
            fold_spaces_into(value, &mut self.text);
            found = true;
        }
        // AWS: a signed `x-amz-*` header that arrives only as a query parameter of the same name is
        // accepted; the SDK for JavaScript v2 signed encryption headers so (aws-semantics 1.2.4).
        if !found && is_amz(name) {
            let hoisted = parts
                .query
                .pairs()
                .find(|(n, _)| n.eq_ignore_ascii_case(name));
            if let Some((_, value)) = hoisted {
                fold_spaces_into(value.as_bytes(), &mut self.text);
            }
        }
        self.text.push(b'\n');
    }
}

/// Appends a header value trimmed, each run of white space inside folded to one space.
fn fold_spaces_into(value: &[u8], out: &mut Vec<u8>) {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    if !value.iter().any(is_space) {
        out.extend_from_slice(value);
        return;
    }
    let mut words = value.split(is_space).filter(|word| !word.is_empty());
    if let Some(first) = words.next() {
        out.extend_from_slice(first);
    }
    for word in words {
        out.push(b' ');
        out.extend_from_slice(word);
    }
}

/// Removes `.`, `..` and empty segments, keeping a trailing slash.
fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            name => kept.push(name),
        }
    }
    let mut normal = format!("/{}", kept.join("/"));
    let directory = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    if directory && !normal.ends_with('/') {
        normal.push('/');
    }
    normal
}

#[cfg(test)]
mod tests;
