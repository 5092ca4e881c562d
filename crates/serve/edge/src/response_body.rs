//! The bodies of answers: nothing, a few bytes, or an object as it is read; and any of them slowed down.

mod paced;

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use countersign_objects::ObjectReader;
use http_body::{Body, Frame, SizeHint};
use metrics::Counter;

use self::paced::PacedBody;
use crate::pace::PacedTransfer;
use crate::redeeming::TakenUse;
use crate::transfer::Transfer;
use crate::watched_body::WatchedBody;

/// The body of an answer.
pub(crate) enum ResponseBody {
    /// Nothing, or nothing more.
    Empty,
    /// All of it at once, so that head and body leave in one write.
    Full(Bytes),
    /// An object, read as the client takes it.
    Object(Box<ObjectBody>),
    /// One of these, with something that goes on beside it.
    Watched(Box<WatchedBody>),
    /// One of the others, no faster than its link may be.
    Paced(Box<PacedBody>),
}

/// An object on its way out.
pub(crate) struct ObjectBody {
    reader: ObjectReader,
    bytes_sent: Counter,
    /// The most bytes of a piece.
    piece: usize,
}

impl ResponseBody {
    /// The body that a reader gives, counting what is sent.
    pub(crate) fn object(reader: ObjectReader, bytes_sent: Counter) -> Self {
        Self::Object(Box::new(ObjectBody {
            reader,
            bytes_sent,
            piece: usize::MAX,
        }))
    }

    /// A body with something that goes on beside it.
    pub(crate) fn watched(
        body: Self,
        transfer: Option<Box<Transfer>>,
        taken: Option<TakenUse>,
    ) -> Self {
        Self::Watched(Box::new(WatchedBody::new(body, transfer, taken)))
    }

    /// The same body, no faster than its link may be.
    pub(crate) fn paced(self, transfer: PacedTransfer) -> Self {
        Self::Paced(Box::new(PacedBody::new(self, transfer)))
    }

    /// The same body, in pieces of at most so many bytes wherever a piece takes memory of its own.
    pub(crate) fn in_pieces_of(mut self, most: usize) -> Self {
        self.limit_pieces(most);
        self
    }

    fn limit_pieces(&mut self, most: usize) {
        match self {
            // These bytes lie in memory anyway.
            Self::Empty | Self::Full(_) => {}
            Self::Object(object) => object.piece = most,
            Self::Watched(watched) => watched.body_mut().limit_pieces(most),
            Self::Paced(paced) => paced.body_mut().limit_pieces(most),
        }
    }

    /// The next piece. Of a body that comes in pieces of any size, it has so many bytes at most; ask for as
    /// many again while it is pending.
    fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
        most: usize,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match self {
            Self::Empty => Poll::Ready(None),
            Self::Full(bytes) => {
                let piece = bytes.split_to(bytes.len().min(most));
                if bytes.is_empty() {
                    *self = Self::Empty;
                }
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Self::Watched(watched) => watched.poll_next(cx),
            Self::Object(object) => {
                let piece = ready!(object.reader.poll_next_of(cx, most.min(object.piece)));
                if let Some(Ok(bytes)) = &piece {
                    object.bytes_sent.increment(bytes.len() as u64);
                }
                Poll::Ready(piece.map(|outcome| outcome.map(Frame::data)))
            }
            Self::Paced(paced) => Pin::new(&mut **paced).poll_frame(cx),
        }
    }
}

impl From<String> for ResponseBody {
    fn from(text: String) -> Self {
        Self::Full(text.into())
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.get_mut().poll_piece(cx, usize::MAX)
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(bytes) => bytes.is_empty(),
            Self::Object(object) => object.reader.remaining() == 0,
            Self::Watched(watched) => watched.body().is_end_stream(),
            Self::Paced(paced) => paced.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Object(object) => SizeHint::with_exact(object.reader.remaining()),
            Self::Watched(watched) => watched.body().size_hint(),
            Self::Paced(paced) => paced.size_hint(),
        }
    }
}
