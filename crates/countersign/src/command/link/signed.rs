//! What a presigned URL says of its link: whose it is, for what, and by which signature it is known.
//!
//! The id is that of the gate (docs/specs/restrictions.md, section 3). The signature is taken at its word:
//! to revoke or look up a URL that no key of ours signed does no harm.
//!
//! INVARIANT: nothing here is ever printed as it was written.

use countersign_gate::Restrictions;
use countersign_request::{Header, Query, RequestHead};
use countersign_s3::{Addressing, BucketName};
use countersign_sigv4::v4a::PublicKey;
use countersign_sigv4::verify::{Rules, VerificationKey, Workspace, verify};
use countersign_sigv4::{
    AccessKeyId, Algorithm, AmzDate, Claim, Placement, SecretAccessKey, SessionToken, Signature,
};

use super::LinkError;
use crate::command::url::Url;

/// The verbs that a URL may be signed for.
const METHODS: [&str; 5] = ["GET", "HEAD", "PUT", "POST", "DELETE"];

/// A presigned URL, or its query alone, read but not believed.
pub(super) struct SignedUrl<'a> {
    url: Option<Url<'a>>,
    query: Query,
}

/// What the claim in a URL says.
pub(super) struct Claimed {
    /// The key that is said to have signed.
    pub(super) access_key_id: AccessKeyId,
    /// When.
    pub(super) signed_at: AmzDate,
    /// The last second at which the URL is valid.
    pub(super) expires_at: AmzDate,
    /// The name that the signer gave the link.
    pub(super) name: Option<String>,
    /// Whom it was handed to.
    pub(super) subject: Option<String>,
    /// The token of the session that is said to have signed.
    pub(super) session_token: Option<SessionToken>,
}

/// Bucket and key, as far as a URL tells them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Place {
    /// The bucket.
    pub(super) bucket: Option<BucketName>,
    /// The key.
    pub(super) key: Option<String>,
}

impl<'a> SignedUrl<'a> {
    /// Takes a text apart.
    ///
    /// # Errors
    /// [`LinkError`] if it is neither a URL nor the query of one.
    pub(super) fn parse(text: &'a str) -> Result<Self, LinkError> {
        let url = Url::parse(text);
        let raw_query = match &url {
            Some(url) => url.query,
            None => {
                let text = text.trim();
                text.split_once('?').map_or(text, |(_, query)| query)
            }
        };
        if !raw_query.contains('=') {
            return Err(LinkError::NotALink);
        }
        let query = Query::of(raw_query).map_err(|_| LinkError::Unreadable)?;
        Ok(Self { url, query })
    }

    /// What its claim and its restrictions say.
    ///
    /// # Errors
    /// [`LinkError`] if no server would take it.
    pub(super) fn claimed(&self) -> Result<Claimed, LinkError> {
        self.with_claim(|_, claim| {
            let Placement::Query { expires_s } = claim.placement else {
                return Err(LinkError::NotSigned);
            };
            let restrictions = Restrictions::of(self.query.pairs())?;
            let text = |value: Option<&str>| value.map(str::to_owned);
            Ok(Claimed {
                access_key_id: AccessKeyId::new(claim.access_key_id),
                signed_at: claim.date,
                expires_at: claim.date.plus_seconds(i64::from(expires_s)),
                name: text(restrictions.as_deref().and_then(Restrictions::id)),
                subject: text(restrictions.as_deref().and_then(Restrictions::subject)),
                session_token: claim.session_token.map(SessionToken::new),
            })
        })
    }

    /// What the gate would know its signature by.
    ///
    /// # Errors
    /// [`LinkError`] if that cannot be told from what is there.
    pub(super) fn fingerprint(
        &self,
        secret: Option<&SecretAccessKey>,
        region: &str,
    ) -> Result<[u8; 32], LinkError> {
        self.with_claim(|head, claim| match claim.algorithm {
            Algorithm::HmacSha256 => Signature::parse(claim.signature)
                .map(|signature| *signature.as_bytes())
                .ok_or(LinkError::NotSigned),
            // Such signatures are not unique: the link is known by what was signed, and that has to be
            // found out with the key.
            Algorithm::EcdsaP256Sha256 => secret
                .and_then(|secret| PublicKey::derive(claim.access_key_id, secret))
                .and_then(|key| self.verified_fingerprint(head, claim, &key, region))
                .ok_or(LinkError::Unverified),
        })
    }

    /// Bucket and key, for a server that is known by these hosts.
    pub(super) fn place(&self, hosts: impl IntoIterator<Item = String>) -> Place {
        let resolved = self.url.as_ref().and_then(|url| {
            let address = Addressing::new(hosts)
                .resolve(url.authority, url.path)
                .ok()?;
            let bucket = address.bucket_name().ok()?;
            Some((bucket, address.key.map(|key| key.as_str().to_owned())))
        });
        let (bucket, key) = resolved.unwrap_or_default();
        Place { bucket, key }
    }

    fn verified_fingerprint(
        &self,
        head: &RequestHead<'_>,
        claim: &Claim<'_>,
        key: &PublicKey,
        region: &str,
    ) -> Option<[u8; 32]> {
        let mut workspace = Workspace::default();
        METHODS.into_iter().find_map(|method| {
            let head = RequestHead { method, ..*head };
            let key = VerificationKey::Ecdsa(key);
            let rules = Rules::s3(region);
            verify(&head, &self.query, claim, key, &rules, &mut workspace)
                .ok()
                .map(|verified| verified.fingerprint)
        })
    }

    fn with_claim<T>(
        &self,
        read: impl FnOnce(&RequestHead<'_>, &Claim<'_>) -> Result<T, LinkError>,
    ) -> Result<T, LinkError> {
        let (authority, path) = match &self.url {
            Some(url) => (url.authority, url.path),
            None => ("", "/"),
        };
        let headers = [Header {
            name: "host",
            value: authority.as_bytes(),
        }];
        let head = RequestHead {
            method: "GET",
            path,
            query: self.query.raw(),
            headers: &headers,
        };
        match Claim::find(&head, &self.query)? {
            Some(claim) => read(&head, &claim),
            None => Err(LinkError::NotSigned),
        }
    }
}
