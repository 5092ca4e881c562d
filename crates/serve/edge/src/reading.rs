//! A request as it is understood, before anyone decides about it.
//!
//! The same reading serves the decision, the operation and the log: address, operation and claim
//! are settled here, once.

use countersign_gate::{ClaimPlace, Refusal, RestrictionName, Transport, refuse_claim};
use countersign_request::percent::{Component, encode};
use countersign_request::{Query, QueryError, RequestHead};
use countersign_s3::{
    Address, Addressing, CopySource, ErrorCode, Fault, FieldError, Fields, ObjectKey, Operation,
    PostForm, Style, recognize,
};
use countersign_sigv4::{AnyClaim, Claim, ClaimError};

/// A request, understood.
pub(crate) struct Reading<'a> {
    pub(crate) head: &'a RequestHead<'a>,
    pub(crate) query: &'a Query,
    pub(crate) address: Address<'a>,
    pub(crate) operation: Operation,
    pub(crate) claim: Option<AnyClaim<'a>>,
    pub(crate) form: Option<&'a PostForm>,
}

impl<'a> Reading<'a> {
    /// Understands a request whose query is parsed already.
    ///
    /// # Errors
    /// The refusal of a request that makes no sense.
    pub(crate) fn of(
        head: &'a RequestHead<'a>,
        query: &'a Query,
        addressing: &Addressing,
    ) -> Result<Self, Refusal> {
        let host = head.header_text("host").unwrap_or_default();
        let address = addressing
            .resolve(host, head.path)
            .map_err(|error| Refusal::from(Fault::from(error)))?;
        let operation = recognize(address.level(), query, head)
            .map_err(|error| Refusal::from(Fault::from(error)))?;
        let claim = Claim::find(head, query).map_err(|error| {
            let authorization = head.header_text("authorization");
            let place = match authorization {
                Some(_) => ClaimPlace::Header,
                None => ClaimPlace::Query,
            };
            refuse_claim(&error, place, authorization)
        })?;
        Ok(Self {
            head,
            query,
            address,
            operation,
            claim: claim.map(AnyClaim::V4),
            form: None,
        })
    }

    /// Refuses a claim in the head of a form, whose claim stands among its fields (threat A14).
    ///
    /// # Errors
    /// The refusal, if there is such a claim.
    pub(crate) fn refuse_second_claim(&self) -> Result<(), Refusal> {
        match self.claim {
            None => Ok(()),
            Some(_) => {
                let error = ClaimError::SeveralMechanisms;
                Err(refuse_claim(&error, ClaimPlace::PostForm, None))
            }
        }
    }

    /// The same request with the claim that its form makes.
    ///
    /// # Errors
    /// The refusal of a claim that cannot be understood.
    pub(crate) fn with_form(self, form: &'a PostForm) -> Result<Self, Refusal> {
        let claim = AnyClaim::from_post_form(form.fields())
            .map_err(|error| refuse_claim(&error, ClaimPlace::PostForm, None))?;
        let form = Some(form);
        Ok(Self {
            claim,
            form,
            ..self
        })
    }

    /// Whether a restriction of this name stands in the URL or the form. Nothing is said of its value.
    pub(crate) fn names_restriction(&self, name: RestrictionName) -> bool {
        let name = name.as_str();
        let in_form = |form: &PostForm| form.fields().any(|(field, _)| field == name);
        self.query.has(name) || self.form.is_some_and(in_form)
    }

    /// The URL of the object that a form or parts make, as S3 writes it: every slash of the key escaped.
    pub(crate) fn location_of(&self, key: &ObjectKey, transport: Transport) -> String {
        let scheme = match transport {
            Transport::Secure => "https",
            Transport::Loopback | Transport::Plain => "http",
        };
        let host = self.head.header_text("host").unwrap_or_default();
        let key = encode(key.as_str(), Component::Query);
        match (self.address.style, self.address.bucket.as_deref()) {
            (Style::Path, Some(bucket)) => format!("{scheme}://{host}/{bucket}/{key}"),
            (Style::Path, None) | (Style::VirtualHosted, _) => format!("{scheme}://{host}/{key}"),
        }
    }

    /// What a copy asks to read; none for other operations.
    ///
    /// # Errors
    /// The refusal of a source that makes no sense.
    pub(crate) fn copied(&self) -> Result<Option<CopySource>, Refusal> {
        let copies = matches!(
            self.operation,
            Operation::CopyObject | Operation::UploadPartCopy
        );
        if !copies || self.claim.is_none() {
            return Ok(None);
        }
        let fields = self.fields().map_err(Fault::from)?;
        Ok(Some(CopySource::of(&fields).map_err(Fault::from)?))
    }

    /// The header fields of the request, hoisted ones among them where that counts.
    ///
    /// # Errors
    /// [`FieldError`] if a header and its hoisted twin differ.
    pub(crate) fn fields(&self) -> Result<Fields<'a>, FieldError> {
        match &self.claim {
            Some(claim) if claim.is_presigned() => Fields::of_presigned(*self.head, self.query),
            _ => Ok(Fields::of_headers(*self.head)),
        }
    }
}

/// The refusal of a query that cannot be decoded.
pub(crate) fn refuse_query(error: QueryError, target: &str) -> Refusal {
    let fault = match error {
        QueryError::TooManyParameters { .. } => {
            Fault::new(ErrorCode::InvalidURI).saying("The query has too many parameters.")
        }
        // The query is not repeated: it may hold a signature.
        _ => Fault::new(ErrorCode::InvalidURI).with("URI", target),
    };
    Refusal::new(fault, error.to_string())
}
