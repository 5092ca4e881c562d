//! The verbs of roles and principals, each in its transaction.

use super::super::work::Work;
use super::super::{PostgresStore, boundary, role};
use crate::{
    Answer, Boundary, NewRole, Origin, PrincipalName, PrincipalRecord, Role, RoleName, RoleStore,
    RoleUpdate, UnixMillis,
};

impl RoleStore for PostgresStore {
    fn create_role<'a>(&'a self, role: &'a NewRole, now: UnixMillis) -> Answer<'a, Role> {
        let role = role.clone();
        self.write(async move |work: &Work<'_>| {
            role::create(work, &role, Origin::Stored, now).await
        })
    }

    fn find_role<'a>(&'a self, name: &'a RoleName) -> Answer<'a, Option<Role>> {
        let name = name.clone();
        self.read(async move |work: &Work<'_>| role::find(work, &name).await)
    }

    fn list_roles(&self) -> Answer<'_, Vec<Role>> {
        self.read(async move |work: &Work<'_>| role::list(work).await)
    }

    fn update_role<'a>(&'a self, name: &'a RoleName, update: &'a RoleUpdate) -> Answer<'a, ()> {
        let name = name.clone();
        let update = update.clone();
        self.write(async move |work: &Work<'_>| role::update(work, &name, &update).await)
    }

    fn set_trust_policy<'a>(&'a self, name: &'a RoleName, document: &'a str) -> Answer<'a, ()> {
        let name = name.clone();
        let document = document.to_owned();
        self.write(async move |work: &Work<'_>| {
            role::set_trust_policy(work, &name, &document).await
        })
    }

    fn delete_role<'a>(&'a self, name: &'a RoleName) -> Answer<'a, ()> {
        let name = name.clone();
        self.write(async move |work: &Work<'_>| role::delete(work, &name).await)
    }

    fn set_role_tags<'a>(
        &'a self,
        name: &'a RoleName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()> {
        let name = name.clone();
        let tags = tags.to_vec();
        self.write(async move |work: &Work<'_>| role::set_tags(work, &name, &tags).await)
    }

    fn set_permissions_boundary<'a>(
        &'a self,
        principal: &'a PrincipalName,
        boundary: Option<&'a Boundary>,
    ) -> Answer<'a, ()> {
        let principal = principal.clone();
        let boundary = boundary.cloned();
        self.write(async move |work: &Work<'_>| {
            boundary::set(work, &principal, boundary.as_ref()).await
        })
    }

    fn find_permissions_boundary<'a>(
        &'a self,
        principal: &'a PrincipalName,
    ) -> Answer<'a, Option<Boundary>> {
        let principal = principal.clone();
        self.read(async move |work: &Work<'_>| boundary::find(work, &principal).await)
    }

    fn find_principal<'a>(&'a self, unique_id: &'a str) -> Answer<'a, Option<PrincipalRecord>> {
        let unique_id = unique_id.to_owned();
        self.read(async move |work: &Work<'_>| role::find_principal(work, &unique_id).await)
    }

    fn record_role_uses<'a>(&'a self, uses: &'a [(String, UnixMillis)]) -> Answer<'a, ()> {
        let uses = uses.to_vec();
        self.write_quietly(async move |work: &Work<'_>| role::record_uses(work, &uses).await)
    }
}
