//! The verbs of roles and principals, each in its transaction.

use super::super::{SqliteStore, boundary, role};
use crate::{
    Answer, Boundary, NewRole, Origin, PrincipalName, PrincipalRecord, Role, RoleName, RoleStore,
    RoleUpdate, UnixMillis,
};

impl RoleStore for SqliteStore {
    fn create_role<'a>(&'a self, role: &'a NewRole, now: UnixMillis) -> Answer<'a, Role> {
        let role = role.clone();
        self.write(move |transaction, _| role::create(transaction, &role, Origin::Stored, now))
    }

    fn find_role<'a>(&'a self, name: &'a RoleName) -> Answer<'a, Option<Role>> {
        let name = name.clone();
        self.read(move |connection, _| role::find(connection, &name))
    }

    fn list_roles(&self) -> Answer<'_, Vec<Role>> {
        self.read(|connection, _| role::list(connection))
    }

    fn update_role<'a>(&'a self, name: &'a RoleName, update: &'a RoleUpdate) -> Answer<'a, ()> {
        let name = name.clone();
        let update = update.clone();
        self.write(move |transaction, _| role::update(transaction, &name, &update))
    }

    fn set_trust_policy<'a>(&'a self, name: &'a RoleName, document: &'a str) -> Answer<'a, ()> {
        let name = name.clone();
        let document = document.to_owned();
        self.write(move |transaction, _| role::set_trust_policy(transaction, &name, &document))
    }

    fn delete_role<'a>(&'a self, name: &'a RoleName) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(move |transaction, _| role::delete(transaction, &name))
    }

    fn set_role_tags<'a>(
        &'a self,
        name: &'a RoleName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        let name = name.clone();
        let tags = tags.to_vec();
        self.write(move |transaction, _| role::set_tags(transaction, &name, &tags))
    }

    fn set_permissions_boundary<'a>(
        &'a self,
        principal: &'a PrincipalName,
        boundary: Option<&'a Boundary>,
    ) -> Answer<'a, ()> {
        let principal = principal.clone();
        let boundary = boundary.cloned();
        self.write(move |transaction, _| boundary::set(transaction, &principal, boundary.as_ref()))
    }

    fn find_permissions_boundary<'a>(
        &'a self,
        principal: &'a PrincipalName,
    ) -> Answer<'a, Option<Boundary>> {
        let principal = principal.clone();
        self.read(move |connection, _| boundary::find(connection, &principal))
    }

    fn find_principal<'a>(&'a self, unique_id: &'a str) -> Answer<'a, Option<PrincipalRecord>> {
        let unique_id = unique_id.to_owned();
        self.read(move |connection, _| role::find_principal(connection, &unique_id))
    }

    fn record_role_uses<'a>(&'a self, uses: &'a [(String, UnixMillis)]) -> Answer<'a, ()> {
        let uses = uses.to_vec();
        self.writer
            .run(move |transaction| role::record_uses(transaction, &uses))
    }
}
