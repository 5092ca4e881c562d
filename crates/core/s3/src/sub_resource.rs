//! The query parameters that mean something to S3.
//!
//! A sub-resource turns a request into another operation by its mere presence (`?acl`); a parameter
//! only qualifies one (`prefix`, `versionId`). Names are case-sensitive. What is in neither list has
//! no meaning to S3 and is ignored, as is everything that begins with `x-` and is not hoisted.
//!
//! INVARIANT: every parameter that a handler reads stands in one of these two lists, so that the
//! recognizer can refuse a request that carries it twice.

macro_rules! sub_resources {
    ($($name:ident $text:literal;)*) => {
        /// A query parameter that selects an operation by being there.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum SubResource {
            $(#[doc = concat!("`?", $text, "`.")] $name,)*
        }

        impl SubResource {
            /// Every sub-resource, by name.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The parameter's name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

sub_resources! {
    Abac "abac";
    Accelerate "accelerate";
    Acl "acl";
    Analytics "analytics";
    Attributes "attributes";
    Cors "cors";
    Delete "delete";
    Encryption "encryption";
    IntelligentTiering "intelligent-tiering";
    Inventory "inventory";
    LegalHold "legal-hold";
    Lifecycle "lifecycle";
    Location "location";
    Logging "logging";
    MetadataConfiguration "metadataConfiguration";
    MetadataInventoryTable "metadataInventoryTable";
    MetadataJournalTable "metadataJournalTable";
    MetadataTable "metadataTable";
    Metrics "metrics";
    Notification "notification";
    ObjectLock "object-lock";
    OwnershipControls "ownershipControls";
    Policy "policy";
    PolicyStatus "policyStatus";
    PublicAccessBlock "publicAccessBlock";
    RenameObject "renameObject";
    Replication "replication";
    RequestPayment "requestPayment";
    Restore "restore";
    Retention "retention";
    Select "select";
    Session "session";
    Tagging "tagging";
    Torrent "torrent";
    UploadId "uploadId";
    Uploads "uploads";
    Versioning "versioning";
    Versions "versions";
    Website "website";
}

/// Parameters that qualify an operation.
pub(crate) const PARAMETERS: [&str; 28] = [
    "bucket-region",
    "continuation-token",
    "delimiter",
    "encoding-type",
    "fetch-owner",
    "id",
    "key-marker",
    "list-type",
    "marker",
    "max-buckets",
    "max-directory-buckets",
    "max-keys",
    "max-parts",
    "max-uploads",
    "part-number-marker",
    "partNumber",
    "prefix",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "select-type",
    "start-after",
    "upload-id-marker",
    "version-id-marker",
    "versionId",
];

/// What a query parameter's name means, found without regard to case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Meaning {
    /// It selects an operation.
    SubResource(SubResource),
    /// It qualifies one.
    Parameter(&'static str),
}

impl Meaning {
    /// The meaning of `name` in any case, with the meaning's own number below 128.
    pub(crate) fn of(name: &str) -> Option<(u32, Self)> {
        let sub_resources = SubResource::ALL
            .iter()
            .map(|s| (s.name(), Self::SubResource(*s)));
        let parameters = PARAMETERS.iter().map(|p| (*p, Self::Parameter(p)));
        (0u32..)
            .zip(sub_resources.chain(parameters))
            .find(|(_, (text, _))| text.eq_ignore_ascii_case(name))
            .map(|(number, (_, meaning))| (number, meaning))
    }

    /// The name as S3 spells it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SubResource(sub_resource) => sub_resource.name(),
            Self::Parameter(name) => name,
        }
    }
}

#[cfg(test)]
mod tests;
