//! Where a call to a service beside S3 comes from.

use std::net::IpAddr;

use crate::{TlsVersion, Transport};

/// The client of a call, as far as anyone trustworthy says, and the host it was sent to. A listener attaches
/// it to every request that it hands to a service beside S3; only what stands here may be believed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CallOrigin {
    /// The client's address.
    pub address: IpAddr,
    /// How the call travelled.
    pub transport: Transport,
    /// The version of TLS; `None` over plain HTTP, or if a proxy ended it.
    pub tls: Option<TlsVersion>,
    /// Host and port as the client sent them, and so as it signed them.
    pub authority: Box<str>,
}
