use countersign_policy::{Context as _, Value, Values};
use countersign_state::{NewUser, SqliteStore, StateStore as _, UnixMillis, UserKind};

use super::asked::Given;
use super::{Asker, Documents, simulate};
use crate::args::{Args, Command, PolicyCommand, QueryPair, SimulateArgs};
use crate::command::runtime;

const NOW: UnixMillis = UnixMillis(1_795_521_600_000);

fn args(rest: &[&str]) -> SimulateArgs {
    let typed = [&["countersign", "policy", "simulate"], rest].concat();
    use clap::Parser as _;
    let Command::Policy(policy) = Args::try_parse_from(typed).unwrap().command else {
        unreachable!("policy was typed");
    };
    match policy.command {
        PolicyCommand::Simulate(args) => *args,
        _ => unreachable!("simulate was typed"),
    }
}

fn pair(text: &str) -> QueryPair {
    text.parse().unwrap()
}

#[test]
fn values_have_the_type_of_their_key() {
    let typed = [
        "aws:SourceIp=2001:db8::1",
        "aws:SecureTransport=true",
        "aws:TokenIssueTime=2026-11-24T12:00:00Z",
        "aws:EpochTime=5",
        "s3:signatureAge=900000",
        "s3:TlsVersion=1.2",
        "s3:ExistingObjectTag/Class=secret",
        "countersign:Restricted=x-cs-ip",
        "Countersign:restricted=x-cs-uses",
    ]
    .map(pair);
    let tags = [("Team".to_owned(), "red".to_owned())];
    let given = Given::read(&typed, &tags, NOW).unwrap();
    for (key, expected) in [
        (
            "aws:sourceip",
            Value::Address("2001:db8::1".parse().unwrap()),
        ),
        ("aws:securetransport", Value::Bool(true)),
        ("aws:tokenissuetime", Value::Date(NOW.0)),
        ("aws:currenttime", Value::Date(NOW.0)),
        ("aws:epochtime", Value::Number(5)),
        ("s3:signatureage", Value::Number(900_000)),
        ("s3:tlsversion", Value::Text("1.2")),
        ("s3:existingobjecttag/class", Value::Text("secret")),
        ("aws:principaltag/team", Value::Text("red")),
    ] {
        assert_eq!(given.values(key), Values::One(expected), "{key}");
    }
    let names = ["x-cs-ip", "x-cs-uses"];
    assert_eq!(given.values("countersign:restricted"), Values::Many(&names));
    assert!(given.missed().is_empty());
    assert_eq!(given.values("aws:referer"), Values::Absent);
    assert_eq!(given.missed(), ["aws:Referer"]);
}

#[test]
fn the_stored_policies_of_user_group_and_bucket_decide() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store = SqliteStore::open(directory.path()).unwrap();
        let (ann, readers) = ("ann".parse().unwrap(), "readers".parse().unwrap());
        let user = store
            .create_user(&NewUser::new(&ann, UserKind::Ordinary), NOW)
            .await
            .unwrap();
        store.create_group(&readers, NOW).await.unwrap();
        store.add_group_member(&readers, &ann).await.unwrap();
        let owner = countersign_state::PolicyOwner::User(ann.clone());
        store
            .delete_policy(&owner, &"FullAccess".parse().unwrap())
            .await
            .unwrap();
        let document = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/${aws:username}/*",
            "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}}"#;
        let group = countersign_state::PolicyOwner::Group(readers);
        store
            .put_policy(&group, &"Own".parse().unwrap(), document)
            .await
            .unwrap();

        let authority = store.find_authority(&ann).await.unwrap().unwrap();
        let asker = Asker::new(&user, authority);
        let ask = |rest: &[&str]| {
            let fixed = ["--user", "ann", "--action", "s3:getobject", "--resource"];
            let args = args(&[&fixed[..], rest].concat());
            let documents = Documents::read(&args, &asker, None).unwrap();
            let report = simulate(&args, &asker, &documents).unwrap();
            serde_json::to_value(&report).unwrap()
        };
        let allowed = ask(&["s3://photos/ann/a", "--context", "aws:SourceIp=192.0.2.7"]);
        assert_eq!(allowed["decision"], "allow");
        assert_eq!(allowed["action"], "s3:GetObject");
        assert_eq!(allowed["policy"], "readers/Own");
        assert_eq!(allowed["statement"], 1);
        let denied = ask(&["s3://photos/ann/a"]);
        assert_eq!(denied["decision"], "implicit_deny");
        assert_eq!(denied["silent_layer"], "identity");
        assert_eq!(denied["absent_keys"], serde_json::json!(["aws:SourceIp"]));
        assert_eq!(ask(&["s3://photos/bob/a"])["decision"], "implicit_deny");
    });
}
