//! Every operation S3 has, under the name AWS gives it.
//!
//! The table below is the one list: the recognizer names its rows, the gate reads the IAM action,
//! audit the name, and an operation without a server behind it is answered 501 by name. It follows
//! the S3 service model (general purpose and directory buckets) and adds the two requests that
//! browsers make, `PostObject` and `CorsPreflight`. The old forms without `Configuration` in their
//! name (`GetBucketLifecycle`, ...) are the same request on the wire and go by the new name.
//!
//! INVARIANT: facts about an operation stand here and nowhere else.

mod error;
mod recognize;

pub use error::{RecognizeError, ResourceType};
pub use recognize::recognize;

use std::fmt;

/// What an operation is addressed to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Level {
    /// The service itself: no bucket.
    Service,
    /// A bucket.
    Bucket,
    /// An object in a bucket.
    Object,
}

/// Whether an operation only looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Access {
    Read,
    Write,
}

/// Whether an operation moves the bytes of the one object it is addressed to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reach {
    Data,
    Other,
}

struct Facts {
    name: &'static str,
    level: Level,
    access: Access,
    reach: Reach,
    action: Option<&'static str>,
    version_action: Option<&'static str>,
}

macro_rules! operations {
    ($($name:ident $level:ident $access:ident $reach:ident
        $(, $action:literal $(/ $version:literal)?)?;)*) => {
        /// An S3 operation.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Operation {
            $(#[doc = concat!("The operation `", stringify!($name), "`.")] $name,)*
        }

        impl Operation {
            /// Every operation, by name.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            #[expect(unused_assignments, unused_mut, reason = "most rows have no versioned action")]
            const fn facts(self) -> Facts {
                match self {
                    $(Self::$name => {
                        let mut action = None;
                        let mut version_action = None;
                        $(action = Some($action); $(version_action = Some($version);)?)?
                        Facts {
                            name: stringify!($name),
                            level: Level::$level,
                            access: Access::$access,
                            reach: Reach::$reach,
                            action,
                            version_action,
                        }
                    })*
                }
            }
        }
    };
}

operations! {
    AbortMultipartUpload Object Write Data, "s3:AbortMultipartUpload";
    CompleteMultipartUpload Object Write Data, "s3:PutObject";
    CopyObject Object Write Other, "s3:PutObject";
    CorsPreflight Bucket Read Other;
    CreateBucket Bucket Write Other, "s3:CreateBucket";
    CreateBucketMetadataConfiguration Bucket Write Other, "s3:CreateBucketMetadataTableConfiguration";
    CreateBucketMetadataTableConfiguration Bucket Write Other, "s3:CreateBucketMetadataTableConfiguration";
    CreateMultipartUpload Object Write Data, "s3:PutObject";
    CreateSession Bucket Write Other, "s3express:CreateSession";
    DeleteBucket Bucket Write Other, "s3:DeleteBucket";
    DeleteBucketAnalyticsConfiguration Bucket Write Other, "s3:PutAnalyticsConfiguration";
    DeleteBucketCors Bucket Write Other, "s3:PutBucketCORS";
    DeleteBucketEncryption Bucket Write Other, "s3:PutEncryptionConfiguration";
    DeleteBucketIntelligentTieringConfiguration Bucket Write Other, "s3:PutIntelligentTieringConfiguration";
    DeleteBucketInventoryConfiguration Bucket Write Other, "s3:PutInventoryConfiguration";
    DeleteBucketLifecycle Bucket Write Other, "s3:PutLifecycleConfiguration";
    DeleteBucketMetadataConfiguration Bucket Write Other, "s3:DeleteBucketMetadataTableConfiguration";
    DeleteBucketMetadataTableConfiguration Bucket Write Other, "s3:DeleteBucketMetadataTableConfiguration";
    DeleteBucketMetricsConfiguration Bucket Write Other, "s3:PutMetricsConfiguration";
    DeleteBucketOwnershipControls Bucket Write Other, "s3:PutBucketOwnershipControls";
    DeleteBucketPolicy Bucket Write Other, "s3:DeleteBucketPolicy";
    DeleteBucketReplication Bucket Write Other, "s3:PutReplicationConfiguration";
    DeleteBucketTagging Bucket Write Other, "s3:PutBucketTagging";
    DeleteBucketWebsite Bucket Write Other, "s3:DeleteBucketWebsite";
    DeleteObject Object Write Other, "s3:DeleteObject" / "s3:DeleteObjectVersion";
    DeleteObjectTagging Object Write Other, "s3:DeleteObjectTagging" / "s3:DeleteObjectVersionTagging";
    DeleteObjects Bucket Write Other, "s3:DeleteObject";
    DeletePublicAccessBlock Bucket Write Other, "s3:PutBucketPublicAccessBlock";
    GetBucketAbac Bucket Read Other, "s3:GetBucketAbac";
    GetBucketAccelerateConfiguration Bucket Read Other, "s3:GetAccelerateConfiguration";
    GetBucketAcl Bucket Read Other, "s3:GetBucketAcl";
    GetBucketAnalyticsConfiguration Bucket Read Other, "s3:GetAnalyticsConfiguration";
    GetBucketCors Bucket Read Other, "s3:GetBucketCORS";
    GetBucketEncryption Bucket Read Other, "s3:GetEncryptionConfiguration";
    GetBucketIntelligentTieringConfiguration Bucket Read Other, "s3:GetIntelligentTieringConfiguration";
    GetBucketInventoryConfiguration Bucket Read Other, "s3:GetInventoryConfiguration";
    GetBucketLifecycleConfiguration Bucket Read Other, "s3:GetLifecycleConfiguration";
    GetBucketLocation Bucket Read Other, "s3:GetBucketLocation";
    GetBucketLogging Bucket Read Other, "s3:GetBucketLogging";
    GetBucketMetadataConfiguration Bucket Read Other, "s3:GetBucketMetadataTableConfiguration";
    GetBucketMetadataTableConfiguration Bucket Read Other, "s3:GetBucketMetadataTableConfiguration";
    GetBucketMetricsConfiguration Bucket Read Other, "s3:GetMetricsConfiguration";
    GetBucketNotificationConfiguration Bucket Read Other, "s3:GetBucketNotification";
    GetBucketOwnershipControls Bucket Read Other, "s3:GetBucketOwnershipControls";
    GetBucketPolicy Bucket Read Other, "s3:GetBucketPolicy";
    GetBucketPolicyStatus Bucket Read Other, "s3:GetBucketPolicyStatus";
    GetBucketReplication Bucket Read Other, "s3:GetReplicationConfiguration";
    GetBucketRequestPayment Bucket Read Other, "s3:GetBucketRequestPayment";
    GetBucketTagging Bucket Read Other, "s3:GetBucketTagging";
    GetBucketVersioning Bucket Read Other, "s3:GetBucketVersioning";
    GetBucketWebsite Bucket Read Other, "s3:GetBucketWebsite";
    GetObject Object Read Data, "s3:GetObject" / "s3:GetObjectVersion";
    GetObjectAcl Object Read Other, "s3:GetObjectAcl" / "s3:GetObjectVersionAcl";
    GetObjectAttributes Object Read Other, "s3:GetObjectAttributes" / "s3:GetObjectVersionAttributes";
    GetObjectLegalHold Object Read Other, "s3:GetObjectLegalHold";
    GetObjectLockConfiguration Bucket Read Other, "s3:GetBucketObjectLockConfiguration";
    GetObjectRetention Object Read Other, "s3:GetObjectRetention";
    GetObjectTagging Object Read Other, "s3:GetObjectTagging" / "s3:GetObjectVersionTagging";
    GetObjectTorrent Object Read Other, "s3:GetObjectTorrent" / "s3:GetObjectVersionTorrent";
    GetPublicAccessBlock Bucket Read Other, "s3:GetBucketPublicAccessBlock";
    HeadBucket Bucket Read Other, "s3:ListBucket";
    HeadObject Object Read Data, "s3:GetObject" / "s3:GetObjectVersion";
    ListBucketAnalyticsConfigurations Bucket Read Other, "s3:GetAnalyticsConfiguration";
    ListBucketIntelligentTieringConfigurations Bucket Read Other, "s3:GetIntelligentTieringConfiguration";
    ListBucketInventoryConfigurations Bucket Read Other, "s3:GetInventoryConfiguration";
    ListBucketMetricsConfigurations Bucket Read Other, "s3:GetMetricsConfiguration";
    ListBuckets Service Read Other, "s3:ListAllMyBuckets";
    ListDirectoryBuckets Service Read Other, "s3express:ListAllMyDirectoryBuckets";
    ListMultipartUploads Bucket Read Other, "s3:ListBucketMultipartUploads";
    ListObjectVersions Bucket Read Other, "s3:ListBucketVersions";
    ListObjects Bucket Read Other, "s3:ListBucket";
    ListObjectsV2 Bucket Read Other, "s3:ListBucket";
    ListParts Object Read Data, "s3:ListMultipartUploadParts";
    PostObject Bucket Write Data, "s3:PutObject";
    PutBucketAbac Bucket Write Other, "s3:PutBucketAbac";
    PutBucketAccelerateConfiguration Bucket Write Other, "s3:PutAccelerateConfiguration";
    PutBucketAcl Bucket Write Other, "s3:PutBucketAcl";
    PutBucketAnalyticsConfiguration Bucket Write Other, "s3:PutAnalyticsConfiguration";
    PutBucketCors Bucket Write Other, "s3:PutBucketCORS";
    PutBucketEncryption Bucket Write Other, "s3:PutEncryptionConfiguration";
    PutBucketIntelligentTieringConfiguration Bucket Write Other, "s3:PutIntelligentTieringConfiguration";
    PutBucketInventoryConfiguration Bucket Write Other, "s3:PutInventoryConfiguration";
    PutBucketLifecycleConfiguration Bucket Write Other, "s3:PutLifecycleConfiguration";
    PutBucketLogging Bucket Write Other, "s3:PutBucketLogging";
    PutBucketMetricsConfiguration Bucket Write Other, "s3:PutMetricsConfiguration";
    PutBucketNotificationConfiguration Bucket Write Other, "s3:PutBucketNotification";
    PutBucketOwnershipControls Bucket Write Other, "s3:PutBucketOwnershipControls";
    PutBucketPolicy Bucket Write Other, "s3:PutBucketPolicy";
    PutBucketReplication Bucket Write Other, "s3:PutReplicationConfiguration";
    PutBucketRequestPayment Bucket Write Other, "s3:PutBucketRequestPayment";
    PutBucketTagging Bucket Write Other, "s3:PutBucketTagging";
    PutBucketVersioning Bucket Write Other, "s3:PutBucketVersioning";
    PutBucketWebsite Bucket Write Other, "s3:PutBucketWebsite";
    PutObject Object Write Data, "s3:PutObject";
    PutObjectAcl Object Write Other, "s3:PutObjectAcl" / "s3:PutObjectVersionAcl";
    PutObjectLegalHold Object Write Other, "s3:PutObjectLegalHold";
    PutObjectLockConfiguration Bucket Write Other, "s3:PutBucketObjectLockConfiguration";
    PutObjectRetention Object Write Other, "s3:PutObjectRetention";
    PutObjectTagging Object Write Other, "s3:PutObjectTagging" / "s3:PutObjectVersionTagging";
    PutPublicAccessBlock Bucket Write Other, "s3:PutBucketPublicAccessBlock";
    RenameObject Object Write Other, "s3express:CreateSession";
    RestoreObject Object Write Other, "s3:RestoreObject";
    SelectObjectContent Object Read Other, "s3:GetObject" / "s3:GetObjectVersion";
    UpdateBucketMetadataInventoryTableConfiguration Bucket Write Other, "s3:UpdateBucketMetadataInventoryTableConfiguration";
    UpdateBucketMetadataJournalTableConfiguration Bucket Write Other, "s3:UpdateBucketMetadataJournalTableConfiguration";
    UpdateObjectEncryption Object Write Other, "s3:UpdateObjectEncryption";
    UploadPart Object Write Data, "s3:PutObject";
    UploadPartCopy Object Write Other, "s3:PutObject";
    WriteGetObjectResponse Service Write Other, "s3-object-lambda:WriteGetObjectResponse";
}

impl Operation {
    /// AWS's name of the operation, such as `GetObject`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// What the operation is addressed to.
    #[must_use]
    pub const fn level(self) -> Level {
        self.facts().level
    }

    /// The IAM action that permits the operation on the current version; none for a CORS
    /// preflight, which is answered before anybody is authenticated.
    #[must_use]
    pub const fn iam_action(self) -> Option<&'static str> {
        self.facts().action
    }

    /// The IAM action that permits the operation when the request names a `versionId`.
    #[must_use]
    pub const fn iam_action_on_version(self) -> Option<&'static str> {
        match self.facts() {
            Facts {
                version_action: Some(action),
                ..
            } => Some(action),
            Facts { action, .. } => action,
        }
    }

    /// Whether the operation moves the bytes of the one object it is addressed to: get, head and
    /// put, the browser form and the multipart family. Copies are not, because they read another.
    #[must_use]
    pub const fn is_object_data(self) -> bool {
        matches!(self.facts().reach, Reach::Data)
    }

    /// Whether the operation changes nothing.
    #[must_use]
    pub const fn is_read_only(self) -> bool {
        matches!(self.facts().access, Access::Read)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
