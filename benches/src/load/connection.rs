//! One keep-alive connection and the exchange under way on it.
//!
//! Readiness is edge-triggered (epoll(7)), so both directions go on until the socket says no.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::load::plan::{Plan, Target};
use crate::load::request::{Progress, Requests};
use crate::load::response::Response;
use crate::load::transport::{Received, Transport, Trust};

/// Below this a body is copied out; above, dropping it in the kernel is cheaper.
const WORTH_DROPPING: u64 = 4 << 10;
/// Received at a time before the length of an answer is known.
const FIRST_READ: usize = 4 << 10;

/// A connection, with at most one exchange under way.
pub(crate) struct Connection {
    exchange: Option<Exchange>,
    transport: Transport,
}

#[derive(Debug)]
struct Exchange {
    begun: Instant,
    progress: Progress,
    response: Response,
    sent: bool,
}

impl Connection {
    pub(crate) fn open(target: &Target, trust: Option<&Trust>) -> Result<Self> {
        Ok(Self {
            exchange: None,
            transport: Transport::connect(target, trust)?,
        })
    }

    /// Begins the next request in turn, which was due then.
    pub(crate) fn begin(&mut self, requests: &mut Requests, due: Instant) -> Result<()> {
        self.exchange = Some(Exchange {
            begun: due,
            progress: requests.begin(),
            response: Response::default(),
            sent: false,
        });
        self.send_on(requests)
    }

    /// Goes on with the exchange as far as the socket allows; returns its duration when it is
    /// complete.
    pub(crate) fn go_on(
        &mut self,
        plan: &Plan,
        requests: &Requests,
        scratch: &mut [u8],
    ) -> Result<Option<Duration>> {
        self.send_on(requests)?;
        loop {
            let received = self.receive(plan, scratch)?;
            let Some(exchange) = &self.exchange else {
                return Ok(None);
            };
            if exchange.response.is_finished() {
                if !exchange.sent {
                    bail!("answered before the upload was complete");
                }
                let duration = exchange.begun.elapsed();
                self.exchange = None;
                return Ok(Some(duration));
            }
            if received.drained {
                return Ok(None);
            }
        }
    }

    fn receive(&mut self, plan: &Plan, scratch: &mut [u8]) -> Result<Received> {
        let droppable = self.exchange.as_ref().map_or(0, |e| e.response.droppable());
        if self.transport.is_plain() && droppable > WORTH_DROPPING {
            let wanted = scratch.len().min(usize::try_from(droppable)?);
            let target = scratch.get_mut(..wanted).unwrap_or_default();
            return match self.transport.drop_received(target) {
                Ok(0) => bail!("the server closed the connection inside a body"),
                Ok(length) => {
                    if let Some(exchange) = &mut self.exchange {
                        exchange.response.dropped(length)?;
                    }
                    Ok(Received {
                        drained: length < wanted,
                    })
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    Ok(Received { drained: true })
                }
                Err(error) => Err(error.into()),
            };
        }
        let plain = self.transport.is_plain();
        let room = if plain { FIRST_READ } else { scratch.len() };
        let scratch = scratch.get_mut(..room).unwrap_or_default();
        let exchange = &mut self.exchange;
        self.transport.receive(scratch, |bytes| match exchange {
            Some(exchange) => exchange
                .response
                .push(bytes, plan.method, &plan.expectation),
            None => bail!("{} bytes that nobody asked for", bytes.len()),
        })
    }

    fn send_on(&mut self, requests: &Requests) -> Result<()> {
        let Some(exchange) = self.exchange.as_mut().filter(|exchange| !exchange.sent) else {
            return Ok(());
        };
        loop {
            let (head, body) = requests.remaining(exchange.progress);
            if head.is_empty() && body.is_empty() {
                exchange.sent = self.transport.flush()?;
                return Ok(());
            }
            match self.transport.send(head, body)? {
                Some(length) => exchange.progress.advance(length),
                None => return Ok(()),
            }
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.transport.as_fd()
    }
}
