use countersign_state::{NewUser, SqliteStore, StateStore, UnixMillis, UserKind};

use super::list;
use super::report::{Changed, Members};
use crate::command::runtime;
use crate::render::Report;

const NOW: UnixMillis = UnixMillis(1_795_521_600_000);

fn text(report: &impl Report) -> String {
    let mut out = Vec::new();
    report.write_text(&mut out).unwrap();
    String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
}

#[test]
fn groups_are_listed_with_how_many_are_in_them() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store: &dyn StateStore = &SqliteStore::open(directory.path()).unwrap();
        assert_eq!(text(&list(store).await.unwrap()), "No groups.\n");
        let (ann, readers) = ("ann".parse().unwrap(), "readers".parse().unwrap());
        store
            .create_user(&NewUser::new(&ann, UserKind::Ordinary), NOW)
            .await
            .unwrap();
        store.create_group(&readers, NOW).await.unwrap();
        store.add_group_member(&readers, &ann).await.unwrap();
        let json = serde_json::to_value(list(store).await.unwrap()).unwrap();
        assert_eq!(json["groups"][0]["group"], "readers");
        assert_eq!(json["groups"][0]["members"], 1);
    });
}

#[test]
fn changes_are_told_in_words() {
    let (ann, readers) = ("ann".parse().unwrap(), "readers".parse().unwrap());
    for (report, expected) in [
        (
            Changed::group(&readers, "created"),
            "Group readers created\n",
        ),
        (
            Changed::member(&readers, &ann, "added"),
            "User ann added to group readers\n",
        ),
        (
            Changed::member(&readers, &ann, "removed"),
            "User ann removed from group readers\n",
        ),
    ] {
        assert_eq!(text(&report), expected);
    }
    assert_eq!(
        text(&Members::new(&readers, &[])),
        "Group readers has no members.\n"
    );
    assert_eq!(text(&Members::new(&readers, &[ann])), "ann\n");
}
