//! Guardrails: an operator's ceilings, which no signer can exceed.
//!
//! `safe` is what a presigned URL needs to be harmless when it leaks; `s3` is plain S3 behaviour,
//! for compatibility tests and careful migrations. Every difference between the two is a field
//! here, so an operator can take one and change single fields.

/// What presigned requests may and may not do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Guardrails {
    /// The longest declared life of a download, in seconds.
    pub download_ttl_s: u32,
    /// The longest declared life of an upload, in seconds.
    pub upload_ttl_s: u32,
    /// The longest declared life of anything else, in seconds.
    pub other_ttl_s: u32,
    /// Ceilings that replace those above under a key prefix; the longest matching prefix counts.
    pub prefixes: Vec<PrefixCeiling>,
    /// How far a signing date may differ from our clock, in seconds: both ways for header-signed
    /// requests, ahead only for presigned ones.
    pub clock_skew_s: u32,
    /// How much longer than the ceiling a URL may live because its date lies ahead, in seconds.
    pub post_dating_s: u32,
    /// Whether presigned requests may delete objects.
    pub presigned_delete: bool,
    /// Whether presigned requests may reach anything but object data: buckets, sub-resources.
    pub presigned_sub_resources: bool,
    /// Whether root keys may presign.
    pub root_presign: bool,
    /// Whether presigned URLs and forms are served only if the issuer has signed them (threat C8).
    pub registered_only: bool,
    /// Whether keys may hold `.` and `..` segments.
    pub dot_segments: bool,
    /// Whether plain HTTP is served to others than loopback and trusted proxies.
    pub plain_http: bool,
    /// Whether a presigned GET answers a HEAD.
    pub head_with_get: bool,
    /// Whether a presigned `response-content-type` may be a type that browsers run.
    pub active_content: bool,
    /// Whether downloads carry the headers that keep browsers and caches from harm.
    pub download_headers: bool,
    /// Whether the policy of a form may leave size or key open, and may end beyond the ceiling of
    /// uploads: then the form ends there.
    pub open_forms: bool,
    /// Whether forms signed with SigV2 are taken.
    pub sigv2_forms: bool,
    /// Where a form may send the browser after its upload.
    pub form_redirects: FormRedirects,
}

/// Where a form may send the browser after its upload (threat E9).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FormRedirects {
    /// To any page.
    Anywhere,
    /// To pages of these origins, spelled as [`Redirect::origin`](countersign_s3::Redirect::origin)
    /// spells them.
    Origins(Vec<String>),
}

/// Ceilings for one prefix of one bucket.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PrefixCeiling {
    /// The bucket.
    pub bucket: String,
    /// The beginning of the keys; empty for the whole bucket.
    pub prefix: String,
    /// The longest declared life of a download, in seconds.
    pub download_ttl_s: Option<u32>,
    /// The longest declared life of an upload, in seconds.
    pub upload_ttl_s: Option<u32>,
}

/// What a presigned request does, as far as ceilings go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// Reads object data.
    Download,
    /// Anything else.
    Other,
    /// Writes object data.
    Upload,
}

const WEEK_S: u32 = 604_800;

impl Guardrails {
    /// Safe by default: short lives, HTTPS, object data only.
    #[must_use]
    pub fn safe() -> Self {
        Self {
            download_ttl_s: 15 * 60,
            upload_ttl_s: 60 * 60,
            other_ttl_s: 15 * 60,
            prefixes: Vec::new(),
            clock_skew_s: 15 * 60,
            post_dating_s: 5 * 60,
            presigned_delete: false,
            presigned_sub_resources: false,
            root_presign: false,
            registered_only: false,
            dot_segments: false,
            plain_http: false,
            head_with_get: true,
            active_content: false,
            download_headers: true,
            open_forms: false,
            sigv2_forms: false,
            form_redirects: FormRedirects::Origins(Vec::new()),
        }
    }

    /// Plain S3 behaviour.
    #[must_use]
    pub fn s3() -> Self {
        Self {
            download_ttl_s: WEEK_S,
            upload_ttl_s: WEEK_S,
            other_ttl_s: WEEK_S,
            prefixes: Vec::new(),
            clock_skew_s: 15 * 60,
            post_dating_s: 15 * 60,
            presigned_delete: true,
            presigned_sub_resources: true,
            root_presign: true,
            registered_only: false,
            dot_segments: true,
            plain_http: true,
            head_with_get: false,
            active_content: true,
            download_headers: false,
            open_forms: true,
            sigv2_forms: true,
            form_redirects: FormRedirects::Anywhere,
        }
    }

    /// The longest declared life for this direction and place, in seconds.
    #[must_use]
    pub fn ceiling_s(&self, direction: Direction, bucket: &str, key: &str) -> u32 {
        let of_prefix = |p: &PrefixCeiling| match direction {
            Direction::Download => p.download_ttl_s,
            Direction::Other => None,
            Direction::Upload => p.upload_ttl_s,
        };
        let nearest = self
            .prefixes
            .iter()
            .filter(|p| p.bucket == bucket && key.starts_with(p.prefix.as_str()))
            .filter_map(|p| of_prefix(p).map(|ttl| (p.prefix.len(), ttl)))
            .max_by_key(|(length, _)| *length);
        match (nearest, direction) {
            (Some((_, ttl)), _) => ttl,
            (None, Direction::Download) => self.download_ttl_s,
            (None, Direction::Other) => self.other_ttl_s,
            (None, Direction::Upload) => self.upload_ttl_s,
        }
    }
}

#[cfg(test)]
mod tests;
