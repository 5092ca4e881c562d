//! Who was at the other end, and who says so.

use std::net::IpAddr;

use countersign_gate::TlsVersion;
use serde::{Deserialize, Serialize};

use super::words;
use crate::Text;

/// The client of a request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'a"))]
pub struct Client<'a> {
    /// Its address; an IPv4 address that is mapped into IPv6 as the IPv4 address it is.
    pub address: IpAddr,
    /// Who says so.
    pub known_by: AddressSource,
    /// The country of that address: two capital letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Text<'a>>,
    /// The version of TLS; none over plain HTTP, or if a proxy ended it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "words::tls_version"
    )]
    pub tls_version: Option<TlsVersion>,
    /// The cipher suite, by the name that OpenSSL and AWS's logs have for it ([`cipher_suite_name`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_cipher: Option<Text<'a>>,
    /// What it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Text<'a>>,
    /// The page that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referer: Option<Text<'a>>,
    /// The host that the request was sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Text<'a>>,
}

/// Whose word an address is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressSource {
    /// A trusted proxy's, in a header.
    Forwarded,
    /// A trusted proxy's, by the PROXY protocol.
    ProxyProtocol,
    /// The socket's own.
    Socket,
}

impl Client<'_> {
    /// A client of whom the address is known.
    #[must_use]
    pub fn at(address: IpAddr, known_by: AddressSource) -> Self {
        Self {
            address: address.to_canonical(),
            known_by,
            country: None,
            tls_version: None,
            tls_cipher: None,
            user_agent: None,
            referer: None,
            host: None,
        }
    }
}

/// OpenSSL's name for a cipher suite, by its number at IANA; none for suites that are not offered.
///
/// ```
/// assert_eq!(countersign_audit::cipher_suite_name(0x1301), Some("TLS_AES_128_GCM_SHA256"));
/// assert_eq!(countersign_audit::cipher_suite_name(0xc02f), Some("ECDHE-RSA-AES128-GCM-SHA256"));
/// ```
#[must_use]
pub const fn cipher_suite_name(number: u16) -> Option<&'static str> {
    Some(match number {
        0x1301 => "TLS_AES_128_GCM_SHA256",
        0x1302 => "TLS_AES_256_GCM_SHA384",
        0x1303 => "TLS_CHACHA20_POLY1305_SHA256",
        0xC02B => "ECDHE-ECDSA-AES128-GCM-SHA256",
        0xC02C => "ECDHE-ECDSA-AES256-GCM-SHA384",
        0xC02F => "ECDHE-RSA-AES128-GCM-SHA256",
        0xC030 => "ECDHE-RSA-AES256-GCM-SHA384",
        0xCCA8 => "ECDHE-RSA-CHACHA20-POLY1305",
        0xCCA9 => "ECDHE-ECDSA-CHACHA20-POLY1305",
        _ => return None,
    })
}
