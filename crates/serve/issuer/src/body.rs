//! Bodies: JSON of the right shape and bounded size, or a problem that says what is wrong.

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http_body_util::{BodyExt as _, Limited};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Reads a body of at most `most` bytes.
pub(crate) async fn read(body: Body, most: usize) -> Result<Vec<u8>, Problem> {
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes().into()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(Problem::too_large(most))
        }
        Err(_) => Err(Problem::malformed("the body was cut off")),
    }
}

/// Refuses what is not said to be JSON: a page of another origin can send other types without asking (threat C10).
pub(crate) fn check_type(parts: &Parts) -> Result<(), Problem> {
    let kind = parts.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Problem::media_type())
    }
}

/// Reads JSON.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| explain(&error))
}

/// serde's words are good; what they put in backticks is the member they are about.
fn explain(error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    let about_a_member = ["unknown field", "missing field", "duplicate field"]
        .iter()
        .any(|beginning| text.starts_with(beginning));
    let member = text.split('`').nth(1).map(str::to_owned);
    let problem = Problem::malformed(format!("the body cannot be read: {text}"));
    match member.filter(|_| about_a_member) {
        Some(member) => problem.about(member),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::wire::LinkRequest;

    #[test]
    fn a_member_that_is_not_known_is_refused_with_its_name() {
        for (body, field) in [
            (r#"{"verb":"get","bucket":"b","kee":"k"}"#, Some("kee")),
            (r#"{"verb":"get"}"#, Some("bucket")),
            (r#"{"verb":"get","verb":"put","bucket":"b"}"#, Some("verb")),
            (
                r#"{"verb":"get","bucket":"b","restrictions":{"Uses":1}}"#,
                Some("Uses"),
            ),
            (r#"{"verb":"delete","bucket":"b"}"#, None),
            (r#"{"verb":"get","bucket":"b"} x"#, None),
            ("", None),
        ] {
            let problem = json::<LinkRequest>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.status(), 400, "{body}");
            assert_eq!(problem.body().field.as_deref(), field, "{body}");
        }
    }
}
