//! What may be asked about roles, and about principals whatever they are.

use crate::{
    Answer, Boundary, NewRole, PrincipalName, PrincipalRecord, Role, RoleName, RoleUpdate,
    UnixMillis,
};

/// Roles, and principals by their lasting id.
pub trait RoleStore: Send + Sync {
    /// Creates a role without policies.
    fn create_role<'a>(&'a self, role: &'a NewRole, now: UnixMillis) -> Answer<'a, Role>;

    /// Finds a role by name; case does not matter.
    fn find_role<'a>(&'a self, name: &'a RoleName) -> Answer<'a, Option<Role>>;

    /// Lists all roles by name.
    fn list_roles(&self) -> Answer<'_, Vec<Role>>;

    /// Changes what a role is for, or how long its sessions may last. A declared role is refused.
    fn update_role<'a>(&'a self, name: &'a RoleName, update: &'a RoleUpdate) -> Answer<'a, ()>;

    /// Sets who may become a role. A declared role is refused.
    fn set_trust_policy<'a>(&'a self, name: &'a RoleName, document: &'a str) -> Answer<'a, ()>;

    /// Deletes a role that has no policies, its own or attached. A declared role is refused.
    fn delete_role<'a>(&'a self, name: &'a RoleName) -> Answer<'a, ()>;

    /// Makes the tags of a role exactly these.
    fn set_role_tags<'a>(
        &'a self,
        name: &'a RoleName,
        tags: &'a [(String, String)],
    ) -> Answer<'a, ()>;

    /// Sets or removes the permissions boundary of a user or role.
    fn set_permissions_boundary<'a>(
        &'a self,
        principal: &'a PrincipalName,
        boundary: Option<&'a Boundary>,
    ) -> Answer<'a, ()>;

    /// Finds the permissions boundary of a user or role, as it was set.
    fn find_permissions_boundary<'a>(
        &'a self,
        principal: &'a PrincipalName,
    ) -> Answer<'a, Option<Boundary>>;

    /// Finds the user or role with this lasting id, with all that decides what it may do.
    fn find_principal<'a>(&'a self, unique_id: &'a str) -> Answer<'a, Option<PrincipalRecord>>;

    /// Notes when roles, by lasting id, were last used. Unknown ones are passed over, and time never runs
    /// backwards. This alone does not move the change token.
    fn record_role_uses<'a>(&'a self, uses: &'a [(String, UnixMillis)]) -> Answer<'a, ()>;
}
