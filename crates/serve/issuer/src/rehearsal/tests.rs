use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use countersign_gate::{
    Authority, BucketPolicy, BucketRef, Country, Credential, Decided, Guardrails, Identity,
    Inquiry, Refusal, Restrictions, RevocationSet, SessionFacts, Transport, decide,
};
use countersign_request::{Header, Query, RequestHead};
use countersign_s3::{Addressing, BucketId, BucketName, Fields, Versioning, recognize};
use countersign_sigv4::presign::{Presigner, Signer};
use countersign_sigv4::sign::sign;
use countersign_sigv4::verify::{VerificationKey, Workspace};
use countersign_sigv4::{
    AccessKeyId, AmzDate, AnyClaim, Claim, SecretAccessKey, SessionToken, SigningKey,
    UNSIGNED_PAYLOAD,
};
use proptest::prelude::*;

use super::{Scene, Stage, Visitor, rehearse_url};
use crate::mint::{Endpoint, LinkSigner, ToSign, mint_url};

const NOW: i64 = 1_800_000_000;
const ARN: &str = "arn:aws:iam::000000000000:user/alice";
const HOST: &str = "127.0.0.1:9000";

struct World {
    key: SigningKey,
    bucket: BucketRef,
    bucket_policy: Arc<BucketPolicy>,
    guardrails: Guardrails,
    addressing: Addressing,
    endpoint: Endpoint,
}

impl World {
    fn new() -> Self {
        let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let date = AmzDate::from_unix(NOW).format();
        Self {
            key: SigningKey::derive(&secret, date.day(), "us-east-1", "s3"),
            bucket: BucketRef {
                name: BucketName::parse("photos").unwrap(),
                id: BucketId(1),
                versioning: Versioning::Unversioned,
            },
            bucket_policy: Arc::new(BucketPolicy::read(None)),
            guardrails: Guardrails::safe(),
            addressing: Addressing::new(Vec::<String>::new()),
            endpoint: Endpoint {
                scheme: "http".into(),
                authority: HOST.into(),
            },
        }
    }

    /// Shows a link of a maker with these policies to the gate.
    fn link(
        &self,
        maker: &Credential,
        method: &'static str,
        object: &str,
        query: &[(&str, &str)],
        expires_s: u32,
    ) -> Result<Decided, Refusal> {
        let token = maker.session_token.clone().unwrap();
        let signer = LinkSigner {
            access_key_id: maker.identity.access_key_id.as_str(),
            token: &token,
            key: &self.key,
            region: "us-east-1",
            endpoint: &self.endpoint,
        };
        let to_sign = ToSign {
            method,
            bucket: "photos",
            key: object,
            query,
            headers: &[],
            date: AmzDate::from_unix(NOW),
            expires_s,
        };
        let url = mint_url(&signer, &to_sign, &mut Presigner::default()).unwrap();
        let restrictions = Restrictions::of(query.iter().copied()).unwrap();
        let restrictions = restrictions.map(|boxed| *boxed).unwrap_or_default();
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let stage = Stage {
            guardrails: &self.guardrails,
            region: "us-east-1",
            addressing: &self.addressing,
            endpoint: &self.endpoint,
            credential: Ok(maker),
            key: VerificationKey::Hmac(&self.key),
            bucket: Some(&self.bucket),
            bucket_policy: Some(&self.bucket_policy),
            existing_tags: None,
            revocations: Some(&RevocationSet::default()),
            visitor: Visitor::fitting(&restrictions, loopback, AmzDate::from_unix(NOW)),
        };
        let headers: &[(&str, &str)] = if method == "PUT" {
            &[("content-length", "1"), ("content-type", "image/png")]
        } else {
            &[]
        };
        let scene = Scene {
            method,
            url: &url,
            headers,
        };
        rehearse_url(
            &stage,
            &scene,
            &mut Query::default(),
            &mut Workspace::default(),
        )
    }

    /// What the gate says to the maker itself, who signs with a header.
    fn own(&self, maker: &Credential, method: &str, object: &str) -> Result<Decided, Refusal> {
        let path = format!("/photos/{object}");
        let host = Header {
            name: "host",
            value: HOST.as_bytes(),
        };
        let unsigned = RequestHead {
            method,
            path: &path,
            query: "",
            headers: &[host],
        };
        let signer = Signer {
            access_key_id: maker.identity.access_key_id.as_str(),
            session_token: None,
            region: "us-east-1",
            service: "s3",
            key: &self.key,
        };
        let signed = sign(
            &unsigned,
            UNSIGNED_PAYLOAD,
            &signer,
            AmzDate::from_unix(NOW),
        )
        .unwrap();
        let mut headers = vec![host];
        headers.extend(signed.headers.iter().map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        }));
        let head = RequestHead {
            headers: &headers,
            ..unsigned
        };
        let query = Query::default();
        let address = self.addressing.resolve(HOST, &path).unwrap();
        let operation = recognize(address.level(), &query, &head).unwrap();
        let claim = Claim::find(&head, &query).unwrap().map(AnyClaim::V4);
        let fields = Fields::of_headers(head);
        let inquiry = Inquiry {
            head: &head,
            query: &query,
            fields: Ok(fields),
            address: &address,
            operation,
            claim: claim.as_ref(),
            credential: Ok(maker),
            key: Some(VerificationKey::Hmac(&self.key)),
            bucket: Some(&self.bucket),
            bucket_policy: Some(&self.bucket_policy),
            existing_tags: None,
            source: None,
            form: None,
            transport: Transport::Loopback,
            tls: None,
            client: IpAddr::V4(Ipv4Addr::LOCALHOST),
            country: Country::NotLookedUp,
            revocations: Some(&RevocationSet::default()),
            now: AmzDate::from_unix(NOW),
        };
        decide(
            &inquiry,
            &self.guardrails,
            "us-east-1",
            &mut Workspace::default(),
        )
    }
}

/// The maker with a key of its own, and what its links are signed with.
fn maker(policies: &[String], is_link: bool) -> Credential {
    let named: Vec<(String, &str)> = policies
        .iter()
        .enumerate()
        .map(|(number, text)| (format!("p{number}"), text.as_str()))
        .collect();
    let named = named.iter().map(|(name, text)| (name.as_str(), *text));
    let authority = Authority::read(ARN, named, None, Vec::new());
    let id = AccessKeyId::new(if is_link {
        "ASIAAAAAAAAAAAAAAAAA"
    } else {
        "AKIAAAAAAAAAAAAAAAAA"
    });
    let mut identity = Identity::of_user("alice", "AIDA1", ARN, id);
    if !is_link {
        return Credential::long_term(identity, authority);
    }
    identity.session = Some(SessionFacts {
        name: None,
        issued_at: AmzDate::from_unix(NOW),
        expires_at: AmzDate::from_unix(NOW + 86_400),
        is_registered: true,
        is_chained: false,
        source_identity: None,
        federated_provider: None,
    });
    Credential {
        session_token: Some(SessionToken::new("token")),
        ..Credential::long_term(identity, authority)
    }
}

fn statement(effect: &str, action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"arn:aws:s3:::photos/{resource}"}}}}"#
    )
}

fn is_permitted(decided: &Result<Decided, Refusal>) -> bool {
    matches!(decided, Ok(Decided::Permitted(_)))
}

proptest! {
    #[test]
    fn c5_no_link_passes_where_its_maker_would_be_refused(
        policies in prop::collection::vec(
            (
                prop::sample::select(vec!["Allow", "Allow", "Deny"]),
                prop::sample::select(vec!["s3:*", "s3:GetObject", "s3:PutObject", "s3:Get*", "countersign:*"]),
                prop::sample::select(vec!["*", "a/*", "a/b", "b/*", "?/b"]),
            ),
            0..5,
        ),
        method in prop::sample::select(vec!["GET", "HEAD", "PUT"]),
        object in prop::sample::select(vec!["a/b", "a/bc", "b/b", "c", "a"]),
        limits in prop::sample::subsequence(
            vec![("x-cs-ip", "203.0.113.0/24"), ("x-cs-country", "SE"), ("x-cs-subject", "x"), ("x-cs-uses", "1")],
            0..4,
        ),
    ) {
        let world = World::new();
        let policies: Vec<String> = policies
            .iter()
            .map(|(effect, action, resource)| statement(effect, action, resource))
            .collect();
        let own = world.own(&maker(&policies, false), method, object);
        let link = world.link(&maker(&policies, true), method, object, &limits, 300);
        prop_assert!(!is_permitted(&link) || is_permitted(&own), "{policies:?} {method} {object}");
        // And whatever the maker may do can be handed on.
        prop_assert_eq!(is_permitted(&link), is_permitted(&own), "{:?} {:?}", policies, link.err());
    }
}

#[test]
fn what_the_operator_forbids_is_refused_though_policies_allow_it() {
    let world = World::new();
    let all = [statement("Allow", "s3:*", "*")];
    let maker = maker(&all, true);
    let too_long = world.link(&maker, "GET", "a", &[], 901).unwrap_err();
    assert!(too_long.fault().message().contains("900 seconds at most"));
    let deletes = world.link(&maker, "DELETE", "a", &[], 60).unwrap_err();
    assert!(deletes.fault().message().contains("presigned deletes"));
    let dots = world.link(&maker, "GET", "a/../b", &[], 60).unwrap_err();
    assert!(dots.fault().message().contains("segments"));
    let unfit = world.link(&maker, "GET", "a", &[("x-cs-create", "true")], 60);
    assert!(unfit.is_err());
}
