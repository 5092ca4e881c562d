//! From bytes to a request head, without any of the checks that a real server makes first.
//!
//! The first line is method and target, the others are header fields. Whatever cannot be put into
//! a [`RequestHead`] at all, because it is not text where text is due, gives no head.

use countersign_request::{Header, RequestHead};

/// Calls `judge` with the head that `data` spells, if it spells one.
pub(crate) fn with_head(data: &[u8], judge: impl FnOnce(&RequestHead<'_>)) {
    let mut lines = data
        .split(|&b| b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let Some((method, target)) = lines
        .next()
        .and_then(|line| std::str::from_utf8(line).ok())
        .and_then(|line| line.split_once(' '))
    else {
        return;
    };
    let headers: Vec<Header<'_>> = lines.filter_map(field).collect();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    judge(&RequestHead {
        method,
        path,
        query,
        headers: &headers,
    });
}

fn field(line: &[u8]) -> Option<Header<'_>> {
    let colon = line.iter().position(|&b| b == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    Some(Header {
        name: std::str::from_utf8(name).ok()?,
        value: value.get(1..)?.trim_ascii(),
    })
}
