//! A body that goes out in small pieces, each when it is its turn.
//!
//! The wait is between pieces and not in a write, so it is no stall of the client's: the deadline of
//! `stalling.rs` runs only while a piece waits to be taken.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::ResponseBody;
use crate::pace::{Pace, Paces};

/// A body no faster than its link may be.
pub(crate) struct PacedBody {
    body: ResponseBody,
    pace: Pace,
    paces: Arc<Paces>,
    /// What was taken from the body and waits behind the next piece.
    rest: Bytes,
    next: Option<Turn>,
}

/// A piece, and when it goes out.
struct Turn {
    piece: Bytes,
    sleep: Pin<Box<Sleep>>,
}

impl PacedBody {
    pub(super) fn new(body: ResponseBody, pace: Pace, paces: Arc<Paces>) -> Self {
        Self {
            body,
            pace,
            paces,
            rest: Bytes::new(),
            next: None,
        }
    }

    /// How many bytes were taken from the body and did not go out yet.
    fn held(&self) -> usize {
        let next = self.next.as_ref().map_or(0, |turn| turn.piece.len());
        next + self.rest.len()
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
        loop {
            if let Some(turn) = &mut this.next {
                ready!(turn.sleep.as_mut().poll(cx));
                let piece = std::mem::take(&mut turn.piece);
                this.next = None;
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            while this.rest.is_empty() {
                match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                    Some(Ok(frame)) => this.rest = frame.into_data().unwrap_or_default(),
                    end => return Poll::Ready(end),
                }
            }
            let piece = this.rest.split_to(this.rest.len().min(this.pace.piece()));
            let at = this
                .paces
                .next_turn(&this.pace, piece.len(), Instant::now());
            let sleep = Box::pin(sleep_until(at));
            this.next = Some(Turn { piece, sleep });
        }
    }

    fn is_end_stream(&self) -> bool {
        self.held() == 0 && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.body.size_hint().exact().unwrap_or(0);
        SizeHint::with_exact(left + self.held() as u64)
    }
}

#[cfg(test)]
mod tests;
