use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_request::{Header, Query, RequestHead};
use countersign_s3::{
    Addressing, BucketId, BucketName, ErrorCode, Fields, Operation, PostForm, Versioning, recognize,
};
use countersign_sigv4::v2_form::V2SigningKey;
use countersign_sigv4::verify::{VerificationKey, Workspace};
use countersign_sigv4::{
    AccessKeyId, AmzDate, AnyClaim, Claim, Placement, SecretAccessKey, SessionToken, SigningKey,
};

use crate::{
    Authority, Authorized, BucketRef, ClaimPlace, Country, Credential, Decided, FormRedirects,
    Guardrails, Identity, Inquiry, PrincipalKind, Refusal, Revocation, RevocationSet,
    RevocationTarget, Stranger, Transport, decide, refuse_claim,
};

mod version_2;

const ARN: &str = "arn:aws:iam::000000000000:user/app";
const FULL_ACCESS: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
const SIGNED_AT: i64 = 1_768_478_400;
const HOST: &str = "files.example.com";
const SIZES: &str = r#"["content-length-range",1,1024]"#;
const CLOSED: &str =
    r#"{"bucket":"photos"},["starts-with","$key","up/"],["content-length-range",1,1024]"#;

/// One form with the world around it; each test changes what it is about.
struct Case {
    conditions: &'static str,
    expires_s: i64,
    fields: Vec<(&'static str, &'static str)>,
    key: Option<&'static str>,
    file_name: Option<&'static str>,
    without: Vec<&'static str>,
    replaced: Vec<(&'static str, &'static str)>,
    age_s: i64,
    kind: PrincipalKind,
    known: bool,
    token_expected: Option<&'static str>,
    transport: Transport,
    client: IpAddr,
    country: Country,
    query: &'static str,
    guardrails: Guardrails,
    bucket_exists: bool,
    headers: Vec<(&'static str, &'static str)>,
    placement: Placement,
    /// Whether it is signed with SigV2.
    v2: bool,
    policy: &'static str,
    revoked: Vec<RevocationTarget>,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            conditions: CLOSED,
            expires_s: 600,
            fields: Vec::new(),
            key: Some("up/cat.jpg"),
            file_name: Some("cat.jpg"),
            without: Vec::new(),
            replaced: Vec::new(),
            age_s: 1,
            kind: PrincipalKind::User,
            known: true,
            token_expected: None,
            transport: Transport::Secure,
            client: IpAddr::from([203, 0, 113, 7]),
            country: Country::NotLookedUp,
            query: "",
            guardrails: Guardrails::safe(),
            bucket_exists: true,
            headers: Vec::new(),
            placement: Placement::PostForm,
            v2: false,
            policy: FULL_ACCESS,
            revoked: Vec::new(),
        }
    }
}

impl Case {
    /// The form as it would arrive, signed over the policy that its conditions make.
    fn form(&self, secret: &SecretAccessKey) -> PostForm {
        let date = AmzDate::from_unix(SIGNED_AT).format();
        let credential = format!("AKID/{}/us-east-1/s3/aws4_request", date.day());
        let expiration = AmzDate::from_unix(SIGNED_AT + self.expires_s).iso8601();
        let auth = if self.v2 {
            vec![("AWSAccessKeyId", "AKID")]
        } else {
            vec![
                ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
                ("x-amz-credential", &*credential),
                ("x-amz-date", date.as_str()),
            ]
        };
        // What SigV2 adds needs no conditions.
        let named = auth.iter().filter(|_| !self.v2);
        let named: String = named
            .map(|(name, value)| format!(r#",{{"{name}":"{value}"}}"#))
            .collect();
        let policy = STANDARD.encode(format!(
            r#"{{"expiration":"{expiration}","conditions":[{}{named}]}}"#,
            self.conditions,
        ));
        let (name, signature) = if self.v2 {
            ("signature", V2SigningKey::new(secret).sign(&policy))
        } else {
            let key = SigningKey::derive(secret, "20260115", "us-east-1", "s3");
            let signature = key.sign(policy.as_bytes()).to_hex();
            ("x-amz-signature", signature.as_str().to_owned())
        };
        let mut form = PostForm::default();
        let own = self.key.map(|key| ("key", key));
        let signed = [("policy", policy.as_str()), (name, signature.as_str())];
        for (name, value) in own.iter().chain(&self.fields).chain(&auth).chain(&signed) {
            let replaced = self.replaced.iter().find(|(n, _)| n == name);
            if !self.without.contains(name) {
                form.push(name, replaced.map_or(value, |(_, other)| other))
                    .unwrap();
            }
        }
        form.name_file(self.file_name).unwrap();
        form
    }

    fn decide(&self) -> Result<Authorized, Refusal> {
        let secret = SecretAccessKey::new("secret");
        let key = SigningKey::derive(&secret, "20260115", "us-east-1", "s3");
        let v2_key = V2SigningKey::new(&secret);
        let form = self.form(&secret);
        let mut headers = vec![
            Header {
                name: "host",
                value: HOST.as_bytes(),
            },
            Header {
                name: "content-type",
                value: b"multipart/form-data; boundary=x",
            },
        ];
        headers.extend(self.headers.iter().map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        }));
        let head = RequestHead {
            method: "POST",
            path: "/photos",
            query: self.query,
            headers: &headers,
        };
        let query = Query::of(self.query).unwrap();
        let address = Addressing::new([HOST]).resolve(HOST, "/photos").unwrap();
        let operation = recognize(address.level(), &query, &head).unwrap();
        assert_eq!(operation, Operation::PostObject);
        let claim = AnyClaim::from_post_form(form.fields())
            .map_err(|error| refuse_claim(&error, ClaimPlace::PostForm, None))?;
        let placement = self.placement;
        let claim = claim.map(|claim| match claim {
            AnyClaim::V2Form(_) => claim,
            AnyClaim::V4(claim) => AnyClaim::V4(Claim { placement, ..claim }),
        });
        let credential = Credential {
            session_token: self.token_expected.map(SessionToken::new),
            ..Credential::long_term(
                Identity {
                    kind: self.kind,
                    ..Identity::of_user("app", "AIDAAPP", ARN, AccessKeyId::new("AKID"))
                },
                Authority::read(ARN, [("its", self.policy)], None, Vec::new()),
            )
        };
        let bucket = BucketRef {
            name: BucketName::parse("photos").unwrap(),
            id: BucketId(7),
            versioning: Versioning::Unversioned,
        };
        let mut revocations = RevocationSet::default();
        for target in &self.revoked {
            revocations.add(Revocation {
                target: target.clone(),
                signed_until: AmzDate::from_unix(SIGNED_AT - 1),
                ends_transfers: false,
                made_at_ms: (SIGNED_AT - 1) * 1_000,
                expires_at_ms: (SIGNED_AT + 604_800) * 1_000,
            });
        }
        let inquiry = Inquiry {
            head: &head,
            query: &query,
            fields: Ok(Fields::of_headers(head)),
            address: &address,
            operation,
            claim: claim.as_ref(),
            credential: self.known.then_some(&credential).ok_or(Stranger::Key),
            key: Some(if self.v2 {
                VerificationKey::V2(&v2_key)
            } else {
                VerificationKey::Hmac(&key)
            }),
            bucket: self.bucket_exists.then_some(&bucket),
            bucket_policy: None,
            existing_tags: None,
            tls: None,
            source: None,
            form: Some(&form),
            transport: self.transport,
            client: self.client,
            country: self.country,
            revocations: Some(&revocations),
            now: AmzDate::from_unix(SIGNED_AT + self.age_s),
        };
        let decided = decide(
            &inquiry,
            &self.guardrails,
            "us-east-1",
            &mut Workspace::default(),
        );
        match decided? {
            Decided::Permitted(permit) => Ok(permit),
            Decided::TagsNeeded(question) => panic!("{question:?}"),
        }
    }

    fn refused(&self) -> (ErrorCode, String) {
        let refusal = self.decide().unwrap_err();
        let fault = refusal.fault();
        (fault.code(), fault.message().to_owned())
    }

    fn against_policy(&self) -> String {
        let (code, message) = self.refused();
        assert_eq!(code, ErrorCode::AccessDenied);
        let rest = message.strip_prefix("Invalid according to Policy: ");
        rest.unwrap_or(&message).to_owned()
    }
}

#[test]
fn a_good_form_gets_a_permit_for_its_own_key_and_sizes() {
    let case = Case {
        key: Some("up/${filename}"),
        file_name: Some("C:\\pictures\\dog.jpg"),
        ..Case::default()
    };
    let permit = case.decide().unwrap();
    assert_eq!(permit.operation(), Operation::PostObject);
    assert_eq!(permit.bucket().unwrap().id, BucketId(7));
    assert_eq!(permit.key().unwrap().as_str(), "up/dog.jpg");
    let form = permit.form().unwrap();
    assert_eq!((form.sizes.min, form.sizes.max), (1, 1_024));
    assert_eq!(form.redirect, None);
    assert_eq!(permit.presigned(), None);
}

#[test]
fn e8_conditions_are_held_against_the_key_with_the_name_of_the_file_in_it() {
    let conditions =
        r#"{"bucket":"photos"},["eq","$key","up/cat.jpg"],["content-length-range",1,9]"#;
    let case = |file_name| Case {
        conditions,
        key: Some("up/${filename}"),
        file_name: Some(file_name),
        ..Case::default()
    };
    assert!(case("cat.jpg").decide().is_ok());
    assert_eq!(
        case("dog.jpg").against_policy(),
        r#"Policy Condition failed: ["eq", "$key", "up/cat.jpg"]"#
    );
}

#[test]
fn e8_every_condition_counts_although_the_signature_is_right() {
    let (bucket, key) = (r#"{"bucket":"photos"}"#, r#"["starts-with","$key","up/"]"#);
    let leak = |text: String| &*Box::leak(text.into_boxed_str());
    for (condition, fields, expected) in [
        (
            r#"{"acl":"private"}"#,
            vec![("acl", "public-read")],
            r#"["eq", "$acl", "private"]"#,
        ),
        (
            r#"{"acl":"private"}"#,
            vec![],
            r#"["eq", "$acl", "private"]"#,
        ),
        (
            r#"["starts-with","$Content-Type","image/"]"#,
            vec![("Content-Type", "text/html")],
            r#"["starts-with", "$Content-Type", "image/"]"#,
        ),
        (
            r#"["eq","key","up/cat.jpg"]"#,
            vec![],
            r#"["eq", "key", "up/cat.jpg"]"#,
        ),
        (
            r#"{"bucket":"other"}"#,
            vec![],
            r#"["eq", "$bucket", "other"]"#,
        ),
        (
            r#"["content-length-range","a",1]"#,
            vec![],
            r#"["content-length-range", "a", 1]"#,
        ),
    ] {
        let case = Case {
            conditions: leak(format!("{bucket},{key},{SIZES},{condition}")),
            fields,
            ..Case::default()
        };
        assert_eq!(
            case.against_policy(),
            format!("Policy Condition failed: {expected}")
        );
    }
    let elsewhere = Case {
        key: Some("down/cat.jpg"),
        ..Case::default()
    };
    assert_eq!(
        elsewhere.against_policy(),
        r#"Policy Condition failed: ["starts-with", "$key", "up/"]"#
    );
}

#[test]
fn e8_a_field_without_a_condition_is_refused() {
    for (name, value) in [
        ("acl", "private"),
        ("Content-Type", "text/html"),
        ("x-amz-meta-owner", "me"),
        ("x-amz-security-token", "t"),
        ("success_action_redirect", "https://evil.example"),
        ("tagging", "<Tagging/>"),
        ("anything", ""),
    ] {
        let case = Case {
            fields: vec![(name, value)],
            token_expected: (name == "x-amz-security-token").then_some("t"),
            ..Case::default()
        };
        let expected = format!("Extra input fields: {}", name.to_ascii_lowercase());
        assert_eq!(case.against_policy(), expected);
    }
    let ignored = Case {
        fields: vec![("x-ignore-me", "1")],
        ..Case::default()
    };
    assert!(ignored.decide().is_ok());
}

#[test]
fn e8_the_bucket_needs_a_condition_and_so_does_the_key() {
    let no_bucket = Case {
        conditions: r#"["starts-with","$key","up/"],["content-length-range",1,1024]"#,
        ..Case::default()
    };
    assert_eq!(no_bucket.against_policy(), "Extra input fields: bucket");
    let no_key = Case {
        conditions: r#"{"bucket":"photos"},["content-length-range",1,1024]"#,
        guardrails: Guardrails::s3(),
        ..Case::default()
    };
    assert_eq!(no_key.against_policy(), "Extra input fields: key");
}

#[test]
fn c2_a_policy_that_leaves_size_or_key_open_is_refused_where_forms_are_not_open() {
    let no_size = r#"{"bucket":"photos"},["starts-with","$key","up/"]"#;
    let any_key =
        r#"{"bucket":"photos"},["starts-with","$Key",""],["content-length-range",1,1024]"#;
    for (conditions, words) in [
        (no_size, "content-length-range"),
        (any_key, "key condition"),
    ] {
        let case = Case {
            conditions,
            ..Case::default()
        };
        let (code, message) = case.refused();
        assert_eq!(code, ErrorCode::AccessDenied);
        assert!(message.contains(words), "{message}");
        let open = Case {
            conditions,
            guardrails: Guardrails::s3(),
            ..Case::default()
        };
        assert!(open.decide().is_ok());
    }
    let narrowed = r#"{"bucket":"photos"},["starts-with","$key",""],["starts-with","$key","up/"],["content-length-range",1,1024]"#;
    let case = Case {
        conditions: narrowed,
        ..Case::default()
    };
    assert!(case.decide().is_ok());
}

#[test]
fn e8_a_policy_ends_when_it_says() {
    let at = |age_s| Case {
        age_s,
        ..Case::default()
    };
    assert!(at(600).decide().is_ok());
    assert_eq!(at(601).against_policy(), "Policy expired.");
}

#[test]
fn b2_a_policy_that_outlives_the_ceiling_is_refused_at_first_use() {
    let case = |expires_s, guardrails| Case {
        expires_s,
        guardrails,
        ..Case::default()
    };
    assert!(case(3_600, Guardrails::safe()).decide().is_ok());
    let (code, message) = case(3_601, Guardrails::safe()).refused();
    assert_eq!(code, ErrorCode::AccessDenied);
    assert!(message.contains("3600 seconds at most"), "{message}");
    let tighter = Guardrails {
        upload_ttl_s: 60,
        ..Guardrails::safe()
    };
    assert!(case(600, tighter).decide().is_err());
    assert!(case(30 * 86_400, Guardrails::s3()).decide().is_ok());
}

#[test]
fn b2_where_forms_are_open_a_signature_is_good_for_a_week() {
    let case = |age_s| Case {
        expires_s: 30 * 86_400,
        age_s,
        guardrails: Guardrails::s3(),
        ..Case::default()
    };
    assert!(case(604_800).decide().is_ok());
    assert_eq!(case(604_801).against_policy(), "Policy expired.");
}

#[test]
fn b1_a_form_dated_ahead_is_refused() {
    let case = |age_s, expires_s| Case {
        age_s,
        expires_s,
        ..Case::default()
    };
    assert!(case(-900, 60).decide().is_ok());
    let (code, message) = case(-901, 60).refused();
    assert_eq!(
        (code, message.as_str()),
        (ErrorCode::AccessDenied, "Request is not yet valid")
    );
    // Within the skew, but so far ahead that it would live longer than any form may.
    let (_, message) = case(-600, 3_600).refused();
    assert!(message.contains("dated ahead"), "{message}");
    assert!(case(-300, 3_600).decide().is_ok());
}

#[test]
fn b5_a_form_is_good_beyond_the_skew_of_clocks() {
    let case = Case {
        age_s: 16 * 60,
        expires_s: 1_800,
        ..Case::default()
    };
    assert!(case.decide().is_ok());
}

#[test]
fn fields_that_every_form_needs_are_named_as_s3_names_them() {
    let missing = |name: &str| {
        format!(
            "Bucket POST must contain a field named '{name}'.  If it is specified, please check \
             the order of the fields."
        )
    };
    for (field, name) in [
        ("x-amz-algorithm", "X-Amz-Algorithm"),
        ("x-amz-credential", "X-Amz-Credential"),
        ("x-amz-date", "X-Amz-Date"),
        ("x-amz-signature", "X-Amz-Signature"),
        ("key", "key"),
    ] {
        let case = Case {
            without: vec![field],
            ..Case::default()
        };
        assert_eq!(case.refused(), (ErrorCode::InvalidArgument, missing(name)));
    }
    let case = Case {
        without: vec!["key"],
        known: false,
        ..Case::default()
    };
    assert_eq!(case.refused().0, ErrorCode::InvalidArgument);
}

#[test]
fn a_form_without_policy_or_signature_is_anonymous() {
    let all = [
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-signature",
    ];
    for without in [vec!["policy"], all.to_vec()] {
        let case = Case {
            without,
            ..Case::default()
        };
        let expected = (ErrorCode::AccessDenied, "Access Denied".to_owned());
        assert_eq!(case.refused(), expected);
    }
}

#[test]
fn values_of_authentication_are_refused_in_the_sentences_of_forms() {
    for (field, value, code, message) in [
        (
            "x-amz-algorithm",
            "AWS4-ECDSA-P256-SHA256",
            ErrorCode::InvalidArgument,
            "Only AWS4-HMAC-SHA256 is supported",
        ),
        (
            "x-amz-date",
            "yesterday",
            ErrorCode::InvalidArgument,
            "X-Amz-Date must be formated via ISO8601 Long format",
        ),
        (
            "x-amz-credential",
            "AKID/20260115/eu-west-1/s3/aws4_request",
            ErrorCode::AuthorizationQueryParametersError,
            "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
        ),
        (
            "x-amz-credential",
            "AKID/20260115/us-east-1/sts/aws4_request",
            ErrorCode::AuthorizationQueryParametersError,
            "Error parsing the X-Amz-Credential parameter; incorrect service \"sts\". This endpoint belongs to \"s3\".",
        ),
        (
            "x-amz-credential",
            "AKID",
            ErrorCode::AuthorizationQueryParametersError,
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
        ),
    ] {
        let case = Case {
            replaced: vec![(field, value)],
            ..Case::default()
        };
        assert_eq!(case.refused(), (code, message.to_owned()));
    }
}

#[test]
fn e8_an_altered_policy_or_signature_is_refused_with_the_policy_as_string_to_sign() {
    for (field, value) in [
        ("policy", "eyJleHBpcmF0aW9uIjoieCJ9"),
        ("x-amz-signature", "00"),
        ("x-amz-signature", "not hexadecimal"),
    ] {
        let case = Case {
            replaced: vec![(field, value)],
            ..Case::default()
        };
        let refusal = case.decide().unwrap_err();
        let fault = refusal.fault();
        assert_eq!(fault.code(), ErrorCode::SignatureDoesNotMatch);
        let names: Vec<&str> = fault.fields().iter().map(|(name, _)| *name).collect();
        let expected = [
            "AWSAccessKeyId",
            "StringToSign",
            "SignatureProvided",
            "StringToSignBytes",
        ];
        assert_eq!(names, expected);
    }
}

#[test]
fn policies_that_cannot_be_read_are_refused_after_their_signature() {
    let leak = |text: &str| &*Box::leak(text.to_owned().into_boxed_str());
    for (conditions, message) in [
        (
            "{}",
            "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
        ),
        (
            "[\"eq\",\"$a\"]",
            "Invalid Policy: Invalid eq: wrong number of arguments.",
        ),
        ("!", "Invalid Policy: Invalid JSON."),
    ] {
        let case = Case {
            conditions: leak(conditions),
            ..Case::default()
        };
        let expected = (ErrorCode::InvalidPolicyDocument, message.to_owned());
        assert_eq!(case.refused(), expected);
    }
}

#[test]
fn a12_an_unknown_key_is_refused_by_its_name() {
    let case = Case {
        known: false,
        ..Case::default()
    };
    assert_eq!(case.refused().0, ErrorCode::InvalidAccessKeyId);
}

#[test]
fn h2_a_temporary_key_needs_its_token_and_a_condition_for_it() {
    let conditions = r#"{"bucket":"photos"},["starts-with","$key","up/"],["content-length-range",1,1024],{"x-amz-security-token":"t"}"#;
    let case = |sent: &'static str| Case {
        conditions,
        fields: vec![("x-amz-security-token", sent)],
        token_expected: Some("t"),
        ..Case::default()
    };
    assert!(case("t").decide().is_ok());
    assert_eq!(case("u").refused().0, ErrorCode::InvalidToken);
}

#[test]
fn h6_root_keys_sign_no_forms() {
    let case = |guardrails| Case {
        kind: PrincipalKind::Root,
        guardrails,
        ..Case::default()
    };
    let (_, message) = case(Guardrails::safe()).refused();
    assert!(message.contains("Root keys"), "{message}");
    assert!(case(Guardrails::s3()).decide().is_ok());
}

#[test]
fn g4_a_form_over_plain_http_is_refused_and_its_signature_is_exposed() {
    let case = Case {
        transport: Transport::Plain,
        ..Case::default()
    };
    let refusal = case.decide().unwrap_err();
    assert_eq!(refusal.fault().code(), ErrorCode::AccessDenied);
    assert!(refusal.exposed());
}

#[test]
fn e8_a_name_of_dots_makes_no_dot_segment() {
    let case = |guardrails| Case {
        key: Some("up/${filename}"),
        file_name: Some("../.."),
        guardrails,
        ..Case::default()
    };
    assert_eq!(case(Guardrails::safe()).refused().0, ErrorCode::InvalidURI);
    let permit = case(Guardrails::s3()).decide().unwrap();
    assert_eq!(permit.key().unwrap().as_str(), "up/..");
}

#[test]
fn a1_headers_of_a_form_are_not_signed_so_none_may_speak_of_the_object() {
    for header in [
        "x-amz-acl",
        "X-Amz-Tagging",
        "x-amz-meta-a",
        "x-amz-storage-class",
    ] {
        let case = Case {
            headers: vec![(header, "x")],
            guardrails: Guardrails::s3(),
            ..Case::default()
        };
        let refusal = case.decide().unwrap_err();
        let fields = [("HeadersNotSigned", header.to_ascii_lowercase())];
        assert_eq!(refusal.fault().fields(), fields);
    }
}

#[test]
fn f8_whether_the_bucket_exists_is_told_to_signers_only() {
    let case = |known| Case {
        known,
        bucket_exists: false,
        ..Case::default()
    };
    assert_eq!(case(false).refused().0, ErrorCode::InvalidAccessKeyId);
    assert_eq!(case(true).refused().0, ErrorCode::NoSuchBucket);
}

#[test]
fn e9_a_form_redirects_to_listed_origins_only() {
    let conditions = r#"{"bucket":"photos"},["starts-with","$key","up/"],["content-length-range",1,1024],["starts-with","$success_action_redirect",""]"#;
    let origin = |page: &'static str, form_redirects| {
        let case = Case {
            conditions,
            fields: vec![("success_action_redirect", page)],
            guardrails: Guardrails {
                form_redirects,
                ..Guardrails::safe()
            },
            ..Case::default()
        };
        let permit = case.decide().unwrap();
        let redirect = permit.form().unwrap().redirect.as_ref();
        redirect.map(|redirect| redirect.origin().to_owned())
    };
    let listed = || FormRedirects::Origins(vec!["https://app.example.com".to_owned()]);
    let good = Some("https://app.example.com".to_owned());
    assert_eq!(origin("https://app.example.com/done", listed()), good);
    assert_eq!(origin("https://APP.example.com:443/done", listed()), good);
    for page in [
        "https://evil.example/",
        "http://app.example.com/",
        "https://app.example.com:8443/",
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "javascript:alert(1)",
    ] {
        assert_eq!(origin(page, listed()), None, "{page}");
    }
    let none = FormRedirects::Origins(Vec::new());
    assert_eq!(origin("https://app.example.com/", none), None);
    let anywhere = origin("http://x.example/", FormRedirects::Anywhere);
    assert_eq!(anywhere.as_deref(), Some("http://x.example"));
    assert_eq!(origin("javascript:alert(1)", FormRedirects::Anywhere), None);
}

#[test]
fn a14_a_form_is_permitted_by_its_own_signature_only() {
    for placement in [Placement::Header, Placement::Query { expires_s: 60 }] {
        let case = Case {
            placement,
            ..Case::default()
        };
        let (code, message) = case.refused();
        assert_eq!(code, ErrorCode::InvalidArgument);
        assert!(
            message.starts_with("Only one auth mechanism allowed"),
            "{message}"
        );
    }
}

const RESTRICTED: &str = r#"{"bucket":"photos"},["starts-with","$key","up/"],
    ["content-length-range",1,1024],{"x-cs-ip":"203.0.113.0/24"},{"x-cs-id":"upload-7"}"#;

#[test]
fn a_restriction_in_a_form_counts_if_the_policy_pins_it() {
    let fields = vec![("x-cs-ip", "203.0.113.0/24"), ("x-cs-id", "upload-7")];
    let case = |client: [u8; 4], fields: &Vec<(&'static str, &'static str)>| Case {
        conditions: RESTRICTED,
        fields: fields.clone(),
        client: IpAddr::from(client),
        ..Case::default()
    };
    let permit = case([203, 0, 113, 7], &fields).decide().unwrap();
    assert_eq!(permit.restrictions().unwrap().id(), Some("upload-7"));
    let named = crate::LinkId::named("AIDAAPP", "upload-7");
    assert_eq!(permit.link(), Some(named));
    assert_eq!(permit.expires_at().unwrap().unix(), SIGNED_AT + 600);
    let refusal = case([198, 51, 100, 7], &fields).decide().unwrap_err();
    let expected = [("Restriction", "x-cs-ip".to_owned())];
    assert_eq!(refusal.fault().fields(), expected);
    // Whoever fills the form in can neither leave one out nor write another.
    let without = fields[1..].to_vec();
    let message = case([198, 51, 100, 7], &without).against_policy();
    assert!(message.starts_with("Policy Condition failed"), "{message}");
    let other = vec![("x-cs-ip", "0.0.0.0/0"), ("x-cs-id", "upload-7")];
    let message = case([198, 51, 100, 7], &other).against_policy();
    assert!(message.starts_with("Policy Condition failed"), "{message}");
}

#[test]
fn e6_a_restriction_that_the_policy_leaves_open_or_out_is_refused() {
    let extra = Case {
        fields: vec![("x-cs-uses", "1000000")],
        ..Case::default()
    };
    assert_eq!(extra.against_policy(), "Extra input fields: x-cs-uses");
    // With a link id of their own for every upload, nobody would ever run out of uses.
    let open = Case {
        conditions: r#"{"bucket":"photos"},["starts-with","$key","up/"],
            ["content-length-range",1,1024],["starts-with","$x-cs-id",""]"#,
        fields: vec![("x-cs-id", "mine")],
        ..Case::default()
    };
    assert_eq!(open.refused().0, ErrorCode::InvalidArgument);
    let respelled = Case {
        conditions: RESTRICTED,
        fields: vec![("X-Cs-Ip", "203.0.113.0/24"), ("x-cs-id", "upload-7")],
        ..Case::default()
    };
    assert_eq!(respelled.refused().0, ErrorCode::InvalidArgument);
    let in_url = Case {
        query: "x-cs-uses=1",
        ..Case::default()
    };
    assert_eq!(in_url.refused().0, ErrorCode::InvalidArgument);
    let in_header = Case {
        headers: vec![("x-cs-uses", "1")],
        ..Case::default()
    };
    assert_eq!(in_header.refused().0, ErrorCode::InvalidArgument);
}

#[test]
fn all_uploads_by_one_policy_are_uses_of_one_link() {
    let link = |key| {
        let case = Case {
            key: Some(key),
            ..Case::default()
        };
        case.decide().unwrap().link().unwrap()
    };
    assert_eq!(link("up/a"), link("up/b"));
    let other = Case {
        expires_s: 601,
        ..Case::default()
    };
    assert_ne!(other.decide().unwrap().link().unwrap(), link("up/a"));
}
