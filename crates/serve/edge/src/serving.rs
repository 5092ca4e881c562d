//! An answer that is there at once, or for which something must be waited.
//!
//! COST: the common download is answered from memory. It gets no future on the heap.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::answer::Answer;

/// An answer, at once or later.
pub(crate) enum Serving {
    /// It is there.
    Now(Option<Answer>),
    /// Something must be waited for.
    Later(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

impl Future for Serving {
    type Output = Result<Answer, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Now(answer) => match answer.take() {
                Some(answer) => Poll::Ready(Ok(answer)),
                None => Poll::Pending,
            },
            Self::Later(future) => future.as_mut().poll(cx).map(Ok),
        }
    }
}
