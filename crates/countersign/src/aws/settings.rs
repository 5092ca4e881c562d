//! Region, endpoint and the few settings that shape an S3 address.

use super::{Environment, ProfileChoice, SharedFiles};

/// What environment and profile say about S3 addresses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Settings {
    /// The region.
    pub(crate) region: Option<String>,
    /// The server to use instead of AWS.
    pub(crate) endpoint_url: Option<String>,
    /// `auto`, `path` or `virtual`.
    pub(crate) addressing_style: Option<String>,
    /// Whether to use FIPS endpoints.
    pub(crate) fips: bool,
    /// Whether to use endpoints with IPv6.
    pub(crate) dual_stack: bool,
}

/// Collects the settings, the environment going before the profile.
pub(crate) fn find_settings(
    environment: Environment<'_>,
    files: &SharedFiles,
    profile: &ProfileChoice,
) -> Settings {
    let in_profile = |key: &str| files.in_config(&profile.name, key).map(str::to_owned);
    let in_s3 = |key: &str| files.nested(&profile.name, "s3", key).map(str::to_owned);
    let says_true = |value: Option<String>| value.is_some_and(|v| v.eq_ignore_ascii_case("true"));
    Settings {
        region: environment
            .first(&["AWS_REGION", "AWS_DEFAULT_REGION"])
            .or_else(|| in_profile("region")),
        endpoint_url: endpoint_url(environment, files, profile),
        addressing_style: in_s3("addressing_style"),
        fips: environment.says_true("AWS_USE_FIPS_ENDPOINT")
            || says_true(in_profile("use_fips_endpoint")),
        dual_stack: environment.says_true("AWS_USE_DUALSTACK_ENDPOINT")
            || says_true(in_profile("use_dualstack_endpoint"))
            || says_true(in_s3("use_dualstack_endpoint")),
    }
}

/// In the order of the reference guide's "Service-specific endpoints".
fn endpoint_url(
    environment: Environment<'_>,
    files: &SharedFiles,
    profile: &ProfileChoice,
) -> Option<String> {
    let in_profile = |key: &str| files.in_config(&profile.name, key).map(str::to_owned);
    let ignored = environment.says_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        || in_profile("ignore_configured_endpoint_urls")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if ignored {
        return None;
    }
    let of_service = || {
        let services = in_profile("services")?;
        files
            .in_services(&services, "s3", "endpoint_url")
            .map(str::to_owned)
    };
    environment
        .first(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])
        .or_else(of_service)
        .or_else(|| in_profile("endpoint_url"))
}
