//! What each of the signed calls does.

use countersign_aws_query::{Answer, Fault, QueryRequest, Xml};
use countersign_directory::Caller;
use countersign_gate::{ACCOUNT, PrincipalKind};
use countersign_policy::Values;
use countersign_session::TemporaryCredentials;
use countersign_sigv4::{AccessKeyId, AmzDate};

use crate::begin::{self, Beginning};
use crate::refusal::Refusal;
use crate::service::{Sts, random_salt, unavailable};
use crate::trust::{self, TrustContext};
use crate::web_identity::{Begun, Circumstances, WebIdentityAsked};
use crate::{narrowing, parameters, tags};

impl Sts {
    /// `AssumeRole`.
    pub(crate) async fn assume_role(
        &self,
        caller: &Caller,
        request: &QueryRequest,
    ) -> Result<Answer, Refusal> {
        if caller.is_root() {
            // AWS: this sentence.
            let sentence = "Roles may not be assumed by root accounts.";
            return Err(Refusal::plain(Fault::access_denied(sentence)));
        }
        let (asked, wanted) = parameters::assume_role(request)?;
        let session = caller.session.as_deref();
        let is_chained = caller.identity().kind == PrincipalKind::Role;
        if is_chained {
            begin::check_chained(&wanted)?;
        }
        let of_caller = session.map_or(&[][..], |session| &session.tags);
        let tags = tags::of_session(&wanted.tags, &wanted.transitive_keys, of_caller)?;
        let came_along = session.and_then(|session| session.source_identity.as_deref());
        let source_identity = match (wanted.source_identity, came_along) {
            (Some(given), Some(kept)) if given != kept => {
                return Err(Refusal::validation(
                    "The source identity of a session cannot be changed by the sessions that it begins.",
                ));
            }
            (given, kept) => given.or(kept),
        };
        self.check_policies(wanted.policy, &wanted.policy_arns)
            .await?;

        let Some(role) = self.role(asked.arn).await? else {
            return Err(Refusal::not_authorized(
                &caller.identity().arn,
                "sts:AssumeRole",
                asked.arn,
                "there is no such role",
            ));
        };
        let name = asked.session_name;
        let context = TrustContext::new(&role, name, &wanted, &tags, source_identity);
        let call = caller.context(&|_: &str| Values::Absent);
        trust::check(&caller.credential, &call, &context)?;

        let beginning = Beginning {
            role: &role,
            asked,
            wanted: &wanted,
            tags: tags.clone(),
            source_identity,
            federation: None,
            is_chained,
            maker_ends_at: caller.credential.ends_at(),
            now: caller.now,
            salt: random_salt(),
        };
        let session = beginning.session()?;
        let packed_size = narrowing::packed_size(&session)?;
        let credentials = self.seal(&session)?;
        self.note_role_use(&role, caller.now.unix());
        tracing::info!(
            principal = &*caller.identity().arn,
            role = role.arn,
            session = name,
            access_key_id = credentials.access_key_id.as_str(),
            "session begun"
        );
        Ok(Answer::of(|xml| {
            write_credentials(xml, &credentials);
            write_role_user(xml, &role.session_id(name), &role.session_arn(name));
            if let Some(per_cent) = packed_size {
                xml.number("PackedPolicySize", per_cent);
            }
            xml.optional_text("SourceIdentity", source_identity);
        }))
    }

    /// `AssumeRoleWithWebIdentity`.
    pub(crate) async fn assume_role_with_web_identity(
        &self,
        circumstances: &Circumstances<'_>,
        request: &QueryRequest,
    ) -> Result<Answer, Refusal> {
        let (role, token, wanted) = parameters::assume_role_with_web_identity(request)?;
        let asked = WebIdentityAsked {
            token,
            role_arn: role.arn,
            session_name: role.session_name,
            duration_s: wanted.duration_s,
            policy: wanted.policy,
            policy_arns: &wanted.policy_arns,
        };
        let begun = self.begin_with_web_identity(&asked, circumstances).await?;
        let Begun {
            session,
            session_arn,
            session_id,
            packed_size,
            provider,
            subject,
            audience,
            ..
        } = &begun;
        let credentials = self.seal(session)?;
        tracing::info!(
            provider,
            subject,
            role = begun.role_arn,
            session = role.session_name,
            access_key_id = credentials.access_key_id.as_str(),
            "session begun"
        );
        Ok(Answer::of(|xml| {
            write_credentials(xml, &credentials);
            xml.text("SubjectFromWebIdentityToken", subject);
            write_role_user(xml, session_id, session_arn);
            if let Some(per_cent) = packed_size {
                xml.number("PackedPolicySize", *per_cent);
            }
            xml.text("Provider", provider);
            xml.text("Audience", audience);
            xml.optional_text("SourceIdentity", session.source_identity.as_deref());
        }))
    }

    /// `GetSessionToken`: for users, by their own keys.
    pub(crate) fn session_token(
        &self,
        caller: &Caller,
        request: &QueryRequest,
    ) -> Result<Answer, Refusal> {
        let denied = |sentence: &'static str| Refusal::plain(Fault::access_denied(sentence));
        if caller.session.is_some() {
            // AWS: this sentence.
            return Err(denied(
                "Cannot call GetSessionToken with session credentials",
            ));
        }
        if caller.is_root() {
            return Err(denied("Root has no sessions."));
        }
        let duration_s = parameters::session_token(request)?;
        let session = begin::of_user(
            &caller.identity().principal_id,
            duration_s,
            caller.credential.expires_at,
            caller.now,
            random_salt(),
        );
        let credentials = self.seal(&session)?;
        tracing::info!(
            principal = &*caller.identity().arn,
            access_key_id = credentials.access_key_id.as_str(),
            "session begun"
        );
        Ok(Answer::of(|xml| write_credentials(xml, &credentials)))
    }

    /// `GetCallerIdentity`, which nobody can be denied.
    pub(crate) fn caller_identity(caller: &Caller) -> Answer {
        Answer::of(|xml| {
            xml.text("UserId", &caller.identity().user_id);
            xml.text("Account", ACCOUNT);
            xml.text("Arn", &caller.identity().arn);
        })
    }

    /// `GetAccessKeyInfo`: whether a long-term key is this account's.
    pub(crate) async fn access_key_info(&self, request: &QueryRequest) -> Result<Answer, Refusal> {
        let id = parameters::access_key_info(request)?;
        let known = AccessKeyId::new(id);
        let known = self.directory.state().find_access_key(&known).await;
        if known.map_err(|error| unavailable(&error))?.is_none() {
            return Err(Refusal::is_invalid(id));
        }
        Ok(Answer::of(|xml| xml.text("Account", ACCOUNT)))
    }
}

fn write_credentials(xml: &mut Xml, credentials: &TemporaryCredentials) {
    xml.element("Credentials", |xml| {
        xml.text("AccessKeyId", credentials.access_key_id.as_str());
        xml.text("SecretAccessKey", credentials.secret_access_key.expose());
        xml.text("SessionToken", credentials.session_token.expose());
        let end = AmzDate::from_unix(credentials.expires_at_s);
        xml.text("Expiration", &end.iso8601());
    });
}

fn write_role_user(xml: &mut Xml, id: &str, arn: &str) {
    xml.element("AssumedRoleUser", |xml| {
        xml.text("AssumedRoleId", id);
        xml.text("Arn", arn);
    });
}
