use countersign_state::{SqliteStore, StateStore as _};

use super::report::Listed;
use super::{create, run};
use crate::args::{DataArgs, KeyArgs, KeyCommand};
use crate::command::runtime;
use crate::render::{Form, Report};

fn text(report: &impl Report) -> String {
    let mut out = Vec::new();
    report.write_text(&mut out).unwrap();
    String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
}

#[test]
fn a_mistyped_directory_is_refused_and_not_filled_with_a_new_state() {
    let directory = tempfile::tempdir().unwrap();
    let args = KeyArgs {
        data: DataArgs {
            config: None,
            data_dir: Some(directory.path().join("typo")),
            state_url: None,
        },
        command: KeyCommand::List { user: None },
    };
    let error = run(&args, Form::Text).unwrap_err();
    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains("typo"), "{error}");
    assert!(!directory.path().join("typo").exists());
}

#[test]
fn a_secret_is_shown_when_its_key_is_created_and_never_listed() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store = SqliteStore::open(directory.path()).unwrap();
        let user = "reports".parse().unwrap();
        let created = create(&store, &user, None, None).await.unwrap();
        let shown = serde_json::to_value(&created).unwrap();
        let secret = shown["secret_access_key"].as_str().unwrap();
        assert_eq!(shown["new_user"], true);
        assert!(text(&created).contains(&format!("AWS_SECRET_ACCESS_KEY={secret}\n")));

        let second =
            serde_json::to_value(create(&store, &user, None, None).await.unwrap()).unwrap();
        assert_eq!(second["new_user"], false);

        let listed = Listed::new(store.list_access_keys(None).await.unwrap());
        let list = text(&listed) + &serde_json::to_string(&listed).unwrap();
        assert!(
            list.contains(shown["access_key_id"].as_str().unwrap()),
            "{list}"
        );
        assert!(list.contains("reports") && list.contains("never"), "{list}");
        assert!(!list.contains(secret), "{list}");
    });
}

#[test]
fn a_third_key_is_refused_in_words() {
    let directory = tempfile::tempdir().unwrap();
    runtime().unwrap().block_on(async {
        let store = SqliteStore::open(directory.path()).unwrap();
        let user = "reports".parse().unwrap();
        create(&store, &user, None, None).await.map(drop).unwrap();
        create(&store, &user, None, None).await.map(drop).unwrap();
        let error = create(&store, &user, None, None)
            .await
            .map(drop)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "user `reports` has 2 access keys already"
        );
        assert_eq!(error.exit_code(), 4);
    });
}
