//! From what was typed to a link: its id, and all else that is known of it.

use countersign_gate::{LinkId, RestrictionError, RevocationFacts};
use countersign_session::Purpose;
use countersign_sigv4::{AmzDate, ClaimError, SecretAccessKey};
use countersign_state::Principal;
use thiserror::Error;

use super::signed::{Claimed, Place, SignedUrl};
use crate::args::WhichLink;
use crate::command::state::Opened;
use crate::command::{CommandError, input, lookup};

/// A link that was named.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Its id.
    pub(super) id: LinkId,
    /// What its URL says, if that was given.
    pub(super) url: Option<OfUrl>,
}

/// What is known of a link by its URL.
#[derive(Clone, Debug)]
pub(super) struct OfUrl {
    /// The id of the key that signed.
    pub(super) access_key_id: String,
    /// Name and unique id of the user or role that signed, if that is known.
    pub(super) signer: Option<(String, String)>,
    /// When the session began that signed, and whether the issuer signs with it.
    pub(super) session: Option<(AmzDate, bool)>,
    /// Whom the link was handed to.
    pub(super) subject: Option<String>,
    /// What it is for.
    pub(super) place: Place,
    /// When it was signed.
    pub(super) signed_at: AmzDate,
    /// The last second at which it is valid.
    pub(super) expires_at: AmzDate,
}

/// Why what was typed names no link. Nothing of it is quoted: it may hold a credential.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum LinkError {
    /// The claim of the URL does not hold.
    #[error("no server takes that URL: {0}")]
    Claim(#[from] ClaimError),
    /// It is named by its signer, who is not known.
    #[error(
        "the access key or session of that URL is not known to the state, so nothing tells whose link it is; \
         name it with --name and --user"
    )]
    NoSigner,
    /// Neither an id nor a URL.
    #[error("that is neither the id of a link, nor a presigned URL, nor the query of one")]
    NotALink,
    /// Nothing was named.
    #[error(
        "say what to revoke: a link, or all of a --subject, an --access-key, a --user, an --object, a \
         --prefix or a --bucket"
    )]
    Nothing,
    /// It holds no signature.
    #[error("that URL is not presigned, or not as a whole")]
    NotSigned,
    /// No link of that age is valid any more.
    #[error("nothing that was signed until then is valid any more, so there is nothing to revoke")]
    Over,
    /// Its restrictions do not hold.
    #[error("no server takes that URL: {0}")]
    Restriction(#[from] RestrictionError),
    /// It cannot be decoded.
    #[error("the query of that URL cannot be read")]
    Unreadable,
    /// Its id is not to be found out.
    #[error(
        "a link signed with SigV4A is known by all that was signed, and this URL alone does not \
         show that; name it by its x-cs-id, or revoke its object, subject or key"
    )]
    Unverified,
}

/// Finds out which link is meant.
///
/// # Errors
/// [`LinkError`], or whatever the state says.
pub(super) async fn find(opened: &Opened, which: &WhichLink) -> Result<Link, CommandError> {
    match (&which.link, &which.name, &which.user) {
        (Some(typed), ..) => {
            let text = input::typed_or_piped(typed)?;
            of_text(opened, text.trim()).await
        }
        (None, Some(name), Some(user)) => {
            let user = lookup::user(&*opened.store, user).await?;
            let id = LinkId::named(&user.unique_id, name);
            Ok(Link { id, url: None })
        }
        _ => Err(LinkError::NotALink.into()),
    }
}

async fn of_text(opened: &Opened, text: &str) -> Result<Link, CommandError> {
    if let Ok(id) = text.parse() {
        return Ok(Link { id, url: None });
    }
    let url = SignedUrl::parse(text)?;
    let claimed = url.claimed()?;
    let known = signer_of(opened, &claimed).await?;
    let id = match (&claimed.name, &known) {
        (Some(name), Some(known)) => LinkId::named(&known.unique_id, name),
        (Some(_), None) => return Err(LinkError::NoSigner.into()),
        (None, _) => {
            let secret = known.as_ref().map(|known| &known.secret);
            let fingerprint = url.fingerprint(secret, &opened.config.region)?;
            LinkId::signed(&claimed.access_key_id, &fingerprint)
        }
    };
    let public = opened.config.public_url.as_ref();
    let hosts = public.map(|url| url.authority.clone());
    let hosts = hosts.into_iter().chain(opened.config.domains.clone());
    Ok(Link {
        id,
        url: Some(OfUrl {
            access_key_id: claimed.access_key_id.to_string(),
            session: known.as_ref().and_then(|known| known.session),
            signer: known.map(|known| (known.name, known.unique_id)),
            subject: claimed.subject,
            place: url.place(hosts),
            signed_at: claimed.signed_at,
            expires_at: claimed.expires_at,
        }),
    })
}

/// Who is said to have signed a URL, as far as the state knows.
struct KnownSigner {
    name: String,
    unique_id: String,
    secret: SecretAccessKey,
    session: Option<(AmzDate, bool)>,
}

async fn signer_of(
    opened: &Opened,
    claimed: &Claimed,
) -> Result<Option<KnownSigner>, CommandError> {
    let store = &*opened.store;
    let Some(token) = &claimed.session_token else {
        let key = store.find_access_key(&claimed.access_key_id).await?;
        return Ok(key.map(|key| KnownSigner {
            name: key.user.name.to_string(),
            unique_id: key.user.unique_id,
            secret: key.secret,
            session: None,
        }));
    };
    let ring = countersign_directory::ring_of(&store.sealing_keys().await?);
    // A token that is not ours, or goes with another key, tells nothing.
    let of_token = ring.open(token.expose()).ok();
    let Some(of_token) = of_token.filter(|of| of.access_key_id == claimed.access_key_id) else {
        return Ok(None);
    };
    let session = of_token.session;
    let principal = store.find_principal(&session.principal_id).await?;
    Ok(principal.map(|record| KnownSigner {
        name: match &record.principal {
            Principal::Role(role) => role.name.to_string(),
            Principal::User(user) => user.name.to_string(),
        },
        unique_id: session.principal_id.into(),
        secret: of_token.secret_access_key,
        session: Some((
            AmzDate::from_unix(session.issued_at_s),
            session.purpose == Purpose::Issuer,
        )),
    }))
}

impl Link {
    /// What is known of it, as far as revocations go.
    pub(super) fn revocation_facts(&self) -> RevocationFacts<'_> {
        let url = self.url.as_ref();
        let signer = url.and_then(|url| url.signer.as_ref());
        let place = url.map(|url| &url.place);
        let session = url.and_then(|url| url.session);
        RevocationFacts {
            link: Some(self.id),
            access_key_id: url.map_or("", |url| &url.access_key_id),
            principal_id: signer.map_or("", |(_, id)| id),
            subject: url.and_then(|url| url.subject.as_deref()),
            bucket: place.and_then(|place| place.bucket.as_ref()),
            key: place.and_then(|place| place.key.as_deref()),
            signed_at: url.map(|url| url.signed_at),
            session_issued_at: session.map(|(issued_at, _)| issued_at),
            is_registered: session.is_some_and(|(_, is_registered)| is_registered),
        }
    }
}
