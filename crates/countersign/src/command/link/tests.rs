use std::sync::Arc;

use clap::Parser as _;
use countersign_gate::{LinkId, Redeemed, Redemption, RevocationTarget, UseOf};
use countersign_session::{Purpose, Session, SubjectKind};
use countersign_sigv4::presign::{PresignRequest, Signer, presign};
use countersign_sigv4::{AccessKeyId, AmzDate, SecretAccessKey, Signature, SigningKey, sha256_hex};
use countersign_state::{
    Declaration, DeclaredUser, SealingKeyRotation, SqliteStore, StateStore as _, UnixMillis,
    UserName,
};
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::{LinkError, list, rearm, revoke, show, which};
use crate::args::{Args, Command, LinkCommand, LinkListArgs, WhichLink};
use crate::command::state::Opened;
use crate::command::{CommandError, runtime};
use crate::config::{self, Overrides};
use crate::render::Report;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const HOST: &str = "127.0.0.1:9000";
const NOW: UnixMillis = UnixMillis(1_795_521_600_000);
const DAY_MS: i64 = 86_400_000;

struct Fixture {
    opened: Opened,
    user_id: String,
    _directory: TempDir,
}

async fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let alice: UserName = "alice".parse().unwrap();
    let declared = DeclaredUser {
        name: alice.clone(),
        access_key_id: AccessKeyId::new(ID),
        secret: SecretAccessKey::new(SECRET),
        policies: None,
    };
    store
        .declare(
            &Declaration {
                users: vec![declared],
                ..Declaration::default()
            },
            NOW,
        )
        .await
        .unwrap();
    let bucket = "photos".parse().unwrap();
    store
        .create_bucket(&bucket, "us-east-1", &alice, &[], NOW)
        .await
        .unwrap();
    let user = store.find_user(&alice).await.unwrap().unwrap();
    Fixture {
        opened: Opened {
            store: Arc::new(store),
            config: config::load(None, Overrides::default()).unwrap().config,
        },
        user_id: user.unique_id,
        _directory: directory,
    }
}

fn now() -> AmzDate {
    AmzDate::from_unix(NOW.0 / 1_000)
}

fn url(query: &[(&str, &str)]) -> String {
    url_of(ID, &SecretAccessKey::new(SECRET), None, query)
}

/// A URL that is signed with these credentials.
fn url_of(
    id: &str,
    secret: &SecretAccessKey,
    token: Option<&str>,
    query: &[(&str, &str)],
) -> String {
    let key = SigningKey::derive(secret, now().format().day(), "us-east-1", "s3");
    let signer = Signer {
        access_key_id: id,
        session_token: token,
        region: "us-east-1",
        service: "s3",
        key: &key,
    };
    let request = PresignRequest {
        method: "GET",
        scheme: "http",
        host: HOST,
        path: "/photos/2026/cat.jpg",
        query,
        headers: &[],
        expires_s: 900,
    };
    presign(&request, &signer, now()).unwrap()
}

fn signature_of(url: &str) -> &str {
    let (_, rest) = url.split_once("X-Amz-Signature=").unwrap();
    rest.split('&').next().unwrap()
}

fn typed(link: &str) -> WhichLink {
    WhichLink {
        link: Some(link.to_owned()),
        name: None,
        user: None,
    }
}

/// Runs `link revoke` with these words, and gives the report as JSON and as text.
async fn revoked(
    opened: &Opened,
    words: &[&str],
) -> Result<(serde_json::Value, String), CommandError> {
    let words = [&["countersign", "link", "revoke"], words].concat();
    let Command::Link(link) = Args::try_parse_from(words).unwrap().command else {
        unreachable!("link was typed");
    };
    let LinkCommand::Revoke(args) = link.command else {
        unreachable!("revoke was typed");
    };
    let report = revoke::revoke(opened, &args, NOW).await?;
    Ok((serde_json::to_value(&report).unwrap(), text(&report)))
}

fn text(report: &impl Report) -> String {
    let mut out = Vec::new();
    report.write_text(&mut out).unwrap();
    String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
}

async fn id_of(opened: &Opened, link: &str) -> Result<LinkId, CommandError> {
    Ok(which::find(opened, &typed(link)).await?.id)
}

#[test]
fn a_link_is_known_by_key_and_signature_as_the_gate_knows_it() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let url = url(&[]);
        let signature = Signature::parse(signature_of(&url)).unwrap();
        let expected = LinkId::signed(&AccessKeyId::new(ID), signature.as_bytes());
        assert_eq!(id_of(&opened, &url).await.unwrap(), expected);
        assert_eq!(
            id_of(&opened, &expected.to_string()).await.unwrap(),
            expected
        );
    });
}

#[test]
fn d11_a_respelled_url_is_the_same_link() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let url = url(&[]);
        let (place, query) = url.split_once('?').unwrap();
        let expected = id_of(&opened, &url).await.unwrap();
        let mut items: Vec<&str> = query.split('&').collect();
        items.reverse();
        let respelled = [
            format!("{place}?{}", items.join("&")),
            format!("{place}?{}", query.replace("X-Amz-", "%58-Amz-")),
            format!("  <{url}>\n"),
            format!("{url}#fragment"),
            query.to_owned(),
            format!("?{query}"),
            format!("/photos/2026/cat.jpg?{query}"),
        ];
        for text in respelled {
            assert_eq!(id_of(&opened, &text).await.unwrap(), expected, "{text}");
        }
    });
}

#[test]
fn a_named_link_is_known_by_its_name_among_those_of_its_signer() {
    runtime().unwrap().block_on(async {
        let Fixture {
            opened, user_id, ..
        } = fixture().await;
        let expected = LinkId::named(&user_id, "invoice-7");
        let url = url(&[("x-cs-id", "invoice-7")]);
        assert_eq!(id_of(&opened, &url).await.unwrap(), expected);
        let by_name = WhichLink {
            link: None,
            name: Some("invoice-7".to_owned()),
            user: Some("ALICE".parse().unwrap()),
        };
        assert_eq!(which::find(&opened, &by_name).await.unwrap().id, expected);
    });
}

#[test]
fn a_link_of_a_session_is_known_by_the_principal_that_its_token_names() {
    runtime().unwrap().block_on(async {
        let Fixture {
            opened, user_id, ..
        } = fixture().await;
        let rotation = SealingKeyRotation {
            if_older_than_ms: DAY_MS,
            forget_older_than_ms: 8 * DAY_MS,
        };
        let rotated = opened
            .store
            .rotate_sealing_key(Zeroizing::new([7; 32]), rotation, NOW);
        let ring = countersign_directory::ring_of(&rotated.await.unwrap());
        let begun = NOW.0 / 1_000 - 60;
        let session = |salt| {
            let life = (begun, begun + 3_600);
            Session::new(
                SubjectKind::User,
                &*user_id,
                Purpose::Issuer,
                life,
                [salt; 16],
            )
        };
        let one = ring.seal(&session(1)).unwrap();
        let other = ring.seal(&session(2)).unwrap();
        let signed = |id: &str, token: &str| {
            let query = [("x-cs-id", "invoice-7")];
            url_of(id, &one.secret_access_key, Some(token), &query)
        };
        let (id, token) = (one.access_key_id.as_str(), one.session_token.expose());
        let url = signed(id, token);
        let expected = LinkId::named(&user_id, "invoice-7");
        assert_eq!(id_of(&opened, &url).await.unwrap(), expected);
        let found = which::find(&opened, &typed(&url)).await.unwrap();
        let facts = found.revocation_facts();
        assert_eq!(facts.principal_id, user_id);
        assert_eq!(facts.session_issued_at, Some(AmzDate::from_unix(begun)));
        assert!(facts.is_registered);
        // A token that goes with another key tells nothing, nor does one that is not ours.
        for foreign in [other.session_token.expose(), "AQAAAAE"] {
            let url = signed(id, foreign);
            assert!(matches!(
                id_of(&opened, &url).await,
                Err(CommandError::Link(LinkError::NoSigner))
            ));
        }
    });
}

#[test]
fn a_link_by_an_elliptic_curve_is_known_by_what_was_signed() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let date = now().format();
        let scope = format!("{}/s3/aws4_request", date.day());
        let query = format!(
            "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Credential={ID}%2F{}&X-Amz-Date={}\
             &X-Amz-Expires=900&X-Amz-Region-Set=us-east-1&X-Amz-SignedHeaders=host",
            scope.replace('/', "%2F"),
            date.as_str()
        );
        let canonical = format!("PUT\n/photos/k\n{query}\nhost:{HOST}\n\nhost\nUNSIGNED-PAYLOAD");
        let to_sign = format!(
            "AWS4-ECDSA-P256-SHA256\n{}\n{scope}\n{}",
            date.as_str(),
            sha256_hex(canonical.as_bytes()).as_str()
        );
        let key = countersign_sigv4::v4a::PrivateKey::derive(ID, &SecretAccessKey::new(SECRET));
        let signature = key.unwrap().sign(to_sign.as_bytes());
        let fingerprint = Signature::parse(sha256_hex(to_sign.as_bytes()).as_str()).unwrap();
        let expected = LinkId::signed(&AccessKeyId::new(ID), fingerprint.as_bytes());
        let url = |key| format!("http://{HOST}/photos/{key}?{query}&X-Amz-Signature={signature}");
        assert_eq!(id_of(&opened, &url("k")).await.unwrap(), expected);
        let error = id_of(&opened, &url("other")).await.unwrap_err();
        assert_eq!(error.to_string(), LinkError::Unverified.to_string());
        assert_eq!(error.exit_code(), 2);
    });
}

#[test]
fn what_is_no_link_is_refused_without_being_repeated() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let url = url(&[]);
        let signature = signature_of(&url);
        for text in [
            "",
            "photos",
            &url.replace("X-Amz-Signature=", "X-Amz-Signatur="),
            &url[..url.len() - 1],
            &url.replace("X-Amz-Expires", "x-amz-expires"),
            &format!("{url}&X-Amz-Date=20261123T120000Z"),
            &format!("{url}&x-cs-uses=0"),
            &format!("{url}&%ff"),
            "0123456789ABCDEF0123456789ABCDEF",
        ] {
            let error = id_of(&opened, text).await.unwrap_err();
            assert!(matches!(error, CommandError::Link(_)), "{text}: {error}");
            assert!(!error.to_string().contains(signature), "{error}");
        }
    });
}

#[test]
fn a_named_link_of_a_key_that_is_gone_has_no_signer() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let (named, plain) = (url(&[("x-cs-id", "a")]), url(&[]));
        opened
            .store
            .declare(
                &Declaration {
                    users: vec![],
                    ..Declaration::default()
                },
                NOW,
            )
            .await
            .unwrap();
        let error = id_of(&opened, &named).await.unwrap_err();
        assert_eq!(error.to_string(), LinkError::NoSigner.to_string());
        assert!(id_of(&opened, &plain).await.is_ok());
    });
}

#[test]
fn each_target_is_revoked_as_it_was_typed() {
    runtime().unwrap().block_on(async {
        let Fixture {
            opened, user_id, ..
        } = fixture().await;
        let bucket = || "photos".parse().unwrap();
        let link = LinkId::named(&user_id, "n");
        let cases: [(&[&str], RevocationTarget); 10] = [
            (
                &["--name", "n", "--user", "alice"],
                RevocationTarget::Link(link),
            ),
            (&[&url(&[("x-cs-id", "n")])], RevocationTarget::Link(link)),
            (&[&link.to_string()], RevocationTarget::Link(link)),
            (
                &["--subject", "bob@x"],
                RevocationTarget::Subject("bob@x".into()),
            ),
            (
                &["--access-key", ID],
                RevocationTarget::AccessKey(AccessKeyId::new(ID)),
            ),
            (
                &["--user", "alice"],
                RevocationTarget::User {
                    user_id: user_id.as_str().into(),
                },
            ),
            (
                &["--sessions", "alice"],
                RevocationTarget::Sessions {
                    principal_id: user_id.as_str().into(),
                },
            ),
            (
                &["--object", "s3://photos/a b"],
                RevocationTarget::Object {
                    bucket: bucket(),
                    key: "a b".into(),
                },
            ),
            (
                &["--prefix", "s3://photos/2026/"],
                RevocationTarget::Prefix {
                    bucket: bucket(),
                    prefix: "2026/".into(),
                },
            ),
            (
                &["--bucket", "photos"],
                RevocationTarget::Prefix {
                    bucket: bucket(),
                    prefix: "".into(),
                },
            ),
        ];
        for (words, expected) in cases {
            revoked(&opened, words).await.unwrap();
            let latest = opened.store.list_revocations(1, None).await.unwrap();
            assert_eq!(latest[0].revocation.target, expected, "{words:?}");
            let ahead_s = match expected {
                RevocationTarget::AccessKey(_)
                | RevocationTarget::Sessions { .. }
                | RevocationTarget::User { .. } => 900,
                _ => 0,
            };
            let until = now().plus_seconds(ahead_s);
            assert_eq!(latest[0].revocation.signed_until, until, "{words:?}");
            assert!(!latest[0].revocation.ends_transfers, "{words:?}");
        }
    });
}

#[test]
fn a_report_says_what_until_when_and_how_long() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let url = url(&[]);
        let (json, said) = revoked(&opened, &[&url, "--end-transfers"]).await.unwrap();
        assert_eq!(json["kind"], "link");
        assert_eq!(json["ends_transfers"], true);
        assert_eq!(json["signed_until"], serde_json::Value::Null);
        for needed in ["end as well", "within a second", "its name"] {
            assert!(said.contains(needed), "{needed}: {said}");
        }
        for shown in [said, json.to_string()] {
            assert!(!shown.contains(signature_of(&url)), "{shown}");
        }
        let words = ["--subject", "bob", "--signed-until", "2026-11-20T00:00:00Z"];
        let (json, said) = revoked(&opened, &words).await.unwrap();
        assert_eq!(json["kept_until"], "2026-11-27T00:15:00Z");
        assert!(said.contains("signed until 2026-11-20T00:00:00Z"), "{said}");
        assert!(said.contains("signed later is not concerned"), "{said}");
    });
}

#[test]
fn d9_an_entry_is_kept_as_long_as_it_can_concern_anything_and_no_longer() {
    runtime().unwrap().block_on(async {
        let Fixture { mut opened, .. } = fixture().await;
        revoked(&opened, &["--subject", "bob"]).await.unwrap();
        let store = Arc::clone(&opened.store);
        let kept_ms = 7 * DAY_MS + 15 * 60 * 1_000;
        store
            .forget_expired(UnixMillis(NOW.0 + kept_ms - 1))
            .await
            .unwrap();
        assert_eq!(store.list_revocations(9, None).await.unwrap().len(), 1);
        store
            .forget_expired(UnixMillis(NOW.0 + kept_ms))
            .await
            .unwrap();
        assert!(store.list_revocations(9, None).await.unwrap().is_empty());

        let old = ["--user", "alice", "--signed-until", "2026-11-01T00:00:00Z"];
        let error = revoked(&opened, &old).await.unwrap_err();
        assert_eq!(error.to_string(), LinkError::Over.to_string());

        // Where clocks may be further apart, links may live longer.
        opened.config.guardrails.clock_skew = Some(std::time::Duration::from_secs(3_600));
        revoked(&opened, &["--subject", "bob"]).await.unwrap();
        let entry = store.list_revocations(1, None).await.unwrap().remove(0);
        assert_eq!(
            entry.revocation.expires_at_ms,
            NOW.0 + 7 * DAY_MS + 3_600_000
        );
    });
}

#[test]
fn a_mistyped_name_is_refused_because_it_would_revoke_nothing() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        for words in [
            ["--user", "alcie"],
            ["--sessions", "alcie"],
            ["--access-key", "AKIAIOSFODNN7EXAMPLF"],
            ["--bucket", "photo"],
            ["--object", "s3://photo/k"],
            ["--prefix", "s3://photo/k"],
        ] {
            let error = revoked(&opened, &words).await.unwrap_err();
            assert_eq!(error.exit_code(), 4, "{words:?}: {error}");
            let explained = crate::command::lookup::explained(&*opened.store, error).await;
            assert!(
                explained.to_string().contains("; did you mean `"),
                "{explained}"
            );
        }
        assert!(
            opened
                .store
                .list_revocations(9, None)
                .await
                .unwrap()
                .is_empty()
        );
        let nothing = revoked(&opened, &[]).await.unwrap_err();
        assert_eq!(nothing.to_string(), LinkError::Nothing.to_string());
        assert_eq!(nothing.exit_code(), 2);
    });
}

#[test]
fn two_things_at_once_are_a_usage_error() {
    for words in [
        &["--subject", "a", "--bucket", "photos"][..],
        &["--user", "a", "--bucket", "photos"],
        &["--name", "a"],
        &["0123456789abcdef0123456789abcdef", "--user", "a"],
        &[
            "0123456789abcdef0123456789abcdef",
            "--signed-until",
            "20261123T120000Z",
        ],
        &["--name", "a b", "--user", "a"],
        &["--subject", " a"],
        &["--object", "s3://photos/"],
        &["--object", "photos/a"],
    ] {
        let words = [&["countersign", "link", "revoke"], words].concat();
        assert!(Args::try_parse_from(&words).is_err(), "{words:?}");
    }
}

fn redemption(link: LinkId, limit: u32) -> Redemption {
    Redemption {
        link,
        limit: Some(limit),
        network: countersign_gate::ClientNetwork::of([192, 0, 2, 1].into()),
        binds: true,
        what: UseOf::Whole,
        now_ms: NOW.0,
        forget_at_ms: NOW.0 + DAY_MS,
    }
}

#[test]
fn a_link_is_shown_with_what_revokes_it_and_how_it_was_used() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let store = &*opened.store;
        let url = url(&[("x-cs-subject", "bob"), ("x-cs-uses", "2")]);
        let link = which::find(&opened, &typed(&url)).await.unwrap();
        let shown = show::show(store, &link, NOW).await.unwrap();
        let before = serde_json::to_value(&shown).unwrap();
        assert_eq!(before["revoked"], false);
        assert_eq!(before["user"], "alice");
        assert_eq!(before["key"], "2026/cat.jpg");
        assert_eq!(before["uses"], serde_json::Value::Null);

        store.redeem_use(&redemption(link.id, 2)).await.unwrap();
        for words in [
            &["--subject", "bob"][..],
            &["--subject", "carol"],
            &["--prefix", "s3://photos/2026/"],
            &["--object", "s3://photos/2025/cat.jpg"],
            &["--user", "alice", "--signed-until", "20261123T000000Z"],
        ] {
            revoked(&opened, words).await.unwrap();
        }
        let shown = show::show(store, &link, NOW).await.unwrap();
        let after = serde_json::to_value(&shown).unwrap();
        let kinds: Vec<&str> = after["revocations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["prefix", "subject"]);
        assert_eq!(after["uses"]["used"], 1);
        assert_eq!(after["uses"]["network"], "192.0.2.0/24");
        let said = text(&shown);
        assert!(
            said.contains("1 of 2") && said.contains("Bound to"),
            "{said}"
        );
        assert!(!(said + &after.to_string()).contains(signature_of(&url)));

        let by_id = which::find(&opened, &typed(&link.id.to_string()))
            .await
            .unwrap();
        let alone = show::show(store, &by_id, NOW).await.unwrap();
        assert!(text(&alone).contains("not by itself"), "{}", text(&alone));
    });
}

#[test]
fn d4_rearming_gives_every_use_back_and_the_network() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let store = &*opened.store;
        let link = which::find(&opened, &typed(&url(&[("x-cs-id", "once")])))
            .await
            .unwrap();
        let error = rearm(store, &link).await.map(drop).unwrap_err();
        assert_eq!(error.exit_code(), 4, "{error}");

        let mut asked = redemption(link.id, 1);
        store.redeem_use(&asked).await.unwrap();
        asked.network = countersign_gate::ClientNetwork::of([203, 0, 113, 1].into());
        assert_eq!(
            store.redeem_use(&asked).await.unwrap(),
            Redeemed::BoundElsewhere
        );
        assert!(!text(&rearm(store, &link).await.unwrap()).contains("revoked"));
        assert!(matches!(
            store.redeem_use(&asked).await.unwrap(),
            Redeemed::New(_)
        ));

        revoked(&opened, &[&link.id.to_string()]).await.unwrap();
        assert!(text(&rearm(store, &link).await.unwrap()).contains("revoked all the same"));
    });
}

#[test]
fn lists_have_pages_and_filters() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        let store = &*opened.store;
        let link = |number| LinkId::from_bytes([number; 16]);
        for number in 1..=5 {
            let limit = if number == 2 { 1 } else { 9 };
            store
                .redeem_use(&redemption(link(number), limit))
                .await
                .unwrap();
        }
        for number in [2, 4, 7] {
            revoked(&opened, &[&link(number).to_string()])
                .await
                .unwrap();
        }
        let listed = async |limit, after: Option<u8>, used_up, revoked| {
            let args = LinkListArgs {
                limit,
                after: after.map(link),
                used_up,
                revoked,
            };
            let report = list::links(store, &args, NOW).await.unwrap();
            let json = serde_json::to_value(&report).unwrap();
            let rows = json["links"].as_array().unwrap();
            let ids: Vec<String> = rows
                .iter()
                .map(|row| row["link"].as_str().unwrap()[31..].to_owned())
                .collect();
            (ids.concat(), json["next"].as_str().map(str::to_owned))
        };
        assert_eq!(
            listed(9, None, false, false).await,
            ("12345".to_owned(), None)
        );
        assert_eq!(
            listed(5, None, false, false).await,
            ("12345".to_owned(), None)
        );
        let next = Some(link(2).to_string());
        assert_eq!(listed(2, None, false, false).await, ("12".to_owned(), next));
        assert_eq!(
            listed(9, Some(2), false, false).await,
            ("345".to_owned(), None)
        );
        assert_eq!(listed(9, None, true, false).await, ("2".to_owned(), None));
        assert_eq!(listed(9, None, false, true).await, ("24".to_owned(), None));

        let page = list::revocations(store, 2, None, NOW).await.unwrap();
        let json = serde_json::to_value(&page).unwrap();
        assert_eq!(json["revocations"][0]["serial"], 3);
        assert_eq!(json["next"], 2);
        assert!(text(&page).contains("--before 2"), "{}", text(&page));
        let page = list::revocations(store, 2, Some(2), NOW).await.unwrap();
        let json = serde_json::to_value(&page).unwrap();
        assert_eq!(json["revocations"][0]["name"], link(2).to_string());
        assert_eq!(json["next"], serde_json::Value::Null);
    });
}

#[test]
fn text_from_elsewhere_cannot_steer_the_terminal() {
    runtime().unwrap().block_on(async {
        let Fixture { opened, .. } = fixture().await;
        revoked(&opened, &["--object", "s3://photos/\u{1b}[2J"])
            .await
            .unwrap();
        let page = list::revocations(&*opened.store, 9, None, NOW)
            .await
            .unwrap();
        assert!(!text(&page).contains('\u{1b}'), "{}", text(&page));
    });
}
