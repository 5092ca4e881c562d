//! Users, groups, roles, policies and providers as XML.
//!
//! Lists leave out what AWS's lists leave out: tags, boundaries, documents.

use countersign_aws_query::Xml;
use countersign_sigv4::AmzDate;
use countersign_state::{Group, ManagedPolicy, PolicyVersion, Role, UnixMillis, User};

use crate::arns;
use crate::documents;

/// Writes an instant: ISO 8601, whole seconds, `Z`.
pub(crate) fn date(xml: &mut Xml, name: &str, at: UnixMillis) {
    let at = AmzDate::from_unix(at.0.div_euclid(1_000));
    xml.text(name, &at.iso8601());
}

/// Writes tags, by key.
pub(crate) fn tags<'t>(xml: &mut Xml, tags: impl IntoIterator<Item = &'t (String, String)>) {
    xml.list("Tags", tags, |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
    });
}

/// Writes what a user is, without tags and boundary.
pub(crate) fn user(xml: &mut Xml, user: &User) {
    xml.text("Path", user.path.as_str());
    xml.text("UserName", user.name.as_str());
    xml.text("UserId", &user.unique_id);
    xml.text("Arn", &user.arn());
    date(xml, "CreateDate", user.created_at);
}

/// Writes a permissions boundary, if there is one.
pub(crate) fn boundary(xml: &mut Xml, arn: Option<&str>) {
    let Some(arn) = arn else { return };
    xml.element("PermissionsBoundary", |xml| {
        xml.text("PermissionsBoundaryType", "Policy");
        xml.text("PermissionsBoundaryArn", arn);
    });
}

/// Writes a group.
pub(crate) fn group(xml: &mut Xml, group: &Group) {
    xml.text("Path", "/");
    xml.text("GroupName", group.name.as_str());
    xml.text("GroupId", &group.unique_id);
    xml.text("Arn", &arns::entity("group", "/", group.name.as_str()));
    date(xml, "CreateDate", group.created_at);
}

/// Writes what a role is, without tags, boundary and last use.
pub(crate) fn role(xml: &mut Xml, role: &Role) {
    xml.text("Path", role.path.as_str());
    xml.text("RoleName", role.name.as_str());
    xml.text("RoleId", &role.unique_id);
    xml.text("Arn", &role.arn());
    date(xml, "CreateDate", role.created_at);
    documents::write(xml, "AssumeRolePolicyDocument", &role.trust_policy);
    xml.optional_text("Description", role.description.as_deref());
    xml.number("MaxSessionDuration", role.max_session_s.into());
}

/// Writes a role whole.
pub(crate) fn role_whole(xml: &mut Xml, found: &Role, boundary_arn: Option<&str>, region: &str) {
    role(xml, found);
    boundary(xml, boundary_arn);
    if !found.tags.is_empty() {
        tags(xml, &found.tags);
    }
    xml.element("RoleLastUsed", |xml| {
        if let Some(at) = found.last_used_at {
            date(xml, "LastUsedDate", at);
            xml.text("Region", region);
        }
    });
}

/// Writes what a managed policy is, without description and tags.
pub(crate) fn policy(xml: &mut Xml, policy: &ManagedPolicy) {
    xml.text("PolicyName", policy.name.as_str());
    xml.text("PolicyId", &policy.unique_id);
    xml.text("Arn", &policy.arn().to_string());
    xml.text("Path", policy.path.as_str());
    xml.text("DefaultVersionId", &format!("v{}", policy.default_version));
    xml.number("AttachmentCount", policy.attachment_count.into());
    xml.number(
        "PermissionsBoundaryUsageCount",
        policy.boundary_count.into(),
    );
    xml.boolean("IsAttachable", true);
    date(xml, "CreateDate", policy.created_at);
    date(xml, "UpdateDate", policy.updated_at);
}

/// Writes a managed policy whole.
pub(crate) fn policy_whole(xml: &mut Xml, found: &ManagedPolicy) {
    policy(xml, found);
    xml.optional_text("Description", found.description.as_deref());
    if !found.tags.is_empty() {
        tags(xml, &found.tags);
    }
}

/// Writes what a version of a policy is, without its document.
pub(crate) fn version(xml: &mut Xml, version: &PolicyVersion) {
    xml.text("VersionId", &format!("v{}", version.number));
    xml.boolean("IsDefaultVersion", version.is_default);
    date(xml, "CreateDate", version.created_at);
}
