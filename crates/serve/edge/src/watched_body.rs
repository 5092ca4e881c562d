//! The body of a download that somebody may end, or that counts as a use from its first byte on.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as _, Frame};

use crate::redeeming::TakenUse;
use crate::response_body::ResponseBody;
use crate::transfer::Transfer;

/// A body, and what goes on beside it.
pub(crate) struct WatchedBody {
    body: ResponseBody,
    transfer: Option<Box<Transfer>>,
    taken: Option<TakenUse>,
}

impl WatchedBody {
    /// Watches a body.
    pub(crate) fn new(
        body: ResponseBody,
        transfer: Option<Box<Transfer>>,
        taken: Option<TakenUse>,
    ) -> Self {
        Self {
            body,
            transfer,
            taken,
        }
    }

    /// The body itself.
    pub(crate) fn body(&self) -> &ResponseBody {
        &self.body
    }

    pub(crate) fn body_mut(&mut self) -> &mut ResponseBody {
        &mut self.body
    }

    /// The next piece. Once the first was handed over, the use that was taken stays used; a body that is
    /// dropped before gives it back.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let may = self
            .transfer
            .as_mut()
            .map_or(Ok(()), |transfer| transfer.go_on());
        if let Err(refusal) = may {
            tracing::info!(reason = refusal.reason(), "a download was ended");
            let error = std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "revoked");
            return Poll::Ready(Some(Err(error)));
        }
        let piece = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if matches!(piece, Some(Ok(_)))
            && let Some(taken) = self.taken.take()
        {
            taken.keep();
        }
        Poll::Ready(piece)
    }
}
