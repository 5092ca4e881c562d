//! What came back for a request.

/// Status and body of an answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// The body.
    pub(super) body: String,
}

impl Answer {
    /// The error code in an S3 error document.
    pub(super) fn code(&self) -> Option<String> {
        self.element("Code")
    }

    /// The message in an S3 error document.
    pub(super) fn message(&self) -> Option<String> {
        self.element("Message")
    }

    /// The text of the first element of this name. An error document has no attributes and no
    /// nesting, so that much is enough.
    fn element(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("<{name}>"))?;
        let (text, _) = rest.split_once(&format!("</{name}>"))?;
        quick_xml::escape::unescape(text)
            .ok()
            .map(|text| text.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn code_and_message_are_read_out_of_an_error_document() {
        let body = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>\
                    <Message>a &amp; b</Message></Error>";
        let answer = Answer {
            status: 403,
            body: body.to_owned(),
        };
        assert_eq!(answer.code().as_deref(), Some("AccessDenied"));
        assert_eq!(answer.message().as_deref(), Some("a & b"));
        let plain = Answer {
            status: 200,
            body: "hello".to_owned(),
        };
        assert_eq!(plain.code(), None);
    }
}
