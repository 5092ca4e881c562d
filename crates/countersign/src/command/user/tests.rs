use countersign_state::{
    Boundary, NewCredential, NewUser, PrincipalName, RoleStore as _, SqliteStore, StateStore,
    UnixMillis, UserKind,
};

use super::{lookup, show, tag};
use crate::args::TagPair;
use crate::command::{CommandError, runtime};
use crate::render::Report;

const NOW: UnixMillis = UnixMillis(1_795_521_600_000);

fn text(report: &impl Report) -> String {
    let mut out = Vec::new();
    report.write_text(&mut out).unwrap();
    String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
}

fn pairs(texts: &[&str]) -> Vec<TagPair> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn a_user_is_shown_with_all_that_decides_what_it_may_do() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store = SqliteStore::open(directory.path()).unwrap();
        let (ann, readers) = ("ann".parse().unwrap(), "readers".parse().unwrap());
        store
            .create_user(&NewUser::new(&ann, UserKind::Ordinary), NOW)
            .await
            .unwrap();
        store.create_group(&readers, NOW).await.unwrap();
        store.add_group_member(&readers, &ann).await.unwrap();
        let credential = NewCredential::generate().unwrap();
        let key = store
            .create_access_key(&ann, credential, NOW)
            .await
            .unwrap();
        store
            .set_permissions_boundary(
                &PrincipalName::User(ann.clone()),
                Some(&Boundary::Document("{}".to_owned())),
            )
            .await
            .unwrap();
        let shown = show(&store, &"ANN".parse().unwrap()).await.unwrap();
        let json = serde_json::to_value(&shown).unwrap();
        assert_eq!(json["arn"], "arn:aws:iam::000000000000:user/ann");
        assert_eq!(json["groups"], serde_json::json!(["readers"]));
        assert_eq!(json["policies"][0]["name"], "FullAccess");
        assert_eq!(json["has_boundary"], true);
        let said = text(&shown);
        assert!(
            said.contains(key.id.as_str()) && said.contains("never used"),
            "{said}"
        );
        assert!(!said.contains(key.secret.expose()), "{said}");
    });
}

#[test]
fn tags_are_added_changed_and_removed_whatever_their_case() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store: &dyn StateStore = &SqliteStore::open(directory.path()).unwrap();
        let ann = "ann".parse().unwrap();
        store
            .create_user(&NewUser::new(&ann, UserKind::Ordinary), NOW)
            .await
            .unwrap();
        let added = pairs(&["team=red", "Project=x", "empty="]);
        tag(store, &ann, &added, &[]).await.map(drop).unwrap();
        let changed = pairs(&["Team=blue=green"]);
        let removed = ["PROJECT".to_owned()];
        let tagged = tag(store, &ann, &changed, &removed).await.unwrap();
        let expected = serde_json::json!({"Team": "blue=green", "empty": ""});
        assert_eq!(serde_json::to_value(&tagged).unwrap()["tags"], expected);
        let twice = pairs(&["a=1", "A=2"]);
        assert!(matches!(
            tag(store, &ann, &twice, &[]).await.map(drop),
            Err(CommandError::State(_))
        ));
        assert!("=x".parse::<TagPair>().is_err() && "x".parse::<TagPair>().is_err());
    });
}

#[test]
fn a_slip_in_a_name_is_told_with_the_name_that_may_have_been_meant() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store = SqliteStore::open(directory.path()).unwrap();
        store
            .create_user(
                &NewUser::new(&"alice".parse().unwrap(), UserKind::Ordinary),
                NOW,
            )
            .await
            .unwrap();
        let explained = async |name: &str| {
            let error = lookup::user(&store, &name.parse().unwrap())
                .await
                .unwrap_err();
            lookup::explained(&store, error.into()).await
        };
        let near = explained("alcie").await;
        assert_eq!(near.to_string(), "no user `alcie`; did you mean `alice`?");
        assert_eq!(near.exit_code(), 4);
        assert_eq!(explained("bob").await.to_string(), "no user `bob`");
    });
}
