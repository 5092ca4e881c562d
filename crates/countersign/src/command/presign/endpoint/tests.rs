use super::Endpoint;
use crate::aws::Settings;

fn endpoint(url: &str) -> Endpoint {
    let settings = Settings {
        endpoint_url: Some(url.to_owned()),
        ..Settings::default()
    };
    let target = "s3://photos/k".parse().unwrap();
    Endpoint::find(&settings, "us-east-1", &target).unwrap()
}

#[test]
fn loopback_is_told_from_look_alikes() {
    for (url, expected) in [
        ("http://localhost:9000", true),
        ("http://photos.localhost", true),
        ("http://127.0.0.1", true),
        ("http://127.9.9.9:1", true),
        ("http://[::1]:9000", true),
        ("http://localhost.example.com", false),
        ("http://127.0.0.1.example.com", false),
        ("http://10.0.0.1", false),
    ] {
        assert_eq!(endpoint(url).is_loopback(), expected, "{url}");
    }
}

#[test]
fn every_partition_has_its_domain() {
    let target = "s3://photos/k".parse().unwrap();
    for (region, host) in [
        ("us-east-1", "photos.s3.us-east-1.amazonaws.com"),
        ("cn-north-1", "photos.s3.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "photos.s3.eusc-de-east-1.amazonaws.eu"),
        ("us-iso-east-1", "photos.s3.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "photos.s3.us-isob-east-1.sc2s.sgov.gov"),
    ] {
        let found = Endpoint::find(&Settings::default(), region, &target).unwrap();
        assert_eq!(found.host, host);
    }
}
