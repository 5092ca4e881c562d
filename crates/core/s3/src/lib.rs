//! S3's wire protocol without sockets.
//!
//! Everything a server or a proxy must know to speak S3, given a request head and handed back as
//! values: which operation is asked of which bucket and key, what the headers promise, how an error
//! reads. The facts are those of the S3 API reference, and of recorded answers where it is silent.
//!
//! - request: [`Operation`], [`recognize`], [`BucketName`], [`ObjectKey`];
//! - answer: [`ErrorCode`], [`Fault`].
//!
//! INVARIANT: nothing here does I/O or reads a clock, and nothing here trusts a request.

mod address;
mod attributes;
mod bucket_id;
mod bucket_name;
mod checksum;
mod conditional;
mod error_code;
mod etag;
mod fault;
mod fields;
mod hoisted;
mod object_key;
mod operation;
mod range;
mod sub_resource;
mod timestamp;
mod unsupported;

pub use address::{Address, AddressError, Addressing, Style};
pub use attributes::{ObjectAttributes, StoredChecksum};
pub use bucket_id::BucketId;
pub use bucket_name::{BucketName, BucketNameError};
pub use checksum::{ChecksumAlgorithm, ChecksumHasher, ChecksumKind};
pub use conditional::{
    ConditionError, PreconditionFailed, ReadConditions, ReadVerdict, WriteCondition, WriteRefused,
};
pub use error_code::ErrorCode;
pub use etag::ETag;
pub use fault::Fault;
pub use fields::{FieldError, Fields};
pub use hoisted::stands_for_header;
pub use object_key::{MAX_KEY_BYTES, ObjectKey, ObjectKeyError};
pub use operation::{Level, Operation, RecognizeError, ResourceType, recognize};
pub use range::{ByteRange, Extent, RangeNotSatisfiable};
pub use sub_resource::SubResource;
pub use timestamp::{HttpDate, IsoDate, Timestamp};
pub use unsupported::{UnsupportedError, refuse_unsupported};
