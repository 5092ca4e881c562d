//! Everything that is known of a request when it is decided upon.

use std::net::IpAddr;
use std::sync::Arc;

use countersign_request::{Query, RequestHead};
use countersign_s3::{Address, FieldError, Fields, ObjectKey, Operation, PostForm};
use countersign_sigv4::verify::VerificationKey;
use countersign_sigv4::{AmzDate, AnyClaim};

use crate::{BucketPolicy, BucketRef, Country, Credential, RevocationSet, Stranger};

/// One request, with what was looked up for it. Nothing in it is believed yet.
#[derive(Clone, Copy, Debug)]
pub struct Inquiry<'a> {
    /// The head as sent.
    pub head: &'a RequestHead<'a>,
    /// Its query, decoded.
    pub query: &'a Query,
    /// Its header fields, hoisted ones among them where that counts, as everybody after the gate reads them
    /// too; or why they cannot be read in one way.
    pub fields: Result<Fields<'a>, &'a FieldError>,
    /// What it is addressed to.
    pub address: &'a Address<'a>,
    /// What it asks for.
    pub operation: Operation,
    /// Who it says has signed; `None` if it is anonymous.
    pub claim: Option<&'a AnyClaim<'a>>,
    /// What was found for the claim's access key id and session token, or why nothing was.
    pub credential: Result<&'a Credential, Stranger>,
    /// The key that the claim is held against, derived from that credential; a decoy if there is none.
    pub key: Option<VerificationKey<'a>>,
    /// The bucket of that name, if it exists.
    pub bucket: Option<&'a BucketRef>,
    /// The policy of that bucket; `None` if there is no such bucket.
    pub bucket_policy: Option<&'a Arc<BucketPolicy>>,
    /// The tags of the objects that are asked for, if they were looked up: [`decide`](crate::decide) says
    /// when they are needed.
    pub existing_tags: Option<&'a ExistingTags>,
    /// What a copy asks to read; `None` for operations that are not copies.
    pub source: Option<&'a SourceInquiry<'a>>,
    /// The fields of a browser's form, with the name of its file in the key; `None` for operations
    /// that are no forms.
    pub form: Option<&'a PostForm>,
    /// How the request reached us.
    pub transport: Transport,
    /// The version of TLS; `None` over plain HTTP, or if a proxy ended it.
    pub tls: Option<TlsVersion>,
    /// The address it comes from, as far as anyone trustworthy says.
    pub client: IpAddr,
    /// The country of that address. It need be looked up only if something asks for it.
    pub country: Country,
    /// What is revoked; `None` if nobody can tell, and then nothing is served that could be.
    pub revocations: Option<&'a RevocationSet>,
    /// The time.
    pub now: AmzDate,
}

/// The object that a copy asks to read.
#[derive(Clone, Debug)]
pub struct SourceInquiry<'a> {
    /// The name of its bucket, as sent.
    pub bucket_name: &'a str,
    /// The bucket of that name, if it exists.
    pub bucket: Option<&'a BucketRef>,
    /// The policy of that bucket.
    pub bucket_policy: Option<&'a Arc<BucketPolicy>>,
    /// Its key.
    pub key: &'a ObjectKey,
    /// The version asked for.
    pub version: Option<&'a str>,
}

/// The tags of objects as they are. An object that is not there has none.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ExistingTags {
    /// Those of the object that the request is addressed to; `None` if they were not looked up.
    pub target: Option<Vec<(String, String)>>,
    /// Those of the object that a copy reads; `None` if they were not looked up.
    pub source: Option<Vec<(String, String)>>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TlsVersion {
    /// 1.2
    V1_2,
    /// 1.3
    V1_3,
}

impl TlsVersion {
    /// The version as `s3:TlsVersion` has it.
    pub(crate) const fn number(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }
}

/// How a request reached us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transport {
    /// Over plain HTTP from this very machine.
    Loopback,
    /// Over plain HTTP from anywhere else.
    Plain,
    /// Over TLS, ended here or at a trusted proxy that says so.
    Secure,
}
