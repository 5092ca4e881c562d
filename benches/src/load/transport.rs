//! A connected socket, with TLS or without.
//!
//! TLS is rustls without its buffers: records are decrypted in place in one large buffer that all
//! connections share, and the rest of a record that has not arrived in full is all that a
//! connection keeps.

use std::io::{self, IoSlice, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::net::{RecvFlags, recv};
use rustls::RootCertStore;
use rustls::client::{ClientConfig, UnbufferedClientConnection};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::unbuffered::{ConnectionState, UnbufferedStatus};

use crate::load::plan::Target;

const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// Sealed in one go: sixteen full records.
const PIECE: usize = 256 << 10;
/// Sixteen records' headers and tags, and room to spare.
const SEAL_OVERHEAD: usize = 4 << 10;

/// Which certificate the servers are recognized by.
#[derive(Clone, Debug)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Trusts exactly the certificate in `pem`.
    pub fn in_certificate(pem: &[u8]) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem).context("no certificate")?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

/// A connected, non-blocking socket.
pub(crate) struct Transport {
    socket: TcpStream,
    tls: Option<Box<Tls>>,
}

struct Tls {
    session: UnbufferedClientConnection,
    /// The start of a record whose rest has not arrived.
    unopened: Vec<u8>,
    /// Sealed bytes that the socket has not taken yet.
    sealed: Vec<u8>,
}

impl Transport {
    pub(crate) fn connect(target: &Target, trust: Option<&Trust>) -> Result<Self> {
        let mut socket = TcpStream::connect_timeout(&target.address()?, CONNECT_PATIENCE)
            .with_context(|| format!("cannot connect to {}", target.authority))?;
        socket.set_nodelay(true)?;
        let tls = if target.tls {
            let trust = trust.context("an https target needs a certificate to trust")?;
            socket.set_read_timeout(Some(CONNECT_PATIENCE))?;
            let host = target
                .authority
                .rsplit_once(':')
                .map_or(&*target.authority, |(h, _)| h);
            Some(Box::new(Tls::shake_hands(&mut socket, trust, host)?))
        } else {
            None
        };
        socket.set_nonblocking(true)?;
        Ok(Self { socket, tls })
    }

    /// Whether the body may be dropped by the kernel, unseen.
    pub(crate) fn is_plain(&self) -> bool {
        self.tls.is_none()
    }

    /// Drops up to `scratch.len()` received bytes without copying them; `scratch` stays as it is.
    pub(crate) fn drop_received(&mut self, scratch: &mut [u8]) -> io::Result<usize> {
        let (_, length) = recv(&self.socket, scratch, RecvFlags::TRUNC)?;
        Ok(length)
    }

    /// Receives once into `scratch` and shows all plain text that came with it to `see`. Returns
    /// the bytes that came over the wire; 0 means that the server has closed the connection.
    pub(crate) fn receive(
        &mut self,
        scratch: &mut [u8],
        mut see: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<Received> {
        let kept = self.tls.as_ref().map_or(0, |tls| tls.unopened.len());
        let (front, free) = scratch
            .split_at_mut_checked(kept)
            .context("no room to receive")?;
        if let Some(tls) = &self.tls {
            front.copy_from_slice(&tls.unopened);
        }
        let length = match self.socket.read(free) {
            Ok(0) => bail!("the server closed the connection"),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Ok(Received { drained: true });
            }
            Err(error) => return Err(error.into()),
        };
        let drained = length < free.len();
        let filled = scratch.get_mut(..kept + length).unwrap_or_default();
        match &mut self.tls {
            None => see(filled)?,
            Some(tls) => tls.open(filled, see)?,
        }
        Ok(Received { drained })
    }

    /// Hands the start of `head` and `body` to the socket and returns how much it took.
    pub(crate) fn send(&mut self, head: &[u8], body: &[u8]) -> Result<Option<usize>> {
        let Some(tls) = &mut self.tls else {
            return would_block(
                self.socket
                    .write_vectored(&[IoSlice::new(head), IoSlice::new(body)]),
            );
        };
        if !tls.flush(&mut self.socket)? {
            return Ok(None);
        }
        let taken = tls.seal(head, body)?;
        tls.flush(&mut self.socket)?;
        Ok(Some(taken))
    }

    /// Sends what was sealed earlier; true when nothing is left.
    pub(crate) fn flush(&mut self) -> Result<bool> {
        match &mut self.tls {
            None => Ok(true),
            Some(tls) => tls.flush(&mut self.socket),
        }
    }
}

/// What is known of the socket after receiving.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    /// Nothing is left in the socket, so readiness will be announced anew.
    pub(crate) drained: bool,
}

impl AsFd for Transport {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Tls {
    fn shake_hands(socket: &mut TcpStream, trust: &Trust, host: &str) -> Result<Self> {
        let name = ServerName::try_from(host.to_owned())?;
        let mut session = UnbufferedClientConnection::new(Arc::clone(&trust.0), name)?;
        let mut incoming = Vec::new();
        let mut outgoing = vec![0; PIECE];
        let mut encoded = 0;
        loop {
            let UnbufferedStatus { discard, state } = session.process_tls_records(&mut incoming);
            let mut finished = false;
            let mut starved = false;
            match state? {
                ConnectionState::EncodeTlsData(mut data) => {
                    encoded += data.encode(outgoing.get_mut(encoded..).unwrap_or_default())?;
                }
                ConnectionState::TransmitTlsData(data) => {
                    socket.write_all(outgoing.get(..encoded).unwrap_or_default())?;
                    encoded = 0;
                    data.done();
                }
                ConnectionState::BlockedHandshake => starved = true,
                ConnectionState::WriteTraffic(_) => finished = true,
                other => bail!("unexpected state in the handshake: {other:?}"),
            }
            incoming.drain(..discard);
            if finished {
                return Ok(Self {
                    session,
                    unopened: incoming,
                    sealed: Vec::new(),
                });
            }
            if starved {
                let mut arrived = [0; 4 << 10];
                let length = socket.read(&mut arrived)?;
                if length == 0 {
                    bail!("the server closed the connection in the handshake");
                }
                incoming.extend_from_slice(arrived.get(..length).unwrap_or_default());
            }
        }
    }

    fn open(&mut self, records: &mut [u8], mut see: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut opened = 0;
        loop {
            let rest = records.get_mut(opened..).unwrap_or_default();
            let UnbufferedStatus { mut discard, state } = self.session.process_tls_records(rest);
            let mut starved = false;
            match state? {
                ConnectionState::ReadTraffic(mut traffic) => {
                    while let Some(record) = traffic.next_record() {
                        let record = record?;
                        discard += record.discard;
                        see(record.payload)?;
                    }
                }
                ConnectionState::WriteTraffic(_) => starved = true,
                other => bail!("unexpected TLS state: {other:?}"),
            }
            opened += discard;
            if starved && discard == 0 {
                break;
            }
        }
        self.unopened.clear();
        self.unopened
            .extend_from_slice(records.get(opened..).unwrap_or_default());
        Ok(())
    }

    fn seal(&mut self, head: &[u8], body: &[u8]) -> Result<usize> {
        let mut plain = Vec::with_capacity(PIECE.min(head.len() + body.len()));
        plain.extend_from_slice(head.get(..head.len().min(PIECE)).unwrap_or_default());
        let room = PIECE - plain.len();
        plain.extend_from_slice(body.get(..body.len().min(room)).unwrap_or_default());
        self.sealed.resize(plain.len() + SEAL_OVERHEAD, 0);
        let UnbufferedStatus { state, .. } = self.session.process_tls_records(&mut []);
        let length = match state? {
            ConnectionState::WriteTraffic(mut traffic) => {
                traffic.encrypt(&plain, &mut self.sealed)?
            }
            other => bail!("unexpected TLS state: {other:?}"),
        };
        self.sealed.truncate(length);
        Ok(plain.len())
    }

    fn flush(&mut self, socket: &mut TcpStream) -> Result<bool> {
        while !self.sealed.is_empty() {
            match would_block(socket.write(&self.sealed))? {
                Some(length) => drop(self.sealed.drain(..length)),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

fn would_block(outcome: io::Result<usize>) -> Result<Option<usize>> {
    match outcome {
        Ok(length) => Ok(Some(length)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error.into()),
    }
}
