//! Who signed a call to a service beside S3, and who did not.

use std::net::IpAddr;

use countersign_gate::{CallOrigin, Revocation, RevocationTarget, Transport};
use countersign_policy::{Resource, Values};
use countersign_request::{Header, RequestHead};
use countersign_session::{Purpose, Session, SubjectKind};
use countersign_sigv4::presign::{PresignRequest, Presigner, Signer};
use countersign_sigv4::sign::sign;
use countersign_sigv4::{AccessKeyId, AmzDate, SecretAccessKey, SigningKey, sha256_hex};
use countersign_state::{
    KeyStatus, NewCredential, NewManagedPolicy, PolicyName, PolicyOwner, RoleName, UserName,
};
use http::request::Parts;
use tempfile::TempDir;

use super::{FULL_ACCESS, NOW, NOW_S, directory, role_id, session_of};
use crate::{CallError, Caller, Directory, ServiceCall};

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const HOST: &str = "files.example.com";

/// A call that is signed; each test changes what it is about.
#[derive(Clone)]
struct Call {
    id: String,
    secret: String,
    token: Option<String>,
    service: &'static str,
    region: &'static str,
    signed_at_s: i64,
    signed_body: &'static str,
    sent_body: &'static str,
    extra_headers: Vec<(&'static str, String)>,
    query: &'static str,
}

impl Call {
    fn with(id: &str, secret: &str, token: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: token.map(str::to_owned),
            service: "sts",
            region: "us-east-1",
            signed_at_s: NOW_S,
            signed_body: BODY,
            sent_body: BODY,
            extra_headers: Vec::new(),
            query: "",
        }
    }

    /// One that is signed with the credentials of a session.
    fn of(directory: &Directory, session: &Session) -> Self {
        let sealed = directory.ring().seal(session).unwrap();
        Self::with(
            sealed.access_key_id.as_str(),
            sealed.secret_access_key.expose(),
            Some(sealed.session_token.expose()),
        )
    }

    fn key(&self) -> SigningKey {
        let date = AmzDate::from_unix(self.signed_at_s).format();
        let secret = SecretAccessKey::new(self.secret.as_str());
        SigningKey::derive(&secret, date.day(), self.region, self.service)
    }

    fn signer<'a>(&'a self, key: &'a SigningKey) -> Signer<'a> {
        Signer {
            access_key_id: &self.id,
            session_token: self.token.as_deref(),
            region: self.region,
            service: self.service,
            key,
        }
    }

    fn parts(&self) -> Parts {
        let key = self.key();
        let head = RequestHead {
            method: "POST",
            path: "/",
            query: self.query,
            headers: &[Header {
                name: "host",
                value: HOST.as_bytes(),
            }],
        };
        let hash = sha256_hex(self.signed_body.as_bytes());
        let date = AmzDate::from_unix(self.signed_at_s);
        let signed = sign(&head, hash.as_str(), &self.signer(&key), date).unwrap();
        let mut request = http::Request::post(format!("/?{}", self.query).trim_end_matches('?'));
        for (name, value) in signed.headers {
            request = request.header(name, value);
        }
        for (name, value) in &self.extra_headers {
            request = request.header(*name, value);
        }
        request.body(()).unwrap().into_parts().0
    }

    async fn made(&self, directory: &Directory) -> Result<Caller, CallError> {
        authenticate(directory, &self.parts(), self.sent_body).await
    }

    async fn refused(&self, directory: &Directory) -> &'static str {
        match self.made(directory).await {
            Ok(caller) => panic!("{caller:?}"),
            Err(error) => error.code(),
        }
    }
}

async fn authenticate(
    directory: &Directory,
    parts: &Parts,
    body: &str,
) -> Result<Caller, CallError> {
    let origin = CallOrigin {
        address: IpAddr::from([203, 0, 113, 7]),
        transport: Transport::Secure,
        tls: None,
        authority: HOST.into(),
    };
    let call = ServiceCall {
        parts,
        body: body.as_bytes(),
        origin: &origin,
        service: "sts",
        regions: &["eu-central-1", "us-east-1"],
    };
    let refused = directory.authenticate_call(&call).await;
    refused.map_err(|refusal| refusal.error)
}

/// A key of the user `app`.
async fn long_term(directory: &Directory) -> Call {
    let user = UserName::parse("app").unwrap();
    let credential = NewCredential::generate().unwrap();
    let (id, secret) = (credential.id.clone(), credential.secret.clone());
    let state = directory.state();
    state
        .create_access_key(&user, credential, NOW)
        .await
        .unwrap();
    Call::with(id.as_str(), secret.expose(), None)
}

#[tokio::test]
async fn a_call_tells_who_signed_it() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let call = long_term(&directory).await;
    let caller = call.made(&directory).await.unwrap();
    assert_eq!(&*caller.identity().name, "app");
    assert_eq!(&*caller.region, "us-east-1");
    assert!(caller.session.is_none() && !caller.is_presigned);
    let elsewhere = Call {
        region: "eu-central-1",
        ..call.clone()
    };
    assert!(elsewhere.made(&directory).await.is_ok());

    let session = session_of(SubjectKind::Role, &role_id(&directory).await);
    let caller = Call::of(&directory, &session)
        .made(&directory)
        .await
        .unwrap();
    assert_eq!(
        &*caller.identity().arn,
        "arn:aws:sts::000000000000:assumed-role/builder/build"
    );
    assert_eq!(caller.session.as_deref(), Some(&session));
}

#[tokio::test]
async fn a10_a_call_is_for_one_service_and_region_and_body() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let good = long_term(&directory).await;
    let changed = [
        Call {
            service: "s3",
            ..good.clone()
        },
        Call {
            service: "iam",
            ..good.clone()
        },
        Call {
            region: "mars-1",
            ..good.clone()
        },
        Call {
            sent_body: "Action=AssumeRole",
            ..good.clone()
        },
        Call {
            secret: "another".to_owned(),
            ..good.clone()
        },
        Call {
            extra_headers: vec![("x-amz-meta-more", "unsigned".to_owned())],
            ..good.clone()
        },
    ];
    for call in changed {
        assert_eq!(call.refused(&directory).await, "SignatureDoesNotMatch");
    }
    let mut parts = good.parts();
    parts.uri = "/?Action=AssumeRole".parse().unwrap();
    let error = authenticate(&directory, &parts, BODY).await.unwrap_err();
    assert_eq!(error.code(), "SignatureDoesNotMatch");
}

#[tokio::test]
async fn calls_without_good_credentials_are_refused_by_name() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let good = long_term(&directory).await;
    let unknown = Call {
        id: "AKIAUNKNOWN".to_owned(),
        ..good.clone()
    };
    assert_eq!(unknown.refused(&directory).await, "InvalidClientTokenId");
    let mut unsigned = good.parts();
    unsigned.headers.remove("authorization");
    let error = authenticate(&directory, &unsigned, BODY).await.unwrap_err();
    assert_eq!(error, CallError::MissingAuthenticationToken);
    let mut garbled = good.parts();
    let value = "AWS4-HMAC-SHA256 Credential=x".parse().unwrap();
    garbled.headers.insert("authorization", value);
    let error = authenticate(&directory, &garbled, BODY).await.unwrap_err();
    assert_eq!((error.code(), error.status()), ("IncompleteSignature", 400));
    for off in [-901, 901] {
        let late = Call {
            signed_at_s: NOW_S + off,
            ..good.clone()
        };
        assert_eq!(late.refused(&directory).await, "RequestExpired");
    }
    let id = AccessKeyId::new(good.id.as_str());
    let state = directory.state();
    let disable = state.set_access_key_status(&id, KeyStatus::Disabled);
    disable.await.unwrap();
    directory.invalidate();
    assert_eq!(good.refused(&directory).await, "InvalidClientTokenId");
}

#[tokio::test]
async fn h2_a_token_goes_with_its_own_key_and_with_no_other() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let session = session_of(SubjectKind::Role, &id);
    let other = Session {
        salt: [8; 16],
        ..session.clone()
    };
    let (one, other) = (Call::of(&directory, &session), Call::of(&directory, &other));
    let key = long_term(&directory).await;
    assert!(one.made(&directory).await.is_ok());
    assert!(other.made(&directory).await.is_ok());
    let swapped = [
        // The token of another session of the same role, which is good and kept in memory.
        Call {
            token: other.token.clone(),
            ..one.clone()
        },
        // The key of the other session, whose id is in the token of this one.
        Call {
            id: one.id.clone(),
            ..other.clone()
        },
        Call {
            secret: one.secret.clone(),
            ..other.clone()
        },
        Call {
            token: None,
            ..one.clone()
        },
        Call {
            token: Some(String::new()),
            ..one.clone()
        },
        Call {
            token: one.token.as_deref().map(|token| token[1..].to_owned()),
            ..one.clone()
        },
        // A token beside a key that has none.
        Call {
            token: one.token.clone(),
            ..key.clone()
        },
        // The id and the secret of a user, under the token's name.
        Call {
            id: one.id.clone(),
            secret: key.secret.clone(),
            ..one.clone()
        },
    ];
    for call in swapped {
        let code = call.refused(&directory).await;
        assert!(
            ["InvalidClientTokenId", "SignatureDoesNotMatch"].contains(&code),
            "{code}"
        );
    }
    // In two places, or twice in one.
    let token = one.token.clone().unwrap();
    let twice = Call {
        extra_headers: vec![("x-amz-security-token", token.clone())],
        ..one.clone()
    };
    assert_eq!(twice.refused(&directory).await, "IncompleteSignature");
    let mut parts = one.parts();
    parts.uri = format!("/?X-Amz-Security-Token={token}").parse().unwrap();
    let error = authenticate(&directory, &parts, BODY).await.unwrap_err();
    assert_eq!(error.code(), "IncompleteSignature");
    let mut parts = one.parts();
    parts.headers.remove("x-amz-security-token");
    parts.uri = format!("/?X-Amz-Security-Token={token}").parse().unwrap();
    let error = authenticate(&directory, &parts, BODY).await.unwrap_err();
    // It is not looked for there, so it is missing.
    assert_eq!(error.code(), "InvalidClientTokenId");
}

#[tokio::test]
async fn b6_a_session_that_is_over_calls_nothing() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let until = |end| Session {
        expires_at_s: end,
        ..session_of(SubjectKind::Role, &id)
    };
    let last = Call::of(&directory, &until(NOW_S));
    assert!(last.made(&directory).await.is_ok());
    let over = Call::of(&directory, &until(NOW_S - 1));
    assert_eq!(over.refused(&directory).await, "ExpiredToken");
}

#[tokio::test]
async fn h5_a_session_that_was_issued_before_the_cut_off_calls_nothing() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let session = session_of(SubjectKind::Role, &id);
    let call = Call::of(&directory, &session);
    assert!(call.made(&directory).await.is_ok());
    let revocation = Revocation {
        target: RevocationTarget::Sessions {
            principal_id: id.as_str().into(),
        },
        signed_until: AmzDate::from_unix(session.issued_at_s),
        ends_transfers: false,
        made_at_ms: NOW.0,
        expires_at_ms: NOW.0 + 3_600_000,
    };
    directory.state().revoke(&revocation).await.unwrap();
    let state = directory.state().as_ref();
    directory.revocations().catch_up(state).await.unwrap();
    assert_eq!(call.refused(&directory).await, "AccessDenied");
    let later = Session {
        issued_at_s: session.issued_at_s + 1,
        ..session
    };
    let later = Call::of(&directory, &later);
    assert!(later.made(&directory).await.is_ok());
}

#[tokio::test]
async fn c8_credentials_that_sign_links_call_nothing() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let session = Session {
        purpose: Purpose::Issuer,
        ..session_of(SubjectKind::Role, &id)
    };
    let call = Call::of(&directory, &session);
    assert_eq!(call.refused(&directory).await, "AccessDenied");
}

#[tokio::test]
async fn a_presigned_call_lives_fifteen_minutes_at_most() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let call = long_term(&directory).await;
    let key = call.key();
    let presigned = |expires_s, age_s: i64| {
        // Services beside S3 cover the hash of the body, which a GET has none of.
        let request = PresignRequest {
            method: "GET",
            scheme: "https",
            host: HOST,
            path: "/",
            query: &[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")],
            headers: &[],
            expires_s,
        };
        let mut presigner = Presigner::default();
        let date = AmzDate::from_unix(NOW_S - age_s);
        let url = presigner.presign(&request, &call.signer(&key), date);
        url.unwrap().to_owned()
    };
    let asked = |expires_s, age_s| {
        let url = presigned(expires_s, age_s);
        let target = url.strip_prefix("https://files.example.com").unwrap();
        let request = http::Request::get(target).body(()).unwrap();
        request.into_parts().0
    };
    let code = |outcome: Result<Caller, CallError>| outcome.unwrap_err().code();
    for (expires_s, age_s) in [(901, 1), (60, 61)] {
        let refused = authenticate(&directory, &asked(expires_s, age_s), "").await;
        assert_eq!(code(refused), "RequestExpired", "{expires_s} {age_s}");
    }
    // The presigner here signs for S3, with an unsigned payload: the window is open, the signature is not.
    let refused = authenticate(&directory, &asked(900, 1), "").await;
    assert_eq!(code(refused), "SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_caller_may_do_what_its_policies_say() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let role = RoleName::parse("builder").unwrap();
    let owner = PolicyOwner::Role(role);
    let put = |name: &'static str, document: &'static str| {
        let (state, owner) = (directory.state(), owner.clone());
        let name = PolicyName::parse(name).unwrap();
        async move { state.put_policy(&owner, &name, document).await.unwrap() }
    };
    put("objects", FULL_ACCESS).await;
    put(
        "links",
        r#"{"Statement": {"Effect": "Allow", "Action": "countersign:CreateLink", "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                "StringEquals": {"countersign:Verb": "get"}}}}"#,
    )
    .await;
    directory.follow_change().await.unwrap();
    let call = Call::of(&directory, &session_of(SubjectKind::Role, &id));
    let caller = call.made(&directory).await.unwrap();
    let resource = Resource::Object {
        bucket: "photos",
        key: "cat.jpg",
    };
    let verb = |verb: &'static str| {
        move |key: &str| -> Values<'static> {
            match key {
                "countersign:verb" => verb.into(),
                _ => Values::Absent,
            }
        }
    };
    let ask = |action, which| caller.authorize(action, resource, None, &verb(which));
    assert!(ask("countersign:CreateLink", "get").is_ok());
    let denied = ask("countersign:CreateLink", "put").unwrap_err();
    assert_eq!(
        denied.sentence,
        "User: arn:aws:sts::000000000000:assumed-role/builder/build is not authorized to perform: \
         countersign:CreateLink on resource: arn:aws:s3:::photos/cat.jpg because no identity-based \
         policy allows the countersign:CreateLink action"
    );
    assert!(ask("countersign:RevokeLink", "get").is_err());
}

#[tokio::test]
async fn c5_the_session_for_links_has_the_rights_of_its_maker_and_ends_with_it() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let session = Session {
        policy: Some(FULL_ACCESS.into()),
        ..session_of(SubjectKind::Role, &id)
    };
    let caller = Call::of(&directory, &session)
        .made(&directory)
        .await
        .unwrap();
    let made = caller.session_for_links(NOW_S, NOW_S + 604_800, [1; 16]);
    let made = made.unwrap();
    assert_eq!(made.purpose, Purpose::Issuer);
    assert_eq!(made.issued_at_s, session.issued_at_s);
    assert_eq!(made.expires_at_s, session.expires_at_s);
    assert_eq!(made.policy, session.policy);

    let caller = long_term(&directory).await.made(&directory).await.unwrap();
    let made = caller.session_for_links(NOW_S, NOW_S + 600, [1; 16]);
    let made = made.unwrap();
    assert_eq!(*made.principal_id, *caller.identity().principal_id);
    assert_eq!((made.issued_at_s, made.expires_at_s), (NOW_S, NOW_S + 600));
}

#[tokio::test]
async fn h3_a_managed_policy_that_is_gone_takes_the_rights_that_it_may_have_denied() {
    let on = TempDir::new().unwrap();
    let directory = directory(&on).await;
    let id = role_id(&directory).await;
    let state = directory.state();
    let role = PolicyOwner::Role(RoleName::parse("builder").unwrap());
    let [own, name] = ["own", "no-secrets"].map(|name| PolicyName::parse(name).unwrap());
    state.put_policy(&role, &own, FULL_ACCESS).await.unwrap();
    let denies = r#"{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
    let new = NewManagedPolicy::new(&name, denies);
    let managed = state.create_managed_policy(&new, NOW).await.unwrap();
    let call = Call::of(
        &directory,
        &Session {
            policy: Some(FULL_ACCESS.into()),
            policy_arns: vec![managed.arn().to_string().into()],
            ..session_of(SubjectKind::Role, &id)
        },
    );
    let resource = Resource::Other {
        arn: "arn:aws:s3:::photos/secret",
    };
    let nothing = |_: &str| Values::Absent;
    let before = call.made(&directory).await.unwrap();
    let before = before.authorize("s3:GetObject", resource, None, &nothing);
    assert!(before.is_err());
    state.delete_managed_policy(&name).await.unwrap();
    directory.invalidate();
    let after = call.made(&directory).await.unwrap();
    let after = after.authorize("s3:GetObject", resource, None, &nothing);
    assert!(after.is_err());
}
