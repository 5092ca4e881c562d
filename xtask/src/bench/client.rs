//! One HTTP request at a time over plain TCP, for what has to be said around a measurement: begin an
//! upload, complete it, ask how long a page is. Nothing measured in bulk goes through here.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

const PATIENCE: Duration = Duration::from_secs(120);

/// Sends one request and returns the body of its answer.
///
/// # Errors
/// If the server cannot be reached or answers with anything but 200 or 204.
pub(crate) fn ask(
    method: &str,
    url: &str,
    headers: &[(&str, String)],
    body: &[u8],
) -> Result<String> {
    let rest = url
        .strip_prefix("http://")
        .context("only http is spoken here")?;
    let (authority, target) = rest.split_once('/').context("a url without a path")?;
    let mut stream =
        TcpStream::connect(authority).with_context(|| format!("cannot connect to {authority}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut head = format!(
        "{method} /{target} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\
         content-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8(answer).context("an answer that is no text")?;
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        bail!("{method} was not answered");
    };
    let status = head.split(' ').nth(1).unwrap_or_default();
    ensure!(
        matches!(status, "200" | "204"),
        "{method} was answered {status}: {body}"
    );
    Ok(body.to_owned())
}

/// The texts of all elements of this name, in order; enough for documents of our own server.
pub(crate) fn texts<'d>(document: &'d str, name: &str) -> Vec<&'d str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    document
        .split(&open)
        .skip(1)
        .filter_map(|rest| rest.split(&close).next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::texts;

    #[test]
    fn elements_are_found_by_name_in_order() {
        let document = "<r><a>1</a><b>x</b><a>2</a></r>";
        assert_eq!(texts(document, "a"), ["1", "2"]);
        assert!(texts(document, "c").is_empty());
    }
}
