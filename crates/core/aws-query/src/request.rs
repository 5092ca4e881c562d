//! A call: its action, its version and its parameters.

use crate::Fault;
use crate::form::{Form, FormError};
use crate::reader::{Findings, Reader};
use crate::structure::Structure;

/// A call of the query protocol, from its URL's query and its body.
///
/// Parameters that an action does not know are ignored, as AWS ignores them; `X-Amz-…` of a presigned call are such.
///
/// ```
/// use countersign_aws_query::{QueryRequest, Shape};
/// let body = b"Action=CreateUser&Version=2010-05-08&UserName=a+b&Tags.member.1.Key=team&Tags.member.1.Value=x";
/// let call = QueryRequest::parse("", body).unwrap();
/// assert_eq!(call.action(), Some("CreateUser"));
/// let (name, tags) = call
///     .read(|call| {
///         let name = call.required("UserName", &Shape::text(1, 64));
///         let tag = |tag: &mut countersign_aws_query::Reader<'_, '_>| tag.required("Key", &Shape::text(1, 128)).to_owned();
///         (name, call.list("Tags", 0..=50, tag))
///     })
///     .unwrap();
/// assert_eq!((name, tags), ("a b", Some(vec!["team".to_owned()])));
/// ```
#[derive(Clone, Debug)]
pub struct QueryRequest {
    form: Form,
}

impl QueryRequest {
    /// Reads a call from the URL's raw query (without `?`) and the bytes of the body.
    ///
    /// # Errors
    /// [`FormError`] if they are no form, or one too large, or one in which a name stands twice. It becomes a [`Fault`].
    pub fn parse(query: &str, body: &[u8]) -> Result<Self, FormError> {
        Form::parse(query, body).map(|form| Self { form })
    }

    /// The action that is asked for.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.form
            .value("Action")
            .filter(|action| !action.is_empty())
    }

    /// The version of the service's interface that is meant, as `2011-06-15`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.form
            .value("Version")
            .filter(|version| !version.is_empty())
    }

    /// The text of a parameter, whatever it is.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.form.value(name)
    }

    /// Reads an action's parameters.
    ///
    /// # Errors
    /// `ValidationError` with every constraint that was violated, in AWS's words; `MalformedInput` if a list has gaps, a
    /// number is none, or a parameter is spelled in another case.
    pub fn read<'r, T>(&'r self, read: impl FnOnce(&mut Reader<'r, '_>) -> T) -> Result<T, Fault> {
        let mut findings = Findings::default();
        let taken = read(&mut Reader::new(
            Structure::whole(&self.form),
            &mut findings,
        ));
        findings.outcome(taken)
    }

    /// The refusal of an action that the service does not have, or of a call without one.
    #[must_use]
    pub fn unknown_action(&self) -> Fault {
        let Some(action) = self.action() else {
            return Fault::sender(
                400,
                "MissingAction",
                "The request must contain the parameter Action",
            );
        };
        let version = self.version().unwrap_or("NO_VERSION_SPECIFIED");
        let short = |text: &str| text.chars().take(128).collect::<String>();
        Fault::sender(
            400,
            "InvalidAction",
            format!(
                "Could not find operation {} for version {}",
                short(action),
                short(version)
            ),
        )
    }
}

#[cfg(test)]
mod tests;
