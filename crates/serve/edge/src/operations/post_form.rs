//! A browser's form on its way in: its fields, then its file, then nothing that counts.
//!
//! RFC 7578, taken apart by `multer`. A reader of forms must hold back what it cannot place yet, so
//! what it gets is rationed: little before the file, where a stranger is still unknown, and little
//! behind it. In between the file passes piece by piece.
//!
//! INVARIANT: before the permit no more than `MOST_BEFORE_FILE` bytes are taken, whatever they are;
//! afterwards memory is one received piece.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use countersign_gate::Refusal;
use countersign_s3::{Disposition, Fault, PostForm, PostFormError};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::request::Parts;
use http_body::{Body, Frame};
use http_body_util::BodyDataStream;
use hyper::body::Incoming;
use metrics::Counter;
use multer::{Field, Multipart};

use super::upload_body::{broke_off, stalled};
use crate::edge::Edge;
use crate::lingering::{MOST_AFTER_REFUSAL, TIME_AFTER_REFUSAL};

/// Enough for the fields that a form may have, with the head of each part.
const MOST_BEFORE_FILE: usize = 64 * 1024;
/// How much is looked at behind the file, for a second one.
const MOST_BEHIND_FILE: usize = 20 * 1024;
/// The pieces in which a ration is given out.
const PIECE: usize = 8 * 1024;
/// The longest boundary (RFC 2046, section 5.1.1).
const LONGEST_BOUNDARY: usize = 70;

/// A form whose fields or file are yet to be read.
pub(crate) struct IncomingForm {
    multipart: Multipart<'static>,
    file: Option<Field<'static>>,
    ration: Arc<Ration>,
    idle: Duration,
}

/// Why the next step of reading was not made.
enum Stop {
    /// Nothing more may be taken.
    Bound,
    /// The client sent nothing for too long.
    Idle,
    /// What came is no form, or broke off.
    Reader(multer::Error),
}

impl IncomingForm {
    /// Begins to read a form.
    pub(crate) fn open(edge: &Edge, boundary: String, body: Incoming) -> Self {
        let ration = Arc::new(Ration::new(MOST_BEFORE_FILE));
        let pieces = Pieces {
            body,
            rest: Bytes::new(),
            pause: false,
            ration: Arc::clone(&ration),
            received: edge.metrics.bytes_received.clone(),
        };
        Self {
            multipart: Multipart::new(BodyDataStream::new(pieces), boundary),
            file: None,
            ration,
            idle: edge.settings.limits.body_idle_time,
        }
    }

    /// Reads the fields up to the file, which is next.
    ///
    /// # Errors
    /// The refusal of what is no form, has no file, or is too large before it.
    pub(crate) async fn fields(&mut self) -> Result<PostForm, Refusal> {
        let mut form = PostForm::default();
        loop {
            let part = self.next_part().await.map_err(Refusal::from)?;
            let Some(mut part) = part else {
                return Err(Fault::from(PostFormError::FileCount { count: 0 }).into());
            };
            let Disposition { name, file_name } = disposition_of(&part)?;
            if name.eq_ignore_ascii_case("file") {
                form.name_file(file_name.as_deref()).map_err(Fault::from)?;
                self.file = Some(part);
                return Ok(form);
            }
            let mut value = Vec::new();
            while let Some(piece) = self.step(part.chunk()).await.map_err(Refusal::from)? {
                value.extend_from_slice(&piece);
            }
            let value = std::str::from_utf8(&value)
                .map_err(|_| malformed("the value of a field is not valid utf-8"))?;
            form.push(&name, value).map_err(Fault::from)?;
        }
    }

    /// The next piece of the file; none at its end.
    ///
    /// # Errors
    /// The refusal of a file that breaks off or stalls.
    pub(super) async fn next_piece(&mut self) -> Result<Option<Bytes>, Refusal> {
        let Some(mut file) = self.file.take() else {
            return Ok(None);
        };
        self.ration.set(usize::MAX);
        let piece = self.step(file.chunk()).await?;
        if piece.is_some() {
            self.file = Some(file);
        }
        Ok(piece)
    }

    /// Looks at what comes behind the file: fields are ignored, a second file is refused.
    ///
    /// # Errors
    /// The refusal of a second file, or of a form that breaks off.
    pub(super) async fn end(&mut self) -> Result<(), Refusal> {
        self.ration.set(MOST_BEHIND_FILE);
        loop {
            match self.next_part().await {
                Ok(None) | Err(Stop::Bound) => return Ok(()),
                Ok(Some(part)) if disposition_of(&part)?.name.eq_ignore_ascii_case("file") => {
                    return Err(Fault::from(PostFormError::FileCount { count: 2 }).into());
                }
                Ok(Some(_)) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
    }

    /// Takes some more of a refused form: a browser that is still sending reads no answer.
    pub(crate) async fn take_rest(&mut self) {
        self.file = None;
        self.ration.set(MOST_AFTER_REFUSAL);
        let rest = async { while let Ok(Some(_)) = self.next_part().await {} };
        let _ = tokio::time::timeout(TIME_AFTER_REFUSAL, rest).await;
    }

    async fn next_part(&mut self) -> Result<Option<Field<'static>>, Stop> {
        let Self {
            multipart,
            ration,
            idle,
            ..
        } = self;
        step(ration, *idle, multipart.next_field()).await
    }

    async fn step<T>(&self, reading: impl Future<Output = multer::Result<T>>) -> Result<T, Stop> {
        step(&self.ration, self.idle, reading).await
    }
}

/// What stands between the parts of a form.
///
/// # Errors
/// The refusal of a form without a usable boundary.
pub(crate) fn boundary_of(parts: &Parts) -> Result<String, Refusal> {
    parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| multer::parse_boundary(value).ok())
        .filter(|boundary| (1..=LONGEST_BOUNDARY).contains(&boundary.len()))
        .ok_or_else(|| malformed("there is no boundary of 1 to 70 characters"))
}

/// Makes one step of reading. A reader that waits although the ration is used up has failed.
async fn step<T>(
    ration: &Ration,
    idle: Duration,
    reading: impl Future<Output = multer::Result<T>>,
) -> Result<T, Stop> {
    let mut reading = pin!(reading);
    let bounded = poll_fn(|cx| match reading.as_mut().poll(cx) {
        Poll::Pending if ration.is_used_up() => Poll::Ready(Err(Stop::Bound)),
        other => other.map_err(Stop::Reader),
    });
    match tokio::time::timeout(idle, bounded).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Stop::Idle),
    }
}

fn disposition_of(part: &Field<'_>) -> Result<Disposition, Refusal> {
    let value = part
        .headers()
        .get(CONTENT_DISPOSITION)
        .ok_or_else(|| malformed("a part has no name"))?;
    Ok(Disposition::parse(value.as_bytes()).map_err(Fault::from)?)
}

fn malformed(what: &'static str) -> Refusal {
    Fault::from(PostFormError::Malformed { what }).into()
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Bound => Fault::from(PostFormError::TooLarge).into(),
            Stop::Idle => stalled(),
            Stop::Reader(multer::Error::StreamReadFailed(error)) => broke_off(&error),
            Stop::Reader(error) => {
                let what = "it cannot be taken apart";
                let fault = Fault::from(PostFormError::Malformed { what });
                Self::new(fault, format!("form is malformed: {error}"))
            }
        }
    }
}

/// How much more of the body may be taken.
struct Ration {
    left: AtomicUsize,
    used_up: AtomicBool,
}

impl Ration {
    fn new(bytes: usize) -> Self {
        Self {
            left: AtomicUsize::new(bytes),
            used_up: AtomicBool::new(false),
        }
    }

    fn set(&self, bytes: usize) {
        self.left.store(bytes, Ordering::Relaxed);
        self.used_up.store(false, Ordering::Relaxed);
    }

    /// Whether more was asked for than there is.
    fn is_used_up(&self) -> bool {
        self.used_up.load(Ordering::Relaxed)
    }
}

/// The body, one piece at a time.
///
/// `multer` asks for more before it looks at what it has, and goes on asking until there is nothing
/// ready. So each piece is followed by a pause, and where a ration ends there is one for ever.
struct Pieces {
    body: Incoming,
    rest: Bytes,
    pause: bool,
    ration: Arc<Ration>,
    received: Counter,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        if std::mem::take(&mut this.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let left = this.ration.left.load(Ordering::Relaxed);
        if left == 0 {
            this.ration.used_up.store(true, Ordering::Relaxed);
            return Poll::Pending;
        }
        while this.rest.is_empty() {
            match Pin::new(&mut this.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => this.rest = frame.into_data().unwrap_or_default(),
                other => return other,
            }
            this.received.increment(this.rest.len() as u64);
        }
        let most = match left {
            usize::MAX => usize::MAX,
            left => left.min(PIECE),
        };
        let piece = this.rest.split_to(this.rest.len().min(most));
        if left != usize::MAX {
            let left = left.saturating_sub(piece.len());
            this.ration.left.store(left, Ordering::Relaxed);
        }
        this.pause = true;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}
