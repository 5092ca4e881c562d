//! S3's wire protocol without sockets.
//!
//! Everything a server or a proxy must know to speak S3, given a request head and handed back as
//! values: which operation is asked of which bucket and key, what the headers promise, how an error
//! reads. The facts are those of the S3 API reference, and of recorded answers where it is silent.
//!
//! - what is asked: [`Addressing`], [`recognize`], [`Operation`], [`ListParameters`];
//! - what the headers say: [`Fields`], [`attributes_of`], [`ExpectedChecksum`], [`ByteRange`],
//!   [`ReadConditions`], [`ResponseOverrides`], [`cors`];
//! - what is answered: [`Fault`], [`error_document()`], [`response_headers`], [`xml`].
//!
//! INVARIANT: nothing here does I/O or reads a clock, and nothing here trusts a request.

mod address;
mod attributes;
mod bucket_id;
mod bucket_listing;
mod bucket_name;
mod checksum;
mod conditional;
mod copy_source;
pub mod cors;
mod error_code;
mod error_document;
mod etag;
mod fault;
mod fields;
mod hoisted;
mod listing;
mod media_kind;
mod metadata;
pub mod multipart;
pub mod object_attributes;
mod object_key;
mod operation;
mod post_form;
mod range;
mod response_override;
mod sub_resource;
mod timestamp;
mod unsupported;
mod version_id;
mod versioning;
pub mod xml;

pub use address::{Address, AddressError, Addressing, Style};
pub use attributes::{ObjectAttributes, StoredChecksum};
pub use bucket_id::BucketId;
pub use bucket_listing::{BucketListError, BucketListParameters};
pub use bucket_name::{BucketName, BucketNameError};
pub use checksum::{
    ChecksumAlgorithm, ChecksumError, ChecksumHasher, ChecksumKind, ContentMd5, ContentMd5Error,
    ExpectedChecksum, ExpectedValue, ValuePlace, asks_for_checksum,
};
pub use conditional::{
    ConditionError, DeleteCandidate, DeleteCondition, DeleteConditionError, DeleteRefused,
    PreconditionFailed, ReadConditions, ReadVerdict, TagCondition, WriteCondition, WriteRefused,
};
pub use copy_source::{CopySource, CopySourceError, Directive, SourceConditions, copied_extent};
pub use error_code::ErrorCode;
pub use error_document::{ERROR_CONTENT_TYPE, error_document};
pub use etag::ETag;
pub use fault::Fault;
pub use fields::{FieldError, Fields};
pub use hoisted::stands_for_header;
pub use listing::{
    ListError, ListParameters, ListPosition, MAX_PAGE, Page, PageBuilder, Step,
    VersionListParameters, common_prefix,
};
pub use media_kind::{BEGINNING_BYTES, may_be_of_type, may_be_shown};
pub use metadata::{
    MAX_METADATA_BYTES, MAX_OBJECT_TAGS, MetadataError, StorageClassError, TaggingError,
    attributes_of, parse_tagging, response_headers, tags_given,
};
pub use object_key::{MAX_KEY_BYTES, ObjectKey, ObjectKeyError};
pub use operation::{Level, Operation, RecognizeError, ResourceType, recognize};
pub use post_form::{
    Disposition, MAX_FORM_BYTES, MAX_FORM_FIELDS, PostForm, PostFormError, Redirect, SuccessStatus,
    base_name, missing_form_field,
};
pub use range::{ByteRange, Extent, RangeNotSatisfiable};
pub use response_override::{OverrideError, ResponseOverrides, is_active_content};
pub use sub_resource::SubResource;
pub use timestamp::{HttpDate, IsoDate, Timestamp};
pub use unsupported::{UnsupportedError, refuse_unsupported};
pub use version_id::VersionId;
pub use versioning::Versioning;
