//! The body of an upload: unframed, hashed, counted and held to its promises while it streams.
//!
//! INVARIANT: nothing is kept of a body that turns out other than promised; what was stored so far
//! is dropped with the upload. Memory is one received piece, whatever the size.

use std::time::Duration;

use bytes::Bytes;
use countersign_gate::Refusal;
use countersign_objects::Upload;
use countersign_s3::{
    ChecksumAlgorithm, ChecksumHasher, ChecksumKind, ContentMd5, ETag, ErrorCode, ExpectedChecksum,
    Fault, StoredChecksum,
};
use countersign_sigv4::chunked::{ChunkError, ChunkedDecoder};
use countersign_sigv4::{HexDigest, PayloadMode, VerifyError};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use md5::{Digest as _, Md5};
use metrics::Counter;
use sha2::Sha256;

use super::refuse_store;
use crate::transfer::Transfer;

/// What a body was promised to be.
pub(super) struct Promise {
    /// Bytes after unframing, if that is told.
    pub(super) length: Option<u64>,
    /// What `x-amz-content-sha256` says.
    pub(super) payload: PayloadMode,
    /// `Content-MD5`.
    pub(super) md5: Option<ContentMd5>,
    /// `x-amz-checksum-*`, in a header or to come in the trailer.
    pub(super) checksum: Option<ExpectedChecksum>,
    /// The algorithm to keep a checksum of where none is promised; S3's own choice without it.
    pub(super) algorithm: Option<ChecksumAlgorithm>,
    /// Undoes the aws-chunked framing, if there is any.
    pub(super) decoder: Option<ChunkedDecoder>,
    /// The access key id, told when a chunk's signature is wrong.
    pub(super) access_key_id: String,
    /// What may end the upload before its end.
    pub(super) transfer: Option<Box<Transfer>>,
}

impl Promise {
    /// Whether the upload may go on.
    ///
    /// # Errors
    /// The refusal of one that was ended.
    pub(super) fn may_go_on(&mut self) -> Result<(), Refusal> {
        self.transfer
            .as_mut()
            .map_or(Ok(()), |transfer| transfer.go_on())
    }
}

/// What a body turned out to be.
pub(super) struct Received {
    /// Its MD5 as entity tag.
    pub(super) etag: ETag,
    /// The checksum to keep with it.
    pub(super) checksum: StoredChecksum,
}

/// Where the bytes of a body go.
pub(super) trait Sink: Send {
    /// How many came so far.
    fn size(&self) -> u64;

    /// Takes the next ones.
    fn write(&mut self, bytes: Bytes) -> impl Future<Output = Result<(), Refusal>> + Send;
}

impl Sink for Upload {
    fn size(&self) -> u64 {
        Self::size(self)
    }

    async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal> {
        Self::write(self, bytes)
            .await
            .map_err(|error| refuse_store(&error))
    }
}

/// Streams a body to where it goes.
///
/// # Errors
/// The refusal of a body that is not as promised, stalls or ends early.
pub(super) async fn receive(
    body: &mut Incoming,
    sink: &mut impl Sink,
    mut promise: Promise,
    idle: Duration,
    bytes_received: &Counter,
) -> Result<Received, Refusal> {
    let mut digests = Digests::new(&promise);
    loop {
        let frame = match tokio::time::timeout(idle, body.frame()).await {
            Err(_) => return Err(stalled()),
            Ok(None) => break,
            Ok(Some(Err(error))) => return Err(broke_off(&error)),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        promise.may_go_on()?;
        bytes_received.increment(data.len() as u64);
        match &mut promise.decoder {
            None => take(&data, sink, &mut digests, promise.length).await?,
            Some(decoder) => {
                let mut rest = data;
                while !rest.is_empty() {
                    let step = decoder
                        .step(&rest)
                        .map_err(|error| refuse_chunk(error, &promise.access_key_id))?;
                    if !step.body.is_empty() {
                        let piece = rest.slice(step.body);
                        take(&piece, sink, &mut digests, promise.length).await?;
                    }
                    rest = rest.slice(step.consumed..);
                }
            }
        }
    }
    let trailers = match promise.decoder.take() {
        None => Vec::new(),
        Some(decoder) => decoder
            .finish()
            .map_err(|error| refuse_chunk(error, &promise.access_key_id))?,
    };
    if let Some(promised) = promise.length
        && sink.size() != promised
    {
        return Err(incomplete(promised, sink.size()));
    }
    digests.compare(&promise, &trailers)
}

/// The refusal of a body that does not go on.
pub(super) fn stalled() -> Refusal {
    let fault = Fault::new(ErrorCode::RequestTimeout);
    Refusal::new(fault, "request body stalled")
}

/// The refusal of a body whose connection is gone.
pub(super) fn broke_off(error: &impl std::fmt::Display) -> Refusal {
    let fault =
        Fault::new(ErrorCode::IncompleteBody).saying("The request body terminated unexpectedly");
    Refusal::new(fault, format!("request body broke off: {error}"))
}

async fn take(
    piece: &Bytes,
    sink: &mut impl Sink,
    digests: &mut Digests,
    promised: Option<u64>,
) -> Result<(), Refusal> {
    let total = sink.size().saturating_add(piece.len() as u64);
    if let Some(promised) = promised
        && total > promised
    {
        return Err(incomplete(promised, total));
    }
    digests.update(piece);
    sink.write(piece.clone()).await
}

fn incomplete(expected: u64, provided: u64) -> Refusal {
    let fault = Fault::new(ErrorCode::IncompleteBody)
        .saying(
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        )
        .with("NumberBytesExpected", expected.to_string())
        .with("NumberBytesProvided", provided.to_string());
    Refusal::new(
        fault,
        format!("body has {provided} bytes instead of {expected}"),
    )
}

/// The refusal of framing or of a chunk's signature (aws-semantics 3.3).
fn refuse_chunk(error: ChunkError, access_key_id: &str) -> Refusal {
    let reason = error.to_string();
    let fault = match error {
        ChunkError::LengthMismatch { expected, provided } => return incomplete(expected, provided),
        ChunkError::MalformedFrame | ChunkError::UnexpectedEnd => {
            Fault::new(ErrorCode::IncompleteBody).saying("The request body terminated unexpectedly")
        }
        ChunkError::MalformedTrailer => Fault::new(ErrorCode::MalformedTrailerError),
        ChunkError::SignatureMismatch { ours } => {
            let error = VerifyError::SignatureMismatch { ours };
            let place = countersign_gate::ClaimPlace::Header;
            return countersign_gate::refuse_signature(&error, place, access_key_id);
        }
        ChunkError::TooSmall { chunk, size } => Fault::new(ErrorCode::InvalidChunkSizeError)
            .with("Chunk", chunk.to_string())
            .with("BadChunkSize", size.to_string()),
    };
    Refusal::new(fault, reason)
}

/// Everything computed over a body while it passes.
pub(super) struct Digests {
    md5: Md5,
    sha256: Option<Sha256>,
    algorithm: ChecksumAlgorithm,
    checksum: ChecksumHasher,
}

impl Digests {
    pub(super) fn new(promise: &Promise) -> Self {
        // S3 keeps a CRC64NVME where the client promises nothing (aws-semantics 3.4).
        let promised = promise.checksum.as_ref().map(ExpectedChecksum::algorithm);
        let algorithm = promised
            .or(promise.algorithm)
            .unwrap_or(ChecksumAlgorithm::Crc64nvme);
        Self {
            md5: Md5::new(),
            sha256: matches!(promise.payload, PayloadMode::Sha256(_)).then(Sha256::new),
            algorithm,
            checksum: ChecksumHasher::new(algorithm),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.checksum.update(bytes);
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
    }

    /// A wrong SHA-256 is reported first, as S3 does.
    pub(super) fn compare(
        self,
        promise: &Promise,
        trailers: &[(String, String)],
    ) -> Result<Received, Refusal> {
        if let (Some(sha256), PayloadMode::Sha256(promised)) = (self.sha256, promise.payload) {
            let computed: [u8; 32] = sha256.finalize().into();
            if computed != promised {
                let fault = Fault::new(ErrorCode::XAmzContentSHA256Mismatch)
                    .with(
                        "ClientComputedContentSHA256",
                        HexDigest::of(&promised).as_str(),
                    )
                    .with("S3ComputedContentSHA256", HexDigest::of(&computed).as_str());
                return Err(Refusal::from(fault));
            }
        }
        let md5: [u8; 16] = self.md5.finalize().into();
        if let Some(promised) = promise.md5 {
            promised.verify(md5).map_err(Fault::from)?;
        }
        let value = self.checksum.finish();
        if let Some(promised) = &promise.checksum {
            let name = self.algorithm.header();
            let sent = trailers
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value.as_str());
            promised.verify(&value, sent).map_err(Fault::from)?;
        }
        let kind = ChecksumKind::FullObject;
        let checksum = StoredChecksum {
            algorithm: self.algorithm,
            value,
            kind,
        };
        Ok(Received {
            etag: ETag::of_md5(md5),
            checksum,
        })
    }
}
