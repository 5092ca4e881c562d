//! The configuration in the words of the parts: edge, gate and object store.

use std::time::Duration;

use countersign_edge::{Limits, Settings, TlsSource};
use countersign_gate::{FormRedirects, Guardrails, PrefixCeiling};
use countersign_objects::{Durability, Options};

use crate::config::{self, Config, Profile, Store, Tls};

/// The longest token that STS takes, in bytes.
const LONGEST_WEB_IDENTITY_TOKEN: usize = 20_000;

/// What the edge is started with.
pub(super) fn edge(config: &Config) -> Settings {
    Settings {
        listen: config.listen,
        admin_listen: config.admin_listen,
        issuer_listen: config.issuer.listen.filter(|_| config.issuer.enabled),
        workers: config.workers,
        region: config.region.clone(),
        guardrails: guardrails(config.profile, &config.guardrails),
        public_authority: config.public_url.as_ref().map(|url| url.authority.clone()),
        base_hosts: config.domains.clone(),
        tls: config.tls.as_ref().map(|tls| tls_source(tls, config)),
        trusted_proxies: config.trusted_proxies.clone(),
        proxy_protocol: config.proxy_protocol,
        country_table: config.country.database.clone(),
        limits: limits(&config.limits),
        cors: config.cors.clone(),
    }
}

/// What the directory is opened with.
pub(super) fn directory(config: &Config) -> countersign_directory::Options {
    countersign_directory::Options {
        region: config.region.clone(),
        max_staleness: config.revocation.max_staleness,
        rotation: config.session.rotation,
    }
}

/// How tokens of identity providers are verified.
pub(super) fn oidc(config: &Config) -> countersign_oidc::Options {
    countersign_oidc::Options {
        allow_private_networks: config.oidc.allow_private_networks,
        ca_file: config.oidc.ca_file.clone(),
        max_token_bytes: LONGEST_WEB_IDENTITY_TOKEN,
        ..countersign_oidc::Options::default()
    }
}

/// How the object store is opened.
pub(super) fn objects(store: &Store) -> Options {
    Options {
        durability: match store.durability {
            config::Durability::Full => Durability::Full,
            config::Durability::Relaxed => Durability::Relaxed,
        },
        inline_max: usize::try_from(store.inline_max).unwrap_or(usize::MAX),
        cache_bytes: store.cache_bytes,
        upload_max_age: store.upload_max_age,
        ..Options::default()
    }
}

/// The profile's guardrails with every override in place.
fn guardrails(profile: Profile, set: &config::Guardrails) -> Guardrails {
    let base = match profile {
        Profile::Safe => Guardrails::safe(),
        Profile::S3 => Guardrails::s3(),
    };
    let or = |span: Option<Duration>, default: u32| span.map_or(default, seconds);
    Guardrails {
        download_ttl_s: or(set.download_ttl, base.download_ttl_s),
        upload_ttl_s: or(set.upload_ttl, base.upload_ttl_s),
        other_ttl_s: or(set.other_ttl, base.other_ttl_s),
        clock_skew_s: or(set.clock_skew, base.clock_skew_s),
        prefixes: set.prefixes.iter().map(prefix_ceiling).collect(),
        presigned_delete: set.allow_presigned_delete.unwrap_or(base.presigned_delete),
        presigned_sub_resources: set
            .allow_presigned_subresources
            .unwrap_or(base.presigned_sub_resources),
        registered_only: set.registered_only.unwrap_or(base.registered_only),
        root_presign: set.allow_root_presign.unwrap_or(base.root_presign),
        dot_segments: set.allow_dot_segments.unwrap_or(base.dot_segments),
        plain_http: set.allow_plain_http.unwrap_or(base.plain_http),
        head_with_get: set.head_with_get.unwrap_or(base.head_with_get),
        sigv2_forms: set.allow_sigv2_forms.unwrap_or(base.sigv2_forms),
        form_redirects: match &set.redirect_origins {
            None => base.form_redirects,
            Some(origins) => {
                FormRedirects::Origins(origins.iter().map(ToString::to_string).collect())
            }
        },
        ..base
    }
}

fn prefix_ceiling(set: &config::PrefixCeiling) -> PrefixCeiling {
    PrefixCeiling {
        bucket: set.bucket.as_str().to_owned(),
        prefix: set.prefix.clone(),
        download_ttl_s: set.download_ttl.map(seconds),
        upload_ttl_s: set.upload_ttl.map(seconds),
    }
}

fn limits(set: &config::Limits) -> Limits {
    Limits {
        connections: set.max_connections,
        head_bytes: usize::try_from(set.head_bytes).unwrap_or(usize::MAX),
        object_bytes: set.max_object_bytes,
        head_time: set.idle_timeout,
        body_idle_time: set.body_idle_timeout,
        write_stall_time: set.write_stall_timeout,
        drain_time: set.drain_timeout,
    }
}

fn tls_source(tls: &Tls, config: &Config) -> TlsSource {
    match tls {
        Tls::Files { cert, key } => TlsSource::Files {
            certificate: cert.clone(),
            key: key.clone(),
        },
        Tls::SelfSigned => TlsSource::SelfSigned {
            names: names(config),
        },
    }
}

/// Every name under which a self-signed certificate is asked for.
fn names(config: &Config) -> Vec<String> {
    let mut names = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    let address = config.listen.ip();
    if !address.is_unspecified() && !address.is_loopback() {
        names.push(address.to_string());
    }
    names.extend(
        config
            .public_url
            .as_ref()
            .map(|url| url.host_name().to_owned()),
    );
    names.extend(
        config
            .domains
            .iter()
            .flat_map(|domain| [domain.clone(), format!("*.{domain}")]),
    );
    names
}

fn seconds(span: Duration) -> u32 {
    u32::try_from(span.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{edge, guardrails};
    use crate::config::{self, Guardrails, Overrides, Profile};
    use countersign_gate::FormRedirects;
    use std::time::Duration;

    #[test]
    fn an_unset_guardrail_is_the_profiles_and_a_set_one_is_not() {
        let set = Guardrails {
            upload_ttl: Some(Duration::from_secs(60)),
            allow_presigned_delete: Some(true),
            ..Guardrails::default()
        };
        let safe = guardrails(Profile::Safe, &set);
        assert_eq!((safe.download_ttl_s, safe.upload_ttl_s), (900, 60));
        assert!(safe.presigned_delete && !safe.root_presign);
        assert_eq!(guardrails(Profile::S3, &set).download_ttl_s, 604_800);
    }

    #[test]
    fn a13_forms_of_version_2_are_taken_where_the_profile_or_the_setting_says() {
        for (set, safe, s3) in [
            (None, false, true),
            (Some(true), true, true),
            (Some(false), false, false),
        ] {
            let set = Guardrails {
                allow_sigv2_forms: set,
                ..Guardrails::default()
            };
            assert_eq!(guardrails(Profile::Safe, &set).sigv2_forms, safe);
            assert_eq!(guardrails(Profile::S3, &set).sigv2_forms, s3);
        }
    }

    #[test]
    fn e9_redirects_go_where_the_profile_or_the_list_says() {
        let unset = Guardrails::default();
        let nowhere = FormRedirects::Origins(Vec::new());
        assert_eq!(guardrails(Profile::Safe, &unset).form_redirects, nowhere);
        let anywhere = FormRedirects::Anywhere;
        assert_eq!(guardrails(Profile::S3, &unset).form_redirects, anywhere);
        let set = Guardrails {
            redirect_origins: Some(vec!["HTTPS://App.example.com:443/".parse().unwrap()]),
            ..Guardrails::default()
        };
        // Spelled as the origin of a redirect is.
        let page = countersign_s3::Redirect::parse("https://app.example.com/done").unwrap();
        let listed = FormRedirects::Origins(vec![page.origin().to_owned()]);
        for profile in [Profile::Safe, Profile::S3] {
            assert_eq!(guardrails(profile, &set).form_redirects, listed);
        }
    }

    #[test]
    fn a_self_signed_certificate_is_good_for_every_configured_name() {
        let typed = Overrides {
            tls_self_signed: Some(true),
            public_url: Some("https://files.example.com:8443".parse().unwrap()),
            ..Overrides::default()
        };
        let config = config::load(None, typed).unwrap().config;
        let settings = edge(&config);
        let names = format!("{:?}", settings.tls);
        assert!(
            names.contains("\"localhost\"") && names.contains("\"files.example.com\""),
            "{names}"
        );
        assert_eq!(
            settings.public_authority.as_deref(),
            Some("files.example.com:8443")
        );
    }
}
