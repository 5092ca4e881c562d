use super::{PresignError, PresignRequest, Presigner, Signer, write_number};
use crate::{AmzDate, SecretAccessKey, SigningKey};

fn signature(path: &str, host: &str, query: &[(&str, &str)], headers: &[(&str, &str)]) -> String {
    let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let key = SigningKey::derive(&secret, "20260115", "eu-west-1", "s3");
    let token = (!headers.is_empty()).then_some("FwoG/+==tok");
    let signer = Signer {
        access_key_id: "AKIAIOSFODNN7EXAMPLE",
        session_token: token,
        region: "eu-west-1",
        service: "s3",
        key: &key,
    };
    let expires_s = if token.is_some() { 300 } else { 3_600 };
    let method = if token.is_some() { "PUT" } else { "GET" };
    let request = PresignRequest {
        method,
        scheme: "https",
        host,
        path,
        query,
        headers,
        expires_s,
    };
    let date = AmzDate::parse("20260115T120000Z").unwrap();
    let mut presigner = Presigner::default();
    let url = presigner.presign(&request, &signer, date).unwrap();
    url.split_once("&X-Amz-Signature=").unwrap().1.to_owned()
}

/// Keys that trip implementations, signed by botocore (aws-semantics 1.8).
#[test]
fn keys_that_trip_implementations_are_signed_as_botocore_signs_them() {
    for (key, expected) in [
        (
            "a b",
            "dc9c628dfddcfbf76c807e9e973b6ee171e2c30ebf7535e7d0a58e8ee3b20100",
        ),
        (
            "a/b",
            "106df2a9c409c71ae222029aebf35d9cb1db41eda38103d56edaf6d87279c94f",
        ),
        (
            "a+b",
            "4762efb86fc201a3a0803f798f549938ff61a04849a6a23375cbdd1e6ed28e6d",
        ),
        (
            "a%2Fb",
            "4892431a233783d07501cb52f7c1de035469354c927398caadf33315e08a1c81",
        ),
        (
            "a//b",
            "8794996c88c617a5267a930b1d2613533171f85f2f02a0cd0fc4c4395fc17014",
        ),
        (
            "./a",
            "c3f330dd0adaa07d2a78534f55d0e4e443873606598ad69670629a807e3cd458",
        ),
        (
            "a/../b",
            "7fceb7fec6e1dec383d41d600ab25c429502136dda5cdf82f2fc63686915f6f7",
        ),
        (
            "/lead",
            "0537b792188b85417e3ef8cac54fbbb4ab2666684a8d7f2644e9449d3e23a5d9",
        ),
        (
            "ü—😀",
            "452c45f1ef9819ba9d6f6db4b07644d3c5719fa9db366090a5e617f97810fe88",
        ),
        (
            "a&b=c?d#e",
            "4a6dffe82f824eb4068308b4144c1d44446bca6a811a558d253d679a0b5dc6c1",
        ),
        (
            "-_.~!*'()",
            "6569f13a770436ddaf85dd47e3175fbe58ae6e6a9162068f5e97668d02a5529c",
        ),
        (
            "%",
            "40acdeb119b471237b5406111dbad3b28c4a7b50d1209d833501e7274ce06f9d",
        ),
        (
            "tab\tx",
            "fb80e551376661297245ef9ef8714f8c0cf53667a47dd32bff0fa98551296175",
        ),
    ] {
        let path = format!("/examplebucket/{key}");
        assert_eq!(
            signature(&path, "s3.example.test:9443", &[], &[]),
            expected,
            "{key}"
        );
    }
}

#[test]
fn parameters_and_headers_are_covered_in_canonical_order() {
    let listing = [
        ("list-type", "2"),
        ("prefix", "a b/"),
        ("delimiter", "/"),
        ("encoding-type", "url"),
    ];
    assert_eq!(
        signature("/examplebucket", "s3.example.test:9443", &listing, &[]),
        "7dbdc0866e5fd417c76b727bbbf5ad2ffda60ca09ccbaf897334588135db7cd9"
    );
    let headers = [
        ("x-amz-meta-foo", "bar  baz"),
        ("content-type", "text/plain"),
    ];
    assert_eq!(
        signature("/examplebucket/k", "s3.example.test:9443", &[], &headers),
        "24eba7bb41d65d48881c91e64cfe49bdbdc23774d6136e2c8a0d0fbabdd2435f"
    );
}

#[test]
fn impossible_requests_are_refused_before_signing() {
    let secret = SecretAccessKey::new("s");
    let key = SigningKey::derive(&secret, "20260115", "r", "s3");
    let signer = Signer {
        access_key_id: "A",
        session_token: None,
        region: "r",
        service: "s3",
        key: &key,
    };
    let good = PresignRequest {
        method: "GET",
        scheme: "https",
        host: "h",
        path: "/b/k",
        query: &[],
        headers: &[],
        expires_s: 60,
    };
    let date = AmzDate::parse("20260115T120000Z").unwrap();
    let refuse = |request: PresignRequest<'_>| {
        Presigner::default()
            .presign(&request, &signer, date)
            .unwrap_err()
    };
    for asked in [0, 604_801, u32::MAX] {
        assert_eq!(
            refuse(PresignRequest {
                expires_s: asked,
                ..good
            }),
            PresignError::Expires { asked }
        );
    }
    assert_eq!(
        refuse(PresignRequest {
            path: "b/k",
            ..good
        }),
        PresignError::Path
    );
    let query = [("x-amz-date", "1")];
    assert_eq!(
        refuse(PresignRequest {
            query: &query,
            ..good
        }),
        PresignError::QueryName
    );
    for headers in [
        [("Host", "x"), ("a", "b")],
        [("host", "x"), ("a", "b")],
        [("a", "1"), ("a", "2")],
    ] {
        let request = PresignRequest {
            headers: &headers,
            ..good
        };
        assert_eq!(refuse(request), PresignError::HeaderName);
    }
}

#[test]
fn numbers_are_written_without_leading_zeros() {
    for number in [0, 1, 9, 10, 604_800, u32::MAX] {
        let mut out = String::new();
        write_number(number, &mut out);
        assert_eq!(out, number.to_string());
    }
}
