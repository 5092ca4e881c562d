use clap::Parser as _;
use serde_json::json;

use super::{call::IssuerUrl, made, request};
use crate::args::{Args, Command, LinkCommand, LinkCreateArgs};
use crate::command::link::create::call::Reply;

fn typed(arguments: &[&str]) -> LinkCreateArgs {
    let all = ["countersign", "link", "create"].iter().chain(arguments);
    let cli = Args::try_parse_from(all).unwrap();
    match cli.command {
        Command::Link(link) => match link.command {
            LinkCommand::Create(create) => *create,
            _ => unreachable!("typed something else"),
        },
        _ => unreachable!("typed something else"),
    }
}

#[test]
fn what_is_typed_becomes_the_request_and_nothing_else() {
    let plain = request(&typed(&["s3://photos/a/b.jpg"])).unwrap();
    let expected = json!({"verb": "get", "bucket": "photos", "shape": "url", "key": "a/b.jpg"});
    assert_eq!(plain, expected);
    let full = typed(&[
        "s3://photos/up/{subject}/{uuid}.{ext}",
        "--verb=put",
        "--subject=alice",
        "--extension=png",
        "--type=image/png",
        "--max-bytes=10",
        "--create-only",
        "--ip=10.0.0.0/8",
        "--more={\"ttl_exact\": true, \"ttl_seconds\": 5}",
    ]);
    let expected = json!({
        "verb": "put", "bucket": "photos", "shape": "url", "key_template": "up/{subject}/{uuid}.{ext}",
        "subject": "alice", "extension": "png", "ttl_seconds": 5, "ttl_exact": true,
        "restrictions": {"create_only": true, "ip": ["10.0.0.0/8"]},
        "content": {"types": ["image/png"], "max_bytes": 10},
    });
    assert_eq!(request(&full).unwrap(), expected);
    assert!(request(&typed(&["s3://photos/k", "--more=[]"])).is_err());
}

#[test]
fn what_the_issuer_says_is_passed_on_and_cannot_steer_the_terminal() {
    let refused = Reply {
        status: 403,
        body: json!({"error": {"message": "no\u{1b}[2J"}}).to_string(),
    };
    let said = made(refused).unwrap_err().to_string();
    assert!(said.contains("(403)") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn an_issuer_is_a_scheme_and_a_place() {
    for good in [
        "http://127.0.0.1:9001",
        "https://issuer.example.com",
        "https://[::1]:9/",
    ] {
        assert!(good.parse::<IssuerUrl>().is_ok(), "{good}");
    }
    for bad in [
        "127.0.0.1:9001",
        "ftp://a",
        "http://",
        "http://a/b",
        "http://a:b",
    ] {
        assert!(bad.parse::<IssuerUrl>().is_err(), "{bad}");
    }
}
