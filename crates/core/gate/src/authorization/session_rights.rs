//! What a session brought along that narrows it, read and ready to be evaluated.
//!
//! INVARIANT: nothing here gives a right: policies of a session are one more layer that must allow (threat H3), and
//! its tags only stand in for tags of its principal, which the one who trusts the session has allowed to be given.

use std::sync::Arc;

use countersign_policy::{NamedPolicy, PolicyDocument, PolicyKind};

use super::authority::Asks;

/// The policies and tags of a session.
#[derive(Debug, Default)]
pub struct SessionRights {
    /// `None` if nothing narrows it; of a list, one must allow.
    pub(super) policies: Option<Vec<Arc<NamedPolicy>>>,
    pub(super) tags: Vec<(String, String)>,
    /// A document that cannot be read.
    pub(super) damaged: Option<Box<str>>,
    asks: Asks,
}

impl SessionRights {
    /// Reads what narrows a session: the text that came with it, and managed policies by their ARNs. With
    /// `None` for both nothing does. A document that cannot be read takes every right, and so does one that is
    /// gone, which stands here as an empty text: what it denied is not to be allowed by the others.
    pub fn read<'a>(
        inline: Option<&str>,
        managed: Option<impl IntoIterator<Item = (&'a str, &'a str)>>,
        tags: Vec<(String, String)>,
    ) -> Self {
        let mut rights = Self {
            tags,
            ..Self::default()
        };
        if inline.is_none() && managed.is_none() {
            return rights;
        }
        let mut policies = Vec::new();
        let mut read = |name: &str, text: &str, kind| match PolicyDocument::parse(text, kind) {
            Ok(document) => {
                rights.asks.note(&document);
                policies.push(Arc::new(NamedPolicy::new(name, document)));
            }
            Err(_) => rights.damaged = Some(format!("session policy `{name}`").into()),
        };
        if let Some(text) = inline {
            read("", text, PolicyKind::Session);
        }
        for (arn, text) in managed.into_iter().flatten() {
            read(arn, text, PolicyKind::Identity);
        }
        rights.policies = Some(policies);
        rights
    }

    /// What must be looked up before it can be evaluated.
    #[must_use]
    pub fn asks(&self) -> Asks {
        self.asks
    }

    /// Its tags, as they were given.
    #[must_use]
    pub fn tags(&self) -> &[(String, String)] {
        &self.tags
    }
}
