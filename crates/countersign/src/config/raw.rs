//! The configuration file as it is written: every key optional, unknown keys refused.
//!
//! Values are read into the type they mean at once, so that the TOML reader can say where a value
//! that makes no sense stands. Meaning across keys is checked in [`super::resolve`].

use std::net::SocketAddr;
use std::path::PathBuf;

use countersign_s3::BucketName;
use countersign_sigv4::AccessKeyId;
use countersign_state::{PolicyName, StateUrl, UserName};
use ipnet::IpNet;
use serde::Deserialize;

use super::byte_count::ByteCount;
use super::declared::{RawProvider, RawRole};
use super::duration::TimeSpan;
use super::{Durability, LogFormat, LogLevel, Profile, PublicUrl};

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConfig {
    pub(super) admin_listen: Option<Text<Listen>>,
    pub(super) cors: Option<RawCors>,
    pub(super) country: Option<RawCountry>,
    pub(super) oidc: Option<RawOidc>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) domains: Option<Vec<Text<Domain>>>,
    pub(super) guardrails: Option<RawGuardrails>,
    pub(super) issuer: Option<RawIssuer>,
    pub(super) limits: Option<RawLimits>,
    pub(super) listen: Option<Text<Listen>>,
    pub(super) log: Option<RawLog>,
    pub(super) profile: Option<Profile>,
    pub(super) oidc_provider: Option<Vec<RawProvider>>,
    pub(super) policies_dir: Option<PathBuf>,
    pub(super) proxy_protocol: Option<bool>,
    pub(super) public_url: Option<Text<PublicUrl>>,
    pub(super) region: Option<Text<Region>>,
    pub(super) revocation: Option<RawRevocation>,
    pub(super) role: Option<Vec<RawRole>>,
    pub(super) session: Option<RawSession>,
    pub(super) state: Option<RawState>,
    pub(super) store: Option<RawStore>,
    pub(super) tls_cert: Option<PathBuf>,
    pub(super) tls_key: Option<PathBuf>,
    pub(super) tls_self_signed: Option<bool>,
    pub(super) trusted_proxies: Option<Vec<Text<Network>>>,
    pub(super) user: Option<Vec<RawUser>>,
    pub(super) workers: Option<usize>,
}

/// `[limits]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) body_idle_timeout: Option<TimeSpan>,
    pub(super) drain_timeout: Option<TimeSpan>,
    pub(super) head_bytes: Option<ByteCount>,
    pub(super) idle_timeout: Option<TimeSpan>,
    pub(super) max_connections: Option<usize>,
    pub(super) max_object_bytes: Option<ByteCount>,
    pub(super) write_stall_timeout: Option<TimeSpan>,
}

/// `[guardrails]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGuardrails {
    pub(super) allow_dot_segments: Option<bool>,
    pub(super) allow_plain_http: Option<bool>,
    pub(super) allow_presigned_delete: Option<bool>,
    pub(super) allow_presigned_subresources: Option<bool>,
    pub(super) allow_root_presign: Option<bool>,
    pub(super) registered_only: Option<bool>,
    pub(super) allow_sigv2_forms: Option<bool>,
    pub(super) clock_skew: Option<TimeSpan>,
    pub(super) download_ttl: Option<TimeSpan>,
    pub(super) head_with_get: Option<bool>,
    pub(super) other_ttl: Option<TimeSpan>,
    pub(super) prefix: Option<Vec<RawPrefixCeiling>>,
    pub(super) redirect_origins: Option<Vec<Text<Origin>>>,
    pub(super) upload_ttl: Option<TimeSpan>,
}

/// `[[guardrails.prefix]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPrefixCeiling {
    pub(super) bucket: Text<Bucket>,
    pub(super) download_ttl: Option<TimeSpan>,
    pub(super) prefix: Option<String>,
    pub(super) upload_ttl: Option<TimeSpan>,
}

/// `[cors]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCors {
    pub(super) allowed_headers: Option<Vec<String>>,
    pub(super) allowed_origins: Option<Vec<String>>,
    pub(super) expose_headers: Option<Vec<String>>,
    pub(super) max_age: Option<TimeSpan>,
}

/// `[country]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCountry {
    pub(super) database: Option<PathBuf>,
}

/// `[issuer]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIssuer {
    pub(super) allowed_origins: Option<Vec<Text<Origin>>>,
    pub(super) bearer_role: Option<String>,
    pub(super) burst: Option<u32>,
    pub(super) default_ttl: Option<TimeSpan>,
    pub(super) enabled: Option<bool>,
    pub(super) links_per_second: Option<u32>,
    pub(super) listen: Option<Text<Listen>>,
    pub(super) live_links_per_principal: Option<u32>,
    pub(super) share_max: Option<TimeSpan>,
    pub(super) subject_burst: Option<u32>,
    pub(super) subject_links_per_second: Option<u32>,
}

/// `[oidc]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOidc {
    pub(super) allow_private_networks: Option<bool>,
    pub(super) ca_file: Option<PathBuf>,
}

/// `[revocation]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRevocation {
    pub(super) max_staleness: Option<TimeSpan>,
}

/// `[session]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSession {
    pub(super) rotation: Option<TimeSpan>,
}

/// `[state]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawState {
    pub(super) url: Option<Text<StateUrl>>,
}

/// `[store]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStore {
    pub(super) cache_bytes: Option<ByteCount>,
    pub(super) durability: Option<Durability>,
    pub(super) inline_max: Option<ByteCount>,
    pub(super) upload_max_age: Option<TimeSpan>,
}

/// `[log]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLog {
    pub(super) format: Option<LogFormat>,
    pub(super) level: Option<LogLevel>,
}

/// `[[user]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawUser {
    pub(super) access_key_id: Text<KeyId>,
    pub(super) name: Text<UserName>,
    pub(super) policies: Option<Vec<Text<PolicyName>>>,
    pub(super) secret_access_key_file: PathBuf,
}

/// A value that is written as text and parsed by its own rules.
#[derive(Clone, Debug)]
pub(super) struct Text<T>(pub(super) T);

impl<'de, T> Deserialize<'de> for Text<T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// Gives a type of elsewhere a parser whose message suits a configuration file.
macro_rules! parsed {
    ($(#[$doc:meta])* $name:ident($inner:ty) = $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(super) struct $name(pub(super) $inner);

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let parse: fn(&str) -> Result<$inner, String> = $parse;
                parse(text).map(Self)
            }
        }
    };
}

parsed!(
    /// A bucket name.
    Bucket(BucketName) = |text| BucketName::parse(text).map_err(|error| error.to_string())
);

parsed!(
    /// A base host for virtual-hosted addressing.
    Domain(String) = |text| match PublicUrl::host(text) {
        Some(host) => Ok(host),
        None => Err(format!("`{text}` is not a host name; write it without scheme and port")),
    }
);

parsed!(
    /// An access key id, in the shape AWS documents.
    KeyId(AccessKeyId) = |text| {
        let is_good = (3..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if is_good {
            Ok(AccessKeyId::new(text))
        } else {
            Err("an access key id has 3 to 128 letters, digits and underscores".to_owned())
        }
    }
);

parsed!(
    /// Where to listen.
    Listen(SocketAddr) = |text| text.parse().map_err(|_| {
        format!("`{text}` is not an address with a port, like \"127.0.0.1:9000\"")
    })
);

parsed!(
    /// A network, or one address.
    Network(IpNet) = |text| {
        let one = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
        text.parse().or_else(|_| one()).map_err(|_| {
            format!("`{text}` is not an address or a network like \"10.0.0.0/8\"")
        })
    }
);

parsed!(
    /// An origin of pages.
    Origin(PublicUrl) = |text| text.parse().map_err(|_| {
        format!("`{text}` is not an origin like \"https://app.example.com\"")
    })
);

parsed!(
    /// A region name.
    Region(String) = super::resolved::parse_region
);
