use countersign_state::{SqliteStore, UnixMillis};

use countersign_state::RoleStore as _;

use super::*;
use crate::command::runtime;

#[test]
fn a_role_is_shown_with_who_may_become_it_and_what_it_may_do() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    runtime().unwrap().block_on(async {
        let name: RoleName = "deploy".parse().unwrap();
        let new = NewRole::new(&name, "{\"Version\":\"2012-10-17\",\"Statement\":[]}");
        store.create_role(&new, UnixMillis(0)).await.unwrap();
        let owner = PolicyOwner::Role(name.clone());
        let read = "AmazonS3ReadOnlyAccess".parse().unwrap();
        countersign_state::ManagedPolicyStore::attach_policy(&store, &owner, &read)
            .await
            .unwrap();
        let shown = show(&store, &name).await.unwrap();
        let json = serde_json::to_value(&shown).unwrap();
        assert_eq!(json["arn"], "arn:aws:iam::000000000000:role/deploy");
        assert_eq!(json["trust_policy"]["Version"], "2012-10-17");
        let managed = &json["policies"][0]["managed"];
        assert_eq!(managed, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess");
        assert_eq!(json["max_session_s"], 3_600);
    });
}
