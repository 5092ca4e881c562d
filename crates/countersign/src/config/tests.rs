use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use super::resolve::resolve;
use super::source::Source;
use super::{
    Config, ConfigError, Durability, Loaded, LogFormat, LogLevel, Overrides, Profile, Tls,
};

fn loaded(text: &str, typed: Overrides) -> Result<Loaded, ConfigError> {
    let source = Source::of("/etc/countersign.toml", text);
    resolve(source.parse()?, typed, &source)
}

fn config(text: &str) -> Config {
    loaded(text, Overrides::default()).unwrap().config
}

fn message(text: &str) -> String {
    loaded(text, Overrides::default()).unwrap_err().to_string()
}

#[test]
fn nothing_needs_to_be_configured() {
    let config = super::load(None, Overrides::default()).unwrap().config;
    assert_eq!(config.data_dir, Path::new("./countersign-data"));
    assert_eq!(config.listen.to_string(), "127.0.0.1:9000");
    assert_eq!(config.admin_listen.to_string(), "127.0.0.1:9001");
    assert_eq!(config.region, "us-east-1");
    assert_eq!(config.profile, Profile::Safe);
    assert_eq!(config.tls, None);
    assert_eq!(config.limits.head_bytes, 32_768);
    assert_eq!(config.store.durability, Durability::Full);
    assert_eq!(config.guardrails.download_ttl, None);
}

#[test]
fn every_documented_key_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret");
    std::fs::write(&secret, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n").unwrap();
    let text = include_str!("tests/every_key.toml")
        .replace("@SECRET_FILE@", &secret.display().to_string());
    let config = config(&text);
    assert_eq!(config.data_dir, Path::new("/etc/data"));
    assert_eq!(
        config.tls,
        Some(Tls::Files {
            cert: "/etc/tls/chain.pem".into(),
            key: "/run/key.pem".into(),
        })
    );
    assert_eq!(
        config.public_url.as_ref().unwrap().to_string(),
        "https://files.example.com"
    );
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.trusted_proxies[1].to_string(), "::1/128");
    assert_eq!(config.limits.write_stall_timeout, Duration::from_secs(5));
    assert_eq!(config.issuer.share_max, Duration::from_secs(90 * 86_400));
    assert_eq!(config.issuer.bearer_role.as_deref(), Some("ci"));
    assert_eq!(
        (config.issuer.links_per_second, config.issuer.subject_burst),
        (50, 5)
    );
    assert_eq!(config.limits.max_object_bytes, 1 << 40);
    assert_eq!(
        config.guardrails.download_ttl,
        Some(Duration::from_secs(5_400))
    );
    assert_eq!(config.guardrails.allow_plain_http, Some(false));
    assert_eq!(config.guardrails.allow_sigv2_forms, Some(false));
    assert_eq!(config.guardrails.prefixes[0].prefix, "reports/");
    let origins = config.guardrails.redirect_origins.unwrap();
    assert_eq!(origins[1].to_string(), "http://localhost:3000");
    let rules = config.cors.unwrap().rules().to_vec();
    assert_eq!(rules[0].allowed_origins, ["https://app.example.com"]);
    assert_eq!(rules[0].max_age_s, Some(3_600));
    assert_eq!(
        config.state.url.to_string(),
        "postgres://db.example.com/countersign"
    );
    assert_eq!(config.store.durability, Durability::Relaxed);
    assert_eq!(config.log.level, LogLevel::Debug);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.users[0].name.as_str(), "reports");
    assert_eq!(
        config.users[0].secret.expose(),
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    );
}

#[test]
fn what_is_typed_wins_over_the_file_and_the_file_over_the_default() {
    let typed = Overrides {
        listen: Some("0.0.0.0:80".parse().unwrap()),
        profile: Some(Profile::S3),
        ..Overrides::default()
    };
    let text = "listen = '127.0.0.1:1'\nadmin_listen = '127.0.0.1:2'\nprofile = 'safe'";
    let config = loaded(text, typed).unwrap().config;
    assert_eq!(config.listen.port(), 80);
    assert_eq!(config.admin_listen.port(), 2);
    assert_eq!(config.profile, Profile::S3);
    assert_eq!(config.region, "us-east-1");
}

#[test]
fn a_typed_certificate_replaces_all_tls_settings_of_the_file() {
    let typed = Overrides {
        tls_self_signed: Some(true),
        ..Overrides::default()
    };
    let config = loaded("tls_cert = 'a'\ntls_key = 'b'", typed)
        .unwrap()
        .config;
    assert_eq!(config.tls, Some(Tls::SelfSigned));
}

#[test]
fn mistakes_are_named_with_line_key_and_hint() {
    let messages: Vec<String> = [
        "datadir = '/x'",
        "\n[limits]\nhead_byte = 1",
        "[[user]]\nname = 'a'\naccess_key = 'b'",
        "profile = 'save'",
        "\n\nlisten = 'localhost'",
        "[limits]\nhead_bytes = '64 KB'",
        "[guardrails]\ndownload_ttl = 'soon'",
        "[guardrails]\ndownload_ttl = '8d'",
        "[[guardrails.prefix]]\nbucket = 'photos'\n[[guardrails.prefix]]\nbucket = 'b_d'",
        "[[guardrails.prefix]]\nbucket = 'photos'\nupload_ttl = 0",
        "[guardrails]\nredirect_origins = ['https://a.example.com', 'https://b.example.com/done']",
        "[limits]\nmax_connections = 0",
        "[limits]\nmax_connections = 'many'",
        "workers = -1",
        "tls_cert = 'chain.pem'",
        "tls_cert = 'chain.pem'\ntls_key = 'key.pem'\ntls_self_signed = true",
        "proxy_protocol = true",
        "trusted_proxies = ['10.0.0.0/8', 'proxy']",
        "public_url = 'https://example.com/s3'",
        "region = 'EU'",
        "domains = ['s3.example.com:9000']",
        "[cors]\nallowed_origins = ['https://*.example.*']",
        "listen = ",
        "region = 'a'\nregion = 'b'",
        "[[user]]\nname = 'a'",
    ]
    .into_iter()
    .map(message)
    .collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    /etc/countersign.toml:1: unknown key `datadir` (did you mean `data_dir`?)
    /etc/countersign.toml:3: unknown key `limits.head_byte` (did you mean `head_bytes`?)
    /etc/countersign.toml:3: unknown key `user.access_key` (did you mean `access_key_id`?)
    /etc/countersign.toml:1: `profile`: unknown variant `save`, expected `safe` or `s3` (did you mean `safe`?)
    /etc/countersign.toml:3: `listen`: `localhost` is not an address with a port, like "127.0.0.1:9000"
    /etc/countersign.toml:2: `limits.head_bytes`: `64 KB` is not a size; write bytes as a number, or like "64 KiB" or "5 GiB"
    /etc/countersign.toml:2: `guardrails.download_ttl`: `soon` is not a length of time; write seconds as a number, or like "15m" or "1h30m"
    /etc/countersign.toml:2: `download_ttl` must be between one second and seven days
    /etc/countersign.toml:4: `guardrails.prefix.bucket`: byte 1 of the bucket name is not a lower-case letter, digit, dot or hyphen
    /etc/countersign.toml:3: `upload_ttl` must be between one second and seven days
    /etc/countersign.toml:2: `guardrails.redirect_origins`: `https://b.example.com/done` is not an origin like "https://app.example.com"
    /etc/countersign.toml:2: `max_connections` must be above zero
    /etc/countersign.toml:2: `limits.max_connections`: invalid type: string "many", expected a whole number
    /etc/countersign.toml:1: `workers`: invalid value: integer `-1`, expected a whole number
    /etc/countersign.toml:1: `tls_cert` needs `tls_key` beside it
    /etc/countersign.toml:3: `tls_self_signed` and `tls_cert` exclude each other
    /etc/countersign.toml:1: `proxy_protocol` needs `trusted_proxies` beside it
    /etc/countersign.toml:1: `trusted_proxies`: `proxy` is not an address or a network like "10.0.0.0/8"
    /etc/countersign.toml:1: `public_url`: a public url has no path, query or fragment: signatures cover the path
    /etc/countersign.toml:1: `region`: `EU` is not a region; write lower-case letters, digits and dashes
    /etc/countersign.toml:1: `domains`: `s3.example.com:9000` is not a host name; write it without scheme and port
    /etc/countersign.toml:1: `cors`: `https://*.example.*` has more than one wildcard
    /etc/countersign.toml:1: string values must be quoted, expected literal string
    /etc/countersign.toml:2: duplicate key
    /etc/countersign.toml:1: `user`: missing field `access_key_id`
    "#);
}

#[test]
fn f7_a_secret_file_is_trimmed_checked_and_never_quoted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    let text = format!(
        "[[user]]\nname = 'app'\naccess_key_id = 'AKIAIOSFODNN7EXAMPLE'\n\
         secret_access_key_file = '{}'",
        path.display()
    );
    assert!(
        message(&text).contains(":4: cannot read secret file"),
        "{}",
        message(&text)
    );

    for bad in [
        "",
        "short\n",
        "two words of sufficient length",
        "first-line-of-two\nsecond-line\n",
    ] {
        std::fs::write(&path, bad).unwrap();
        let message = message(&text);
        assert!(message.contains(":4: secret file"), "{message}");
        assert!(bad.is_empty() || !message.contains(bad.trim()), "{message}");
    }

    std::fs::write(&path, "0123456789abcdef0123456789\r\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let loaded = loaded(&text, Overrides::default()).unwrap();
    assert_eq!(
        loaded.config.users[0].secret.expose(),
        "0123456789abcdef0123456789"
    );
    assert!(
        loaded.warnings[0]
            .to_string()
            .contains("(mode 640); make it 600")
    );
    let shown = serde_json::to_string(&loaded.config).unwrap() + &format!("{loaded:?}");
    assert!(
        shown.contains("AKIAIOSFODNN7EXAMPLE") && !shown.contains("0123456789abcdef"),
        "{shown}"
    );
}

#[test]
fn an_access_key_id_is_declared_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret");
    std::fs::write(&path, "0123456789abcdef0123456789").unwrap();
    let user = format!(
        "[[user]]\nname = 'app'\naccess_key_id = 'AKIAIOSFODNN7EXAMPLE'\n\
         secret_access_key_file = '{}'\n",
        path.display()
    );
    assert_eq!(
        message(&user.repeat(2)),
        "/etc/countersign.toml:7: access key id `AKIAIOSFODNN7EXAMPLE` is declared twice"
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = super::load(Some(Path::new("/nowhere.toml")), Overrides::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read `/nowhere.toml`: entity not found"
    );
}

#[test]
fn f7_the_url_of_the_state_is_never_quoted() {
    let typed = |url: &str| Overrides {
        state_url: Some(url.parse().unwrap()),
        ..Overrides::default()
    };
    let good = "postgres://app:hunter2@db.example.com/countersign";
    let config = loaded("[state]\nurl = \"sqlite:\"", typed(good))
        .unwrap()
        .config;
    let shown = serde_json::to_string(&config).unwrap() + &format!("{config:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(
        shown.contains("postgres://db.example.com/countersign"),
        "{shown}"
    );
    let bad = "postgres://app:hunter2@db.example.com/countersign?sslmode=allow";
    let typed = typed(bad);
    assert!(!format!("{typed:?}").contains("hunter2"));
    let in_file = message(&format!("[state]\nurl = \"{bad}\""));
    let on_command_line = loaded("", typed).unwrap_err().to_string();
    for message in [in_file, on_command_line] {
        assert!(!message.contains("hunter2"), "{message}");
        assert!(message.contains("sslmode"), "{message}");
    }
}
