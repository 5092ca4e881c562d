//! The show itself: six requests, and what to try afterwards.

use std::io::{self, Write};
use std::path::Path;

use bytes::Bytes;
use serde::Serialize;

use super::answer::Answer;
use super::client::Client;
use crate::command::{CommandError, Outcome, now};
use crate::render::Report;
use crate::render::terminal::{BAD, BOLD, DIM, GOOD, shown, styled};

const BUCKET: &str = "demo";
const KEY: &str = "postcard.txt";
const POSTCARD: &str = "Greetings from a presigned URL.\n";
const QUARTER_HOUR_S: u32 = 900;
const MINUTE_S: u32 = 60;
const WEEK_S: u32 = 604_800;
const HOUR_S: i64 = 3_600;

/// What happened, and where to go on.
#[derive(Serialize)]
pub(super) struct Show {
    endpoint_url: String,
    admin_url: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
    steps: Vec<Step>,
    url: String,
    /// Whether there is a server left to try things on.
    #[serde(skip)]
    stays_up: bool,
}

/// One request and its answer.
#[derive(Clone, Debug, Serialize)]
struct Step {
    what: &'static str,
    request: String,
    status: u16,
    code: Option<String>,
    message: Option<String>,
    as_expected: bool,
}

impl Step {
    /// Notes what came back for a request that should work.
    fn granted(what: &'static str, request: String, answer: &Answer) -> Self {
        Self::of(what, request, answer, (200..300).contains(&answer.status))
    }

    /// Notes what came back for a request that should be refused.
    fn refused(what: &'static str, request: String, answer: &Answer) -> Self {
        Self::of(what, request, answer, (400..500).contains(&answer.status))
    }

    fn of(what: &'static str, request: String, answer: &Answer, as_expected: bool) -> Self {
        let (code, message) = (answer.code(), answer.message());
        Self {
            what,
            request,
            status: answer.status,
            code,
            message,
            as_expected,
        }
    }
}

impl Show {
    /// Makes the requests.
    pub(super) async fn perform(
        root: &Client<'_>,
        app: &Client<'_>,
        directory: &Path,
        admin_url: &str,
    ) -> Result<Self, CommandError> {
        let path = format!("/{BUCKET}/{KEY}");
        let file = directory.join(KEY);
        std::fs::write(&file, POSTCARD)?;
        let mut steps = Vec::new();

        let bucket = format!("/{BUCKET}");
        let answer = root.send_signed("PUT", &bucket, now()).await?;
        steps.push(Step::granted(
            "root makes a bucket",
            format!("PUT {bucket}"),
            &answer,
        ));

        let upload = app.presign("PUT", &path, QUARTER_HOUR_S, now())?;
        let answer = app
            .use_url("PUT", &upload, Bytes::from(std::fs::read(&file)?))
            .await?;
        let request = format!("PUT {path}?X-Amz-Expires={QUARTER_HOUR_S}…");
        steps.push(Step::granted(
            "an upload URL stores a file",
            request,
            &answer,
        ));

        let url = app.presign("GET", &path, QUARTER_HOUR_S, now())?;
        let answer = app.use_url("GET", &url, Bytes::new()).await?;
        let request = format!("GET {path}?X-Amz-Expires={QUARTER_HOUR_S}…");
        let mut step = Step::granted("a download URL fetches it", request, &answer);
        step.as_expected &= answer.body == POSTCARD;
        steps.push(step);

        let tampered = url.replace(KEY, "payroll.txt");
        let answer = app.use_url("GET", &tampered, Bytes::new()).await?;
        let request = format!("GET /{BUCKET}/payroll.txt?X-Amz-Expires={QUARTER_HOUR_S}…");
        steps.push(Step::refused(
            "the URL, pointed at another file",
            request,
            &answer,
        ));

        let an_hour_ago = now().plus_seconds(-HOUR_S);
        let expired = app.presign("GET", &path, MINUTE_S, an_hour_ago)?;
        let answer = app.use_url("GET", &expired, Bytes::new()).await?;
        let request = format!("GET {path}?X-Amz-Expires={MINUTE_S}…");
        steps.push(Step::refused(
            "a URL of an hour ago, good for a minute",
            request,
            &answer,
        ));

        let long = app.presign("GET", &path, WEEK_S, now())?;
        let answer = app.use_url("GET", &long, Bytes::new()).await?;
        let request = format!("GET {path}?X-Amz-Expires={WEEK_S}…");
        steps.push(Step::refused(
            "a fresh URL that would live a week",
            request,
            &answer,
        ));

        Ok(Self {
            endpoint_url: format!("http://{}", app.authority),
            admin_url: admin_url.to_owned(),
            region: app.region.to_owned(),
            access_key_id: app.key.id.to_string(),
            secret_access_key: app.key.secret.expose().to_owned(),
            steps,
            url,
            stays_up: true,
        })
    }

    /// For a server that ends with the show: leaves out what to try.
    pub(super) fn once(self) -> Self {
        Self {
            stays_up: false,
            ..self
        }
    }

    /// Whether everything went as it should.
    pub(super) fn outcome(&self) -> Outcome {
        if self.steps.iter().all(|step| step.as_expected) {
            Outcome::Done
        } else {
            Outcome::Negative
        }
    }
}

impl Show {
    fn write_what_to_try(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}\n",
            styled(BOLD, "Try it. This URL is good for 15 minutes:")
        )?;
        writeln!(out, "  curl '{}'\n", self.url)?;
        writeln!(out, "{}\n", styled(BOLD, "With the AWS CLI, as user app:"))?;
        writeln!(out, "  export AWS_ENDPOINT_URL={}", self.endpoint_url)?;
        writeln!(out, "  export AWS_ACCESS_KEY_ID={}", self.access_key_id)?;
        writeln!(
            out,
            "  export AWS_SECRET_ACCESS_KEY={}",
            self.secret_access_key
        )?;
        writeln!(out, "  export AWS_DEFAULT_REGION={}", self.region)?;
        writeln!(out, "  aws s3 ls s3://{BUCKET}")?;
        writeln!(out, "  aws s3 cp s3://{BUCKET}/{KEY} -")?;
        writeln!(
            out,
            "  countersign presign s3://{BUCKET}/{KEY} --expires-in 600\n"
        )?;
        self.write_what_to_ask(out)?;
        writeln!(out, "{}", styled(BOLD, "What does a URL grant?\n"))?;
        writeln!(out, "  countersign inspect '{}'\n", self.url)?;
        let note = "aws s3 presign of version 1 signs with SigV2 unless told otherwise:\n\
                    aws configure set default.s3.signature_version s3v4";
        writeln!(out, "{}", styled(DIM, note))
    }
}

impl Show {
    /// How a backend asks the issuer for a link, as a line for a shell.
    fn write_what_to_ask(&self, out: &mut dyn Write) -> io::Result<()> {
        let head = "Ask the issuer for a link that works once, as a backend does:\n";
        writeln!(out, "{}", styled(BOLD, head))?;
        writeln!(
            out,
            "  curl --aws-sigv4 aws:amz:{}:countersign -H 'Content-Type: application/json' \\",
            self.region
        )?;
        writeln!(
            out,
            "    --user '{}:{}' \\",
            self.access_key_id, self.secret_access_key
        )?;
        writeln!(
            out,
            "    -d '{{\"verb\": \"get\", \"bucket\": \"{BUCKET}\", \"key\": \"{KEY}\", \"subject\": \"you\", \
             \"restrictions\": {{\"uses\": 1}}}}' \\"
        )?;
        writeln!(out, "    {}/v1/links\n", self.admin_url)
    }
}

impl Report for Show {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}",
            styled(
                BOLD,
                "Countersign: a presigned URL, made, used and refused\n"
            )
        )?;
        for (at, step) in (1..).zip(&self.steps) {
            step.write(at, out)?;
        }
        if self.stays_up {
            self.write_what_to_try(out)?;
        }
        Ok(())
    }
}

impl Step {
    fn write(&self, at: usize, out: &mut dyn Write) -> io::Result<()> {
        let style = if self.as_expected { GOOD } else { BAD };
        let verdict = match (self.as_expected, self.status < 300) {
            (true, true) => "granted",
            (true, false) => "refused",
            (false, _) => "not as it should be",
        };
        writeln!(out, "{at}. {}", self.what)?;
        writeln!(out, "   {}", styled(DIM, &self.request))?;
        writeln!(
            out,
            "   {} {}",
            styled(style, self.status),
            styled(style, verdict)
        )?;
        if let (Some(code), Some(message)) = (&self.code, &self.message) {
            writeln!(out, "   {}: {}", shown(code), shown(message))?;
        }
        writeln!(out)
    }
}
