//! The tables of the file, each merged with its defaults and checked.

use std::time::Duration;

use countersign_s3::cors::{CorsConfiguration, CorsRule};

use crate::config::byte_count::ByteCount;
use crate::config::duration::TimeSpan;
use crate::config::raw::{
    RawCors, RawCountry, RawGuardrails, RawIssuer, RawLimits, RawLog, RawOidc, RawRevocation,
    RawSession, RawStore,
};
use crate::config::source::Source;
use crate::config::{
    ConfigError, Country, Guardrails, Issuer, Limits, Log, Oidc, PrefixCeiling, Revocation,
    Session, Store,
};

const A_WEEK: Duration = Duration::from_secs(604_800);
const AN_HOUR: Duration = Duration::from_secs(3_600);
const SMALLEST_HEAD: u64 = 4 << 10;
const LARGEST_HEAD: u64 = 1 << 20;
/// Uploads under way must not be swept from under their clients.
const SHORTEST_UPLOAD: Duration = Duration::from_secs(3600);
/// The state is asked five times a second.
const SHORTEST_STALENESS: Duration = Duration::from_secs(1);
/// Replaced keys are kept for eight days, so their number is what bounds this from below.
const ROTATION_BOUNDS: std::ops::RangeInclusive<Duration> = Duration::from_secs(600)..=A_WEEK;
const LARGEST_INLINE: u64 = 1 << 20;

/// `[limits]`
pub(super) fn limits(raw: RawLimits, source: &Source) -> Result<Limits, ConfigError> {
    let defaults = Limits::default();
    let limits = Limits {
        max_connections: raw.max_connections.unwrap_or(defaults.max_connections),
        head_bytes: bytes(raw.head_bytes, defaults.head_bytes),
        idle_timeout: time(raw.idle_timeout, defaults.idle_timeout),
        body_idle_timeout: time(raw.body_idle_timeout, defaults.body_idle_timeout),
        write_stall_timeout: time(raw.write_stall_timeout, defaults.write_stall_timeout),
        drain_timeout: time(raw.drain_timeout, defaults.drain_timeout),
        max_object_bytes: bytes(raw.max_object_bytes, defaults.max_object_bytes),
    };
    let above_zero = "above zero";
    let checks = [
        (limits.max_connections > 0, "max_connections", above_zero),
        (
            (SMALLEST_HEAD..=LARGEST_HEAD).contains(&limits.head_bytes),
            "head_bytes",
            "between 4 KiB and 1 MiB",
        ),
        (!limits.idle_timeout.is_zero(), "idle_timeout", above_zero),
        (
            !limits.body_idle_timeout.is_zero(),
            "body_idle_timeout",
            above_zero,
        ),
        (
            !limits.write_stall_timeout.is_zero(),
            "write_stall_timeout",
            above_zero,
        ),
        (limits.max_object_bytes > 0, "max_object_bytes", above_zero),
    ];
    check(&checks, &["limits"], source)?;
    Ok(limits)
}

/// `[guardrails]`: an unset one stays unset.
pub(super) fn guardrails(raw: RawGuardrails, source: &Source) -> Result<Guardrails, ConfigError> {
    let ceilings = [
        (is_a_life(raw.download_ttl), "download_ttl", LIFE),
        (is_a_life(raw.upload_ttl), "upload_ttl", LIFE),
        (is_a_life(raw.other_ttl), "other_ttl", LIFE),
    ];
    check(&ceilings, &["guardrails"], source)?;
    let prefixes = raw.prefix.unwrap_or_default();
    for (index, prefix) in prefixes.iter().enumerate() {
        let ceilings = [
            (is_a_life(prefix.download_ttl), "download_ttl", LIFE),
            (is_a_life(prefix.upload_ttl), "upload_ttl", LIFE),
        ];
        check(
            &ceilings,
            &["guardrails", "prefix", &index.to_string()],
            source,
        )?;
    }
    let span = |typed: Option<TimeSpan>| typed.map(|span| span.0);
    Ok(Guardrails {
        download_ttl: span(raw.download_ttl),
        upload_ttl: span(raw.upload_ttl),
        other_ttl: span(raw.other_ttl),
        clock_skew: span(raw.clock_skew),
        allow_presigned_delete: raw.allow_presigned_delete,
        allow_presigned_subresources: raw.allow_presigned_subresources,
        allow_dot_segments: raw.allow_dot_segments,
        allow_plain_http: raw.allow_plain_http,
        head_with_get: raw.head_with_get,
        allow_root_presign: raw.allow_root_presign,
        registered_only: raw.registered_only,
        allow_sigv2_forms: raw.allow_sigv2_forms,
        redirect_origins: raw
            .redirect_origins
            .map(|origins| origins.into_iter().map(|origin| origin.0.0).collect()),
        prefixes: prefixes
            .into_iter()
            .map(|prefix| PrefixCeiling {
                bucket: prefix.bucket.0.0,
                prefix: prefix.prefix.unwrap_or_default(),
                download_ttl: span(prefix.download_ttl),
                upload_ttl: span(prefix.upload_ttl),
            })
            .collect(),
    })
}

/// `[issuer]`
pub(super) fn issuer(raw: RawIssuer, source: &Source) -> Result<Issuer, ConfigError> {
    let defaults = Issuer::default();
    let issuer = Issuer {
        enabled: raw.enabled.unwrap_or(defaults.enabled),
        listen: raw.listen.map(|listen| listen.0.0),
        bearer_role: raw.bearer_role,
        share_max: time(raw.share_max, defaults.share_max),
        default_ttl: time(raw.default_ttl, defaults.default_ttl),
        links_per_second: raw.links_per_second.unwrap_or(defaults.links_per_second),
        burst: raw.burst.unwrap_or(defaults.burst),
        subject_links_per_second: raw
            .subject_links_per_second
            .unwrap_or(defaults.subject_links_per_second),
        subject_burst: raw.subject_burst.unwrap_or(defaults.subject_burst),
        live_links_per_principal: raw
            .live_links_per_principal
            .unwrap_or(defaults.live_links_per_principal),
        allowed_origins: raw
            .allowed_origins
            .unwrap_or_default()
            .into_iter()
            .map(|origin| origin.0.0)
            .collect(),
    };
    let above_zero = "above zero";
    let a_year = Duration::from_secs(countersign_issuer::SHARE_MAX_S.into());
    let checks = [
        (is_a_life(raw.default_ttl), "default_ttl", LIFE),
        (
            (Duration::from_secs(1)..=a_year).contains(&issuer.share_max),
            "share_max",
            "between one second and 365 days",
        ),
        (issuer.links_per_second > 0, "links_per_second", above_zero),
        (issuer.burst > 0, "burst", above_zero),
        (
            issuer.subject_links_per_second > 0,
            "subject_links_per_second",
            above_zero,
        ),
        (issuer.subject_burst > 0, "subject_burst", above_zero),
        (
            issuer.live_links_per_principal > 0,
            "live_links_per_principal",
            above_zero,
        ),
    ];
    check(&checks, &["issuer"], source)?;
    Ok(issuer)
}

const LIFE: &str = "between one second and seven days";

fn is_a_life(span: Option<TimeSpan>) -> bool {
    span.is_none_or(|span| (Duration::from_secs(1)..=A_WEEK).contains(&span.0))
}

/// `[cors]`: one rule for every bucket; none if no origin is named.
pub(super) fn cors(
    raw: RawCors,
    source: &Source,
) -> Result<Option<CorsConfiguration>, ConfigError> {
    let Some(allowed_origins) = raw.allowed_origins.filter(|origins| !origins.is_empty()) else {
        return Ok(None);
    };
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let max_age = time(raw.max_age, AN_HOUR).as_secs();
    let rule = CorsRule {
        id: None,
        allowed_origins,
        allowed_methods: owned(&["DELETE", "GET", "HEAD", "POST", "PUT"]),
        allowed_headers: raw.allowed_headers.unwrap_or_else(|| owned(&["*"])),
        expose_headers: raw.expose_headers.unwrap_or_else(|| owned(&EXPOSED)),
        max_age_s: Some(u32::try_from(max_age).unwrap_or(u32::MAX)),
    };
    CorsConfiguration::new(vec![rule])
        .map(Some)
        .map_err(|reason| ConfigError::Cors {
            at: source.place_of(&["cors"]),
            reason,
        })
}

/// What a script needs of an answer: how uploads are verified, which version it is about, and what
/// support asks for.
const EXPOSED: [&str; 10] = [
    "ETag",
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
    "x-amz-checksum-type",
    "x-amz-delete-marker",
    "x-amz-request-id",
    "x-amz-version-id",
];

/// `[country]`
pub(super) fn country(raw: RawCountry, source: &Source) -> Country {
    Country {
        database: raw.database.map(|path| source.beside(&path)),
    }
}

/// `[store]`
pub(super) fn store(raw: RawStore, source: &Source) -> Result<Store, ConfigError> {
    let defaults = Store::default();
    let store = Store {
        durability: raw.durability.unwrap_or(defaults.durability),
        cache_bytes: bytes(raw.cache_bytes, defaults.cache_bytes),
        inline_max: bytes(raw.inline_max, defaults.inline_max),
        upload_max_age: time(raw.upload_max_age, defaults.upload_max_age),
    };
    let checks = [
        (
            store.inline_max <= LARGEST_INLINE,
            "inline_max",
            "1 MiB or less",
        ),
        (
            store.upload_max_age >= SHORTEST_UPLOAD,
            "upload_max_age",
            "an hour or more",
        ),
    ];
    check(&checks, &["store"], source)?;
    Ok(store)
}

/// `[oidc]`
pub(super) fn oidc(raw: RawOidc, source: &Source) -> Oidc {
    Oidc {
        allow_private_networks: raw.allow_private_networks.unwrap_or_default(),
        ca_file: raw.ca_file.map(|path| source.beside(&path)),
    }
}

/// `[revocation]`
pub(super) fn revocation(raw: RawRevocation, source: &Source) -> Result<Revocation, ConfigError> {
    let defaults = Revocation::default();
    let revocation = Revocation {
        max_staleness: time(raw.max_staleness, defaults.max_staleness),
    };
    let is_good = (SHORTEST_STALENESS..=AN_HOUR).contains(&revocation.max_staleness);
    let checks = [(is_good, "max_staleness", "between one second and one hour")];
    check(&checks, &["revocation"], source)?;
    Ok(revocation)
}

/// `[session]`
pub(super) fn session(raw: RawSession, source: &Source) -> Result<Session, ConfigError> {
    let session = Session {
        rotation: time(raw.rotation, Session::default().rotation),
    };
    let is_good = ROTATION_BOUNDS.contains(&session.rotation);
    let checks = [(is_good, "rotation", "between ten minutes and a week")];
    check(&checks, &["session"], source)?;
    Ok(session)
}

/// `[log]`
pub(super) fn log(raw: RawLog) -> Log {
    Log {
        level: raw.level.unwrap_or_default(),
        format: raw.format.unwrap_or_default(),
    }
}

/// Refuses the first of these settings below `table` that does not hold.
fn check(
    checks: &[(bool, &'static str, &'static str)],
    table: &[&str],
    source: &Source,
) -> Result<(), ConfigError> {
    match checks.iter().find(|(holds, _, _)| !holds) {
        None => Ok(()),
        Some((_, key, allowed)) => {
            let path: Vec<&str> = table.iter().copied().chain([*key]).collect();
            Err(ConfigError::OutOfRange {
                at: source.place_of(&path),
                key,
                allowed,
            })
        }
    }
}

fn bytes(written: Option<ByteCount>, default: u64) -> u64 {
    written.map_or(default, |count| count.0)
}

fn time(written: Option<TimeSpan>, default: Duration) -> Duration {
    written.map_or(default, |span| span.0)
}
