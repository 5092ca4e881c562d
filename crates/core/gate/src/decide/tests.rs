use std::net::IpAddr;
use std::sync::Arc;

use countersign_request::{Header, Query, RequestHead};
use countersign_s3::{
    Addressing, BucketId, BucketName, ErrorCode, Fields, ObjectKey, Versioning, recognize,
};
use countersign_sigv4::presign::{PresignRequest, Presigner, Signer};
use countersign_sigv4::verify::{VerificationKey, Workspace};
use countersign_sigv4::{
    AccessKeyId, AmzDate, AnyClaim, Claim, SecretAccessKey, SessionToken, SigningKey,
};

use super::{Decided, decide};
use crate::{
    Authority, Authorized, BucketPolicy, BucketRef, ClaimPlace, Country, Credential, ExistingTags,
    Guardrails, Identity, Inquiry, LinkId, PrincipalKind, Refusal, Revocation, RevocationSet,
    RevocationTarget, SessionFacts, SessionRights, SourceInquiry, Stranger, Transport,
    refuse_claim,
};

mod bodies;
mod policies;
mod sessions;

const SIGNED_AT: i64 = 1_768_478_400;
const HOST: &str = "files.example.com";

/// One request with the world around it; each test changes what it is about.
struct Case {
    method: &'static str,
    path: &'static str,
    signed_as: &'static str,
    query: Vec<(&'static str, &'static str)>,
    expires_s: u32,
    age_s: i64,
    kind: PrincipalKind,
    active: bool,
    stranger: Option<Stranger>,
    key_known: &'static str,
    key_ends_at: Option<i64>,
    session: Option<SessionCase>,
    token_sent: Option<&'static str>,
    token_expected: Option<&'static str>,
    transport: Transport,
    client: IpAddr,
    country: Country,
    guardrails: Guardrails,
    bucket_exists: bool,
    source_bucket_exists: Option<bool>,
    headers: Vec<(&'static str, &'static str)>,
    extra_query: &'static str,
    revoked: Option<Vec<Revocation>>,
    policies: Vec<&'static str>,
    boundary: Option<&'static str>,
    bucket_policy: Option<&'static str>,
    existing_tags: Option<ExistingTags>,
}

/// What is true of the session that signed.
#[derive(Clone)]
struct SessionCase {
    facts: SessionFacts,
    policy: Option<&'static str>,
    managed: Option<Vec<(&'static str, &'static str)>>,
    tags: Vec<(&'static str, &'static str)>,
}

const ARN: &str = "arn:aws:iam::000000000000:user/app";
const SESSION_ARN: &str = "arn:aws:sts::000000000000:assumed-role/app/build";
const FULL_ACCESS: &str =
    r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;

impl Default for Case {
    fn default() -> Self {
        Self {
            method: "GET",
            path: "/photos/cat.jpg",
            signed_as: "GET",
            query: Vec::new(),
            expires_s: 600,
            age_s: 1,
            kind: PrincipalKind::User,
            active: true,
            stranger: None,
            key_known: "AKID",
            key_ends_at: None,
            session: None,
            token_sent: None,
            token_expected: None,
            transport: Transport::Secure,
            client: IpAddr::from([203, 0, 113, 7]),
            country: Country::NotLookedUp,
            guardrails: Guardrails::safe(),
            bucket_exists: true,
            source_bucket_exists: None,
            headers: Vec::new(),
            extra_query: "",
            revoked: Some(Vec::new()),
            policies: vec![FULL_ACCESS],
            boundary: None,
            bucket_policy: None,
            existing_tags: None,
        }
    }
}

impl Case {
    fn decided(&self) -> Result<Decided, Refusal> {
        let secret = SecretAccessKey::new("secret");
        let signed_at = AmzDate::from_unix(SIGNED_AT);
        let key = SigningKey::derive(&secret, signed_at.format().day(), "us-east-1", "s3");
        let signer = Signer {
            access_key_id: "AKID",
            session_token: self.token_sent,
            region: "us-east-1",
            service: "s3",
            key: &key,
        };
        let request = PresignRequest {
            method: self.signed_as,
            scheme: "https",
            host: HOST,
            path: self.path,
            query: &self.query,
            headers: &[],
            expires_s: self.expires_s,
        };
        let mut presigner = Presigner::default();
        let url = presigner.presign(&request, &signer, signed_at).unwrap();
        let target = url.strip_prefix("https://files.example.com").unwrap();
        let (path, query) = target.split_once('?').unwrap();
        let query_text = format!("{query}{}", self.extra_query);
        let mut headers = vec![Header {
            name: "host",
            value: HOST.as_bytes(),
        }];
        headers.extend(self.headers.iter().map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        }));
        let head = RequestHead {
            method: self.method,
            path,
            query: &query_text,
            headers: &headers,
        };
        let query = Query::of(&query_text).unwrap();
        let address = Addressing::new([HOST]).resolve(HOST, path).unwrap();
        let operation = recognize(address.level(), &query, &head).unwrap();
        let claim = Claim::find(&head, &query)
            .map_err(|error| refuse_claim(&error, ClaimPlace::Query, None))?
            .map(AnyClaim::V4);
        let credential = self.credential();
        let bucket = BucketRef {
            name: BucketName::parse("photos").unwrap(),
            id: BucketId(7),
            versioning: Versioning::Unversioned,
        };
        let bucket_policy = Arc::new(BucketPolicy::read(self.bucket_policy));
        let source_key = ObjectKey::parse("original.jpg").unwrap();
        let source = self.source_bucket_exists.map(|exists| SourceInquiry {
            bucket_name: "photos",
            bucket: exists.then_some(&bucket),
            bucket_policy: Some(&bucket_policy),
            key: &source_key,
            version: Some("v1"),
        });
        let revocations = self.revoked.clone().map(|revoked| {
            let mut set = RevocationSet::default();
            revoked
                .into_iter()
                .for_each(|revocation| set.add(revocation));
            set
        });
        let fields = Fields::of_presigned(head, &query);
        let inquiry = Inquiry {
            head: &head,
            query: &query,
            fields: fields.as_ref().copied(),
            address: &address,
            operation,
            claim: claim.as_ref(),
            credential: self.stranger.map_or(Ok(&credential), Err),
            key: Some(VerificationKey::Hmac(&key)),
            bucket: self.bucket_exists.then_some(&bucket),
            bucket_policy: Some(&bucket_policy),
            existing_tags: self.existing_tags.as_ref(),
            tls: None,
            source: source.as_ref(),
            form: None,
            transport: self.transport,
            client: self.client,
            country: self.country,
            revocations: revocations.as_ref(),
            now: AmzDate::from_unix(SIGNED_AT + self.age_s),
        };
        decide(
            &inquiry,
            &self.guardrails,
            "us-east-1",
            &mut Workspace::default(),
        )
    }

    fn authority(&self) -> Authority {
        let names = ["first", "second", "third"];
        let policies = names.into_iter().zip(self.policies.iter().copied());
        let tags = vec![("Team".to_owned(), "blue".to_owned())];
        Authority::read(ARN, policies, self.boundary, tags)
    }

    fn credential(&self) -> Credential {
        let id = AccessKeyId::new(self.key_known);
        let mut identity = Identity {
            kind: self.kind,
            ..Identity::of_user("app", "AIDAAPP", ARN, id)
        };
        let mut rights = None;
        if let Some(session) = &self.session {
            identity.session = Some(session.facts.clone());
            if self.kind == PrincipalKind::Role {
                identity.user_id = "AROAAPP:build".into();
                identity.principal_id = "AROAAPP".into();
                identity.arn = SESSION_ARN.into();
            }
            let tags = session.tags.iter();
            let tags = tags.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            let managed = session.managed.clone();
            rights = Some(Arc::new(SessionRights::read(
                session.policy,
                managed,
                tags.collect(),
            )));
        }
        Credential {
            active: self.active,
            expires_at: self.key_ends_at.map(AmzDate::from_unix),
            session_rights: rights,
            session_token: self.token_expected.map(SessionToken::new),
            ..Credential::long_term(identity, self.authority())
        }
    }

    fn decide(&self) -> Result<Authorized, Refusal> {
        match self.decided()? {
            Decided::Permitted(permit) => Ok(permit),
            Decided::TagsNeeded(question) => panic!("{question:?}"),
        }
    }

    fn code(&self) -> Option<ErrorCode> {
        self.decide().err().map(|refusal| refusal.fault().code())
    }

    fn message(&self) -> String {
        self.decide().unwrap_err().fault().message().to_owned()
    }
}

#[test]
fn a_good_url_gets_a_permit_that_names_what_was_decided() {
    let permit = Case::default().decide().unwrap();
    assert_eq!(permit.operation().name(), "GetObject");
    assert_eq!(permit.bucket().unwrap().id, BucketId(7));
    assert_eq!(permit.key().unwrap().as_str(), "cat.jpg");
    assert_eq!(&*permit.identity().name, "app");
    assert_eq!(
        permit.presigned().unwrap().expires_at.unix(),
        SIGNED_AT + 600
    );
}

#[test]
fn a2_an_unsigned_copy_source_is_refused_and_is_no_copy() {
    let case = Case {
        method: "PUT",
        signed_as: "PUT",
        headers: vec![("x-amz-copy-source", "/photos/secret")],
        guardrails: Guardrails::s3(),
        ..Case::default()
    };
    let refusal = case.decide().unwrap_err();
    let fields = [("HeadersNotSigned", "x-amz-copy-source".to_owned())];
    assert_eq!(refusal.fault().fields(), fields);
}

#[test]
fn a3_a_streaming_payload_header_gives_a_presigned_request_nothing() {
    for mode in [
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    ] {
        let case = Case {
            method: "PUT",
            signed_as: "GET",
            headers: vec![("x-amz-content-sha256", mode)],
            ..Case::default()
        };
        assert_eq!(
            case.code(),
            Some(ErrorCode::SignatureDoesNotMatch),
            "{mode}"
        );
    }
}

#[test]
fn a5_a_doubled_or_respelled_parameter_is_refused() {
    for extra in [
        "&X-Amz-Expires=1",
        "&x-amz-expires=600",
        "&%58-Amz-Date=1",
        "&X-Amz-Signature=0",
    ] {
        let case = Case {
            extra_query: extra,
            ..Case::default()
        };
        assert_eq!(
            case.code(),
            Some(ErrorCode::AuthorizationQueryParametersError),
            "{extra}"
        );
    }
}

#[test]
fn a7_dot_segments_are_refused_where_proxies_would_rewrite_them() {
    for path in ["/photos/a/../b", "/photos/./a", "/photos/.."] {
        let safe = Case {
            path,
            ..Case::default()
        };
        assert_eq!(safe.code(), Some(ErrorCode::InvalidURI), "{path}");
        let s3 = Case {
            path,
            guardrails: Guardrails::s3(),
            ..Case::default()
        };
        assert_eq!(s3.code(), None, "{path}");
        assert_eq!(
            s3.decide().unwrap().key().unwrap().as_str(),
            &path["/photos/".len()..]
        );
    }
}

#[test]
fn a15_a_get_link_answers_head_in_safe_and_not_in_s3() {
    let safe = Case {
        method: "HEAD",
        ..Case::default()
    };
    assert_eq!(safe.decide().unwrap().operation().name(), "HeadObject");
    let s3 = Case {
        method: "HEAD",
        guardrails: Guardrails::s3(),
        ..Case::default()
    };
    assert_eq!(s3.code(), Some(ErrorCode::SignatureDoesNotMatch));
    for sub_resource in [
        "&acl",
        "&tagging",
        "&versionId=1",
        "&torrent",
        "&attributes",
    ] {
        let case = Case {
            extra_query: sub_resource,
            ..Case::default()
        };
        assert_eq!(
            case.code(),
            Some(ErrorCode::SignatureDoesNotMatch),
            "{sub_resource}"
        );
    }
    let put = Case {
        method: "HEAD",
        signed_as: "PUT",
        ..Case::default()
    };
    assert_eq!(put.code(), Some(ErrorCode::SignatureDoesNotMatch));
}

#[test]
fn a16_a_signed_override_cannot_make_a_page_of_an_object() {
    for kind in [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/html; charset=x",
    ] {
        let case = Case {
            query: vec![("response-content-type", kind)],
            ..Case::default()
        };
        assert_eq!(case.code(), Some(ErrorCode::AccessDenied), "{kind}");
        let s3 = Case {
            guardrails: Guardrails::s3(),
            ..case
        };
        assert_eq!(s3.code(), None, "{kind}");
    }
    let image = Case {
        query: vec![("response-content-type", "image/png")],
        ..Case::default()
    };
    assert_eq!(image.code(), None);
    let unsigned = Case {
        extra_query: "&response-content-type=image%2Fpng",
        ..Case::default()
    };
    assert_eq!(unsigned.code(), Some(ErrorCode::SignatureDoesNotMatch));
}

#[test]
fn b1_a_date_ahead_of_our_clock_cannot_stretch_a_life() {
    for (age_s, expected) in [
        (-3_600, "Request is not yet valid"),
        (-31_536_000, "Request is not yet valid"),
        (-901, "Request is not yet valid"),
    ] {
        let case = Case {
            age_s,
            ..Case::default()
        };
        assert_eq!(case.message(), expected, "{age_s}");
    }
    let slightly = Case {
        age_s: -120,
        expires_s: 900,
        ..Case::default()
    };
    assert_eq!(slightly.code(), None);
    let dodging = Case {
        age_s: -600,
        expires_s: 900,
        ..Case::default()
    };
    assert!(
        dodging.message().contains("dated ahead"),
        "{}",
        dodging.message()
    );
}

#[test]
fn b2_a_life_over_the_ceiling_is_refused_at_first_use_with_the_ceiling_in_the_message() {
    let week = Case {
        expires_s: 604_800,
        ..Case::default()
    };
    assert!(week.message().contains("900 seconds"), "{}", week.message());
    assert_eq!(
        Case {
            expires_s: 900,
            ..Case::default()
        }
        .code(),
        None
    );
    assert_eq!(
        Case {
            expires_s: 901,
            ..Case::default()
        }
        .code(),
        Some(ErrorCode::AccessDenied)
    );
    let upload = |expires_s| Case {
        method: "PUT",
        signed_as: "PUT",
        expires_s,
        ..Case::default()
    };
    assert_eq!(upload(3_600).code(), None);
    assert_eq!(upload(3_601).code(), Some(ErrorCode::AccessDenied));
    let s3 = Case {
        expires_s: 604_800,
        guardrails: Guardrails::s3(),
        ..Case::default()
    };
    assert_eq!(s3.code(), None);
}

#[test]
fn b2_a_forged_life_says_nothing_about_ceilings() {
    let case = Case {
        expires_s: 604_800,
        method: "PUT",
        ..Case::default()
    };
    assert_eq!(case.code(), Some(ErrorCode::SignatureDoesNotMatch));
}

#[test]
fn b5_a_link_is_good_for_its_whole_life_and_not_a_second_more() {
    let upload = |age_s| Case {
        method: "PUT",
        signed_as: "PUT",
        expires_s: 3_600,
        age_s,
        ..Case::default()
    };
    assert_eq!(upload(16 * 60).code(), None);
    assert_eq!(upload(3_600).code(), None);
    let refusal = upload(3_601).decide().unwrap_err();
    assert_eq!(refusal.fault().message(), "Request has expired");
    let names: Vec<&str> = refusal
        .fault()
        .fields()
        .iter()
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(names, ["X-Amz-Expires", "Expires", "ServerTime"]);
}

#[test]
fn b5_an_expired_url_says_so_even_if_its_signature_is_wrong() {
    let case = Case {
        method: "PUT",
        age_s: 601,
        ..Case::default()
    };
    assert_eq!(case.message(), "Request has expired");
}

#[test]
fn b6_disabling_a_key_ends_its_urls() {
    let case = Case {
        active: false,
        ..Case::default()
    };
    assert_eq!(case.code(), Some(ErrorCode::InvalidAccessKeyId));
    let unknown = Case {
        stranger: Some(Stranger::Key),
        ..Case::default()
    };
    assert_eq!(unknown.code(), Some(ErrorCode::InvalidAccessKeyId));
}

#[test]
fn h2_a_session_token_belongs_to_its_key() {
    let case = |sent, expected| Case {
        token_sent: sent,
        token_expected: expected,
        ..Case::default()
    };
    assert_eq!(case(Some("t"), Some("t")).code(), None);
    assert_eq!(
        case(Some("x"), Some("t")).code(),
        Some(ErrorCode::InvalidToken)
    );
    assert_eq!(case(Some("t"), None).code(), Some(ErrorCode::InvalidToken));
    assert_eq!(
        case(None, Some("t")).code(),
        Some(ErrorCode::InvalidAccessKeyId)
    );
}

#[test]
fn f1_a_refused_token_is_not_repeated() {
    let case = Case {
        token_sent: Some("s3ssion"),
        ..Case::default()
    };
    let refusal = case.decide().unwrap_err();
    assert!(!format!("{refusal:?}").contains("s3ssion"));
}

#[test]
fn h6_root_keys_cannot_presign_unless_allowed() {
    let root = Case {
        kind: PrincipalKind::Root,
        ..Case::default()
    };
    assert!(root.message().contains("Root keys cannot presign"));
    let s3 = Case {
        guardrails: Guardrails::s3(),
        ..root
    };
    assert_eq!(s3.code(), None);
}

#[test]
fn presigned_requests_reach_object_data_only() {
    for (method, path, query) in [
        ("DELETE", "/photos/cat.jpg", vec![]),
        ("GET", "/photos/cat.jpg", vec![("acl", "")]),
        ("GET", "/photos", vec![("list-type", "2")]),
        ("PUT", "/photos", vec![]),
        ("GET", "/", vec![]),
        ("PUT", "/photos/cat.jpg", vec![("tagging", "")]),
    ] {
        let case = Case {
            method,
            signed_as: method,
            path,
            query,
            ..Case::default()
        };
        assert_eq!(
            case.code(),
            Some(ErrorCode::AccessDenied),
            "{method} {path}"
        );
        let s3 = Case {
            guardrails: Guardrails::s3(),
            ..case
        };
        assert_eq!(s3.code(), None, "{method} {path}");
    }
}

#[test]
fn g4_plain_http_is_refused_before_anything_else_and_the_signature_counts_as_exposed() {
    let case = Case {
        transport: Transport::Plain,
        stranger: Some(Stranger::Key),
        ..Case::default()
    };
    let refusal = case.decide().unwrap_err();
    assert_eq!(refusal.fault().code(), ErrorCode::AccessDenied);
    assert!(refusal.exposed());
    assert_eq!(
        Case {
            transport: Transport::Loopback,
            ..Case::default()
        }
        .code(),
        None
    );
}

#[test]
fn f8_only_who_may_know_hears_that_a_bucket_is_missing() {
    let missing = Case {
        bucket_exists: false,
        ..Case::default()
    };
    assert_eq!(missing.code(), Some(ErrorCode::NoSuchBucket));
    let forged = Case {
        bucket_exists: false,
        method: "PUT",
        ..Case::default()
    };
    assert_eq!(forged.code(), Some(ErrorCode::SignatureDoesNotMatch));
    let forged = Case {
        method: "PUT",
        ..Case::default()
    };
    assert_eq!(forged.code(), Some(ErrorCode::SignatureDoesNotMatch));
}

#[test]
fn a_copy_is_permitted_together_with_what_it_reads_or_not_at_all() {
    let copy = |exists| Case {
        method: "PUT",
        signed_as: "PUT",
        guardrails: Guardrails::s3(),
        source_bucket_exists: exists,
        ..Case::default()
    };
    let permit = copy(Some(true)).decide().unwrap();
    let source = permit.source().unwrap();
    assert_eq!(source.key.as_str(), "original.jpg");
    assert_eq!(source.version.as_deref(), Some("v1"));
    let refused = copy(Some(false)).decide().unwrap_err();
    assert_eq!(refused.fault().code(), ErrorCode::NoSuchBucket);
    assert!(copy(None).decide().unwrap().source().is_none());
}

#[test]
fn the_permit_names_the_version_that_was_signed() {
    let case = Case {
        query: vec![("versionId", "v7")],
        ..Case::default()
    };
    assert_eq!(case.decide().unwrap().version(), Some("v7"));
    assert_eq!(Case::default().decide().unwrap().version(), None);
}

#[test]
fn a_restricted_url_is_held_to_its_restrictions_and_its_permit_tells_them() {
    let case = |client: [u8; 4], age_s| Case {
        query: vec![
            ("x-cs-ip", "203.0.113.0/24"),
            ("x-cs-not-before", "20260115T120010Z"),
            ("x-cs-uses", "1"),
        ],
        client: IpAddr::from(client),
        age_s,
        ..Case::default()
    };
    let permit = case([203, 0, 113, 7], 10).decide().unwrap();
    let restrictions = permit.restrictions().unwrap();
    assert_eq!(restrictions.uses().unwrap().get(), 1);
    let refused = |case: Case| case.decide().unwrap_err().fault().fields()[0].clone();
    assert_eq!(
        refused(case([203, 0, 114, 7], 10)),
        ("Restriction", "x-cs-ip".to_owned())
    );
    assert_eq!(
        refused(case([203, 0, 113, 7], 9)),
        ("Restriction", "x-cs-not-before".to_owned())
    );
    assert!(Case::default().decide().unwrap().restrictions().is_none());
}

#[test]
fn restrictions_are_looked_at_after_the_signature_and_the_guardrails() {
    let query = vec![("x-cs-nothing", "1")];
    let own = Case {
        query: query.clone(),
        ..Case::default()
    };
    assert_eq!(own.code(), Some(ErrorCode::InvalidArgument));
    let added = Case {
        extra_query: "&x-cs-nothing=1",
        ..Case::default()
    };
    assert_eq!(added.code(), Some(ErrorCode::SignatureDoesNotMatch));
    let too_long = Case {
        query: query.clone(),
        expires_s: 604_800,
        ..Case::default()
    };
    assert_eq!(too_long.code(), Some(ErrorCode::AccessDenied));
    let elsewhere = Case {
        query,
        bucket_exists: false,
        ..Case::default()
    };
    assert_eq!(elsewhere.code(), Some(ErrorCode::InvalidArgument));
}

#[test]
fn a5_a_restriction_stands_once_in_lower_case_and_in_no_header() {
    for query in [
        vec![("x-cs-uses", "1"), ("x-cs-uses", "1")],
        vec![("X-Cs-Uses", "1")],
        vec![("x-cs-uses", "1"), ("X-CS-USES", "1")],
        vec![("x-cs-type", "image/*")],
    ] {
        let case = Case {
            query: query.clone(),
            ..Case::default()
        };
        assert_eq!(case.code(), Some(ErrorCode::InvalidArgument), "{query:?}");
    }
    let in_header = Case {
        headers: vec![("X-Cs-Uses", "1")],
        ..Case::default()
    };
    assert_eq!(in_header.code(), Some(ErrorCode::InvalidArgument));
}

#[test]
fn a6_a_link_is_known_by_its_name_or_its_signature_and_not_by_its_text() {
    let link = |query: Vec<(&'static str, &'static str)>, method, extra_query| {
        let case = Case {
            query,
            method,
            extra_query,
            ..Case::default()
        };
        case.decide().unwrap().link().unwrap()
    };
    let plain = link(vec![], "GET", "");
    assert_eq!(link(vec![], "GET", "&"), plain);
    assert_eq!(link(vec![], "HEAD", ""), plain);
    assert_ne!(link(vec![("versionId", "1")], "GET", ""), plain);
    let named = link(vec![("x-cs-id", "invoice-7")], "GET", "");
    assert_eq!(named, LinkId::named("AIDAAPP", "invoice-7"));
    let of_other_version = vec![("x-cs-id", "invoice-7"), ("versionId", "1")];
    assert_eq!(link(of_other_version, "GET", ""), named);
}

fn revocation_of(target: RevocationTarget) -> Revocation {
    Revocation {
        target,
        signed_until: AmzDate::from_unix(SIGNED_AT),
        ends_transfers: false,
        made_at_ms: SIGNED_AT * 1_000,
        expires_at_ms: (SIGNED_AT + 604_800) * 1_000,
    }
}

#[test]
fn a6_d11_a_respelled_url_stays_revoked() {
    let url = Case::default();
    let link = url.decide().expect("permitted").link().expect("a link");
    // The id stands for the signature, so nothing of it depends on how the URL is written.
    let revoked = Some(vec![revocation_of(RevocationTarget::Link(link))]);
    let case = Case { revoked, ..url };
    let refusal = case.decide().expect_err("revoked");
    assert_eq!(refusal.fault().code(), ErrorCode::AccessDenied);
    assert_eq!(
        refusal.fault().message(),
        "This link has been revoked. Ask for a new one."
    );
    assert!(refusal.reason().contains(&link.to_string()));
}

#[test]
fn a_name_belongs_to_its_signer_and_is_one_link_whatever_it_signs() {
    let named = |path, name| Case {
        path,
        query: vec![("x-cs-id", name)],
        ..Case::default()
    };
    let link = |case: &Case| case.decide().expect("permitted").link();
    let one = link(&named("/photos/cat.jpg", "order-1"));
    assert_eq!(one, Some(LinkId::named("AIDAAPP", "order-1")));
    assert_eq!(one, link(&named("/photos/dog.jpg", "order-1")));
    assert_ne!(one, link(&named("/photos/cat.jpg", "order-2")));
}

#[test]
fn a_revocation_concerns_what_was_signed_until_then() {
    let photos = BucketName::parse("photos").unwrap();
    let targets = [
        RevocationTarget::AccessKey(AccessKeyId::new("AKID")),
        RevocationTarget::Object {
            bucket: photos.clone(),
            key: "cat.jpg".into(),
        },
        RevocationTarget::Prefix {
            bucket: photos,
            prefix: "".into(),
        },
        RevocationTarget::Subject("ann".into()),
        RevocationTarget::User {
            user_id: "AIDAAPP".into(),
        },
    ];
    for target in targets {
        let with_until = |signed_until| Case {
            query: vec![("x-cs-subject", "ann")],
            revoked: Some(vec![Revocation {
                signed_until: AmzDate::from_unix(signed_until),
                ..revocation_of(target.clone())
            }]),
            ..Case::default()
        };
        assert!(with_until(SIGNED_AT).decide().is_err(), "{target:?}");
        assert!(with_until(SIGNED_AT - 1).decide().is_ok(), "{target:?}");
    }
}

#[test]
fn d2_while_nobody_can_tell_what_is_revoked_links_are_refused() {
    let case = Case {
        revoked: None,
        ..Case::default()
    };
    let refusal = case.decide().expect_err("nobody can tell");
    assert_eq!(refusal.fault().code(), ErrorCode::ServiceUnavailable);
}
