//! A body that goes out in small pieces, each when it is its turn.
//!
//! The wait is between pieces and not in a write, so it is no stall of the client's: the deadline of
//! `stalling.rs` runs only while a piece waits to be taken.
//!
//! INVARIANT: nothing is read before its turn, and then no more than may go out: who waits holds nothing.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::ResponseBody;
use crate::pace::PacedTransfer;

/// A body no faster than its link may be.
pub(crate) struct PacedBody {
    body: ResponseBody,
    transfer: PacedTransfer,
    turn: Option<Turn>,
}

/// When some bytes may go out, and how many of them did not yet.
struct Turn {
    at: Pin<Box<Sleep>>,
    bytes: usize,
}

impl PacedBody {
    pub(super) fn new(body: ResponseBody, transfer: PacedTransfer) -> Self {
        Self {
            body,
            transfer,
            turn: None,
        }
    }

    pub(super) fn body_mut(&mut self) -> &mut ResponseBody {
        &mut self.body
    }

    /// The turn of the next bytes; none if there are no more.
    fn next_turn(&self) -> Option<Turn> {
        let left = self.body.size_hint().lower();
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let bytes = left.min(self.transfer.piece());
        let at = || self.transfer.next_turn(bytes, Instant::now());
        (bytes > 0).then(|| Turn {
            at: Box::pin(sleep_until(at())),
            bytes,
        })
    }
}

impl Body for PacedBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let this = self.get_mut();
        if this.turn.is_none() {
            this.turn = this.next_turn();
        }
        let most = match &mut this.turn {
            None => usize::MAX,
            Some(turn) => {
                if !turn.at.is_elapsed() {
                    ready!(turn.at.as_mut().poll(cx));
                }
                turn.bytes
            }
        };
        let piece = ready!(this.body.poll_piece(cx, most));
        let moved = match &piece {
            Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
            _ => 0,
        };
        // A piece may be shorter than its turn allows; the rest of the turn is not lost.
        this.turn = this.turn.take().and_then(|turn| {
            let bytes = turn.bytes.saturating_sub(moved);
            (bytes > 0).then_some(Turn { bytes, ..turn })
        });
        Poll::Ready(piece)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
