//! The PROXY protocol header, versions 1 and 2, from trusted proxies.
//!
//! Parsed by `ppp`; here it is only read, byte-bounded, before the first byte of HTTP or TLS. Where
//! the operator expects it, a connection without it is refused: a client must not be able to choose
//! whether its address is told.

use std::io;
use std::net::IpAddr;

use ppp::{HeaderResult, PartialResult, v1, v2};
use thiserror::Error;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// A version 1 header has at most 107 bytes, a version 2 header with its extensions some more.
const LONGEST_HEADER: usize = 1_024;

/// Why a connection did not begin as expected.
#[derive(Debug, Error)]
pub(crate) enum ProxyHeaderError {
    /// The connection broke off.
    #[error("connection broke off inside the proxy header")]
    Io(#[from] io::Error),
    /// There is no header, or it is malformed or too long.
    #[error("connection does not begin with a proxy header")]
    Malformed,
}

/// Reads the header and leaves the stream behind it. `None` if the proxy speaks for itself (a
/// health check: `LOCAL` or `UNKNOWN`).
pub(crate) async fn read(stream: &mut TcpStream) -> Result<Option<IpAddr>, ProxyHeaderError> {
    let mut header = Vec::with_capacity(128);
    loop {
        // One byte at a time would be slow and a large read would take bytes of HTTP, so what is
        // there is looked at first and only the header is taken.
        let mut ahead = [0u8; LONGEST_HEADER];
        let seen = stream.peek(&mut ahead).await?;
        if seen == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        header.clear();
        header.extend_from_slice(ahead.get(..seen).unwrap_or_default());
        let parsed = HeaderResult::parse(&header);
        if parsed.is_incomplete() {
            // A whole line of version 1 that still does not parse never will; nor does a header that
            // fills the buffer. A closed connection shows no new bytes, so it ends by its time limit.
            let whole_line = header.starts_with(b"PROXY") && header.contains(&b'\n');
            if seen == LONGEST_HEADER || whole_line {
                return Err(ProxyHeaderError::Malformed);
            }
            // `peek` returns at once while unread bytes remain; wait for more to come.
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            continue;
        }
        let (length, client) = match parsed {
            HeaderResult::V1(Ok(header)) => (header.header.len(), client_v1(&header)),
            HeaderResult::V2(Ok(header)) => (header.len(), client_v2(&header)),
            HeaderResult::V1(Err(_)) | HeaderResult::V2(Err(_)) => {
                return Err(ProxyHeaderError::Malformed);
            }
        };
        let mut taken = vec![0u8; length];
        stream.read_exact(&mut taken).await?;
        return Ok(client);
    }
}

fn client_v1(header: &v1::Header<'_>) -> Option<IpAddr> {
    match header.addresses {
        v1::Addresses::Tcp4(addresses) => Some(addresses.source_address.into()),
        v1::Addresses::Tcp6(addresses) => Some(addresses.source_address.into()),
        v1::Addresses::Unknown => None,
    }
}

fn client_v2(header: &v2::Header<'_>) -> Option<IpAddr> {
    match (header.command, header.addresses) {
        (v2::Command::Proxy, v2::Addresses::IPv4(addresses)) => {
            Some(addresses.source_address.into())
        }
        (v2::Command::Proxy, v2::Addresses::IPv6(addresses)) => {
            Some(addresses.source_address.into())
        }
        _ => None,
    }
}
