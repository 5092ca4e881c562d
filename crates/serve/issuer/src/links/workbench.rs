//! Where one link is made: everything that signing and rehearsing need, in one place.

use std::cell::RefCell;
use std::sync::Arc;

use countersign_directory::{Found, Sought};
use countersign_gate::{
    Authorized, CallOrigin, Decided, LinkId, Refusal, RestrictionName, TagQuestion,
};
use countersign_request::Query;
use countersign_s3::{Operation, PostForm};
use countersign_sigv4::presign::Presigner;
use countersign_sigv4::verify::{VerificationKey, Workspace};

use crate::issuer::Shared;
use crate::lifetime::Life;
use crate::mint::{Endpoint, LinkSigner, MintedForm, ToSign, mint_form, mint_url};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::refused;
use crate::rehearsal::{Scene, Stage, Visitor, rehearse_form, rehearse_url};
use crate::signing::LinkKey;

/// Buffers that links on one thread use one after the other.
#[derive(Default)]
struct Scratch {
    presigner: Presigner,
    query: Query,
    workspace: Workspace,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The place.
pub(crate) struct Workbench<'a> {
    pub(crate) issuer: &'a Shared,
    pub(crate) plan: &'a Plan,
    pub(crate) life: Life,
    pub(crate) name: String,
    pub(crate) visitor: Visitor,
    request_id: &'a str,
    key: Arc<LinkKey>,
    endpoint: Endpoint,
    found: Found,
}

/// Who asks for a link: a backend, or somebody who opens a share.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) origin: &'a CallOrigin,
    pub(crate) request_id: &'a str,
}

/// A request that passed, with the link that it is a use of.
pub(crate) struct Passed {
    pub(crate) permit: Authorized,
    pub(crate) link: LinkId,
}

/// What is shown to the gate.
#[derive(Clone, Copy)]
enum Shown<'a> {
    Form { url: &'a str, form: &'a PostForm },
    Url(Scene<'a>),
}

impl<'a> Workbench<'a> {
    /// Looks up what is needed.
    ///
    /// # Errors
    /// 503 if the state cannot answer, or nobody knows yet where S3 is served.
    pub(crate) async fn set_up(
        issuer: &'a Shared,
        asker: Asker<'a>,
        plan: &'a Plan,
        life: Life,
        key: Arc<LinkKey>,
        name: String,
    ) -> Result<Self, Problem> {
        let sought = Sought {
            access_key_id: Some(key.access_key_id.as_str()),
            session_token: Some(key.token.expose()),
            bucket: Some(plan.bucket.as_str()),
            source_bucket: None,
        };
        let found = issuer.look_up(sought, asker.request_id).await?;
        let endpoint = issuer.endpoint_for(asker.origin)?;
        let now = issuer.now().max(life.signed_at);
        Ok(Self {
            issuer,
            plan,
            life,
            name,
            visitor: Visitor::fitting(&plan.restrictions, asker.origin.address, now),
            request_id: asker.request_id,
            key,
            endpoint,
            found,
        })
    }

    fn signer(&self) -> LinkSigner<'_> {
        LinkSigner {
            access_key_id: self.key.access_key_id.as_str(),
            token: &self.key.token,
            key: &self.key.key,
            region: self.issuer.region(),
            endpoint: &self.endpoint,
        }
    }

    /// Signs a URL with these parameters, and all the restrictions that its operation can be held to.
    pub(crate) fn sign<'p>(
        &'p self,
        method: &'static str,
        operation: Operation,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
        headers: &[(&str, &str)],
    ) -> Result<String, Problem> {
        // Of many requests that belong together, each is held to what it can be: the size is that of the whole.
        let fits = |name: &str| {
            let mut known = RestrictionName::ALL.into_iter();
            let known = known.find(|known| known.as_str() == name);
            let of_whole =
                operation == Operation::UploadPart && name == RestrictionName::Bytes.as_str();
            known.is_none_or(|known| known.fits(operation)) && !of_whole
        };
        let mut query = vec![(RestrictionName::Id.as_str(), self.name.as_str())];
        let limits = self.plan.limits.iter();
        query.extend(
            limits
                .map(|(name, value)| (*name, value.as_str()))
                .filter(|(name, _)| self.plan.parts.is_none() || fits(name)),
        );
        query.extend(parameters);
        let to_sign = ToSign {
            method,
            bucket: self.plan.bucket.as_str(),
            key: self.plan.key.sample().as_str(),
            query: &query,
            headers,
            date: self.life.signed_at,
            expires_s: self.life.declared_s,
        };
        let signed = SCRATCH
            .with_borrow_mut(|scratch| mint_url(&self.signer(), &to_sign, &mut scratch.presigner));
        signed.map_err(|error| {
            tracing::error!(request_id = self.request_id, %error, "a plan could not be signed");
            Problem::internal()
        })
    }

    /// The parameters of the plan, restrictions apart.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let parameters = self.plan.parameters.iter();
        parameters.map(|(name, value)| (*name, value.as_str()))
    }

    /// Signs the URL of a download, and shows it to the gate.
    pub(crate) async fn rehearse_download(&self) -> Result<String, Problem> {
        let url = self.sign("GET", Operation::GetObject, self.parameters(), &[])?;
        self.rehearse_url("GET", &url, &[]).await?;
        Ok(url)
    }

    /// Signs a form.
    pub(crate) fn form(&self) -> MintedForm {
        mint_form(&self.signer(), self.plan, &self.name, &self.life)
    }

    /// Shows a URL to the gate.
    pub(crate) async fn rehearse_url(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
    ) -> Result<Passed, Problem> {
        let mut sent = headers.to_vec();
        // What the user of the link may choose is chosen so that it fits.
        let sample = self.plan.content.sample_type();
        let is_put = method == "PUT" && self.plan.parts.is_none();
        if let Some(sample) = sample.as_deref().filter(|_| is_put)
            && !sent.iter().any(|(name, _)| *name == "content-type")
        {
            sent.push(("content-type", sample));
        }
        let length = self.plan.content.sample_length().to_string();
        if is_put && !sent.iter().any(|(name, _)| *name == "content-length") {
            sent.push(("content-length", &length));
        }
        let scene = Scene {
            method,
            url,
            headers: &sent,
        };
        self.passed(Shown::Url(scene)).await
    }

    /// Shows a form to the gate, with some file.
    pub(crate) async fn rehearse_form(&self, minted: &MintedForm) -> Result<LinkId, Problem> {
        let mut form = PostForm::default();
        let mut has_type = false;
        for field in &minted.fields {
            has_type |= field.name == "Content-Type";
            form.push(&field.name, &field.value)
                .map_err(|error| Problem::refused(error.to_string()))?;
        }
        if let Some(sample) = self.plan.content.sample_type().filter(|_| !has_type) {
            form.push("Content-Type", &sample)
                .map_err(|error| Problem::refused(error.to_string()))?;
        }
        form.name_file(Some("file"))
            .map_err(|error| Problem::refused(error.to_string()))?;
        let url = &minted.url;
        let passed = self.passed(Shown::Form { url, form: &form }).await?;
        Ok(passed.link)
    }

    async fn passed(&self, shown: Shown<'_>) -> Result<Passed, Problem> {
        let permit = match self.show(shown, &self.found)? {
            Decided::Permitted(permit) => permit,
            Decided::TagsNeeded(question) => {
                let found = self.with_tags(&question).await?;
                match self.show(shown, &found)? {
                    Decided::Permitted(permit) => permit,
                    Decided::TagsNeeded(_) => return Err(Problem::internal()),
                }
            }
        };
        let link = permit.link().ok_or_else(Problem::internal)?;
        Ok(Passed { permit, link })
    }

    fn show(&self, shown: Shown<'_>, found: &Found) -> Result<Decided, Problem> {
        let revocations = self.issuer.revocations().known();
        let stage = Stage {
            guardrails: &self.issuer.options.guardrails,
            region: self.issuer.region(),
            addressing: &self.issuer.addressing,
            endpoint: &self.endpoint,
            credential: found.credential(),
            key: VerificationKey::Hmac(&self.key.key),
            bucket: found.bucket.as_ref().map(|known| &known.reference),
            bucket_policy: found.bucket.as_ref().map(|known| &known.policy),
            existing_tags: found.existing_tags.as_ref(),
            revocations: revocations.as_deref(),
            visitor: self.visitor,
        };
        let decided = SCRATCH.with_borrow_mut(|scratch| {
            let Scratch {
                query, workspace, ..
            } = scratch;
            match shown {
                Shown::Form { url, form } => rehearse_form(&stage, url, form, query, workspace),
                Shown::Url(scene) => rehearse_url(&stage, &scene, query, workspace),
            }
        });
        decided.map_err(|refusal| self.refuse(&refusal))
    }

    async fn with_tags(&self, question: &TagQuestion) -> Result<Found, Problem> {
        let tags = self.issuer.objects.existing_tags(question).await;
        let tags = tags.map_err(|error| {
            tracing::error!(request_id = self.request_id, %error, "could not read the tags of an object");
            Problem::unavailable()
        })?;
        Ok(Found {
            existing_tags: Some(tags),
            ..self.found.clone()
        })
    }

    fn refuse(&self, refusal: &Refusal) -> Problem {
        let (request_id, reason) = (self.request_id, refusal.reason());
        tracing::info!(
            request_id,
            reason,
            "a link was not made: the edge would refuse it"
        );
        refused::by_gate(refusal)
    }
}
