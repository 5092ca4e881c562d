//! Laws of browsers' forms: names of parts and files, fields, claims, keys and redirects.

use countersign_s3::{
    Disposition, MAX_FORM_BYTES, MAX_FORM_FIELDS, MAX_KEY_BYTES, PostForm, Redirect, base_name,
};
use countersign_sigv4::v2_form::{V2FormClaim, V2SigningKey, verify};
use countersign_sigv4::verify::{Rules, verify_post_policy};
use countersign_sigv4::{AnyClaim, Placement, SecretAccessKey, SigningKey};

/// Holds a form to its laws. The first line is the disposition of its file, the second a redirect,
/// the others are fields, `name=value`.
///
/// # Panics
/// If a law is broken.
pub fn post_form(data: &[u8]) {
    let mut lines = data.split(|&b| b == b'\n');
    let file = lines.next().and_then(disposition);
    let text = |line| std::str::from_utf8(line).ok();
    if let Some(page) = lines.next().and_then(text) {
        redirect(page);
    }
    let mut form = PostForm::default();
    for (name, value) in lines
        .filter_map(text)
        .filter_map(|line| line.split_once('='))
    {
        let before = form.clone();
        if form.push(name, value).is_ok() {
            assert_eq!(before.field(name), None);
            assert_eq!(form.field(&name.to_ascii_uppercase()), Some(value));
        }
    }
    claim(&form);
    fields(form, file.and_then(|file| file.file_name).as_deref());
}

/// What a disposition says can be written so that it says the same.
fn disposition(line: &[u8]) -> Option<Disposition> {
    let read = Disposition::parse(line).ok()?;
    assert!(!read.name.is_empty() && !read.name.chars().any(char::is_control));
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut written = format!("form-data; name=\"{}\"", quoted(&read.name));
    if let Some(file_name) = &read.file_name {
        written = format!("{written}; filename=\"{}\"", quoted(file_name));
    }
    assert_eq!(Disposition::parse(written.as_bytes()).as_ref(), Ok(&read));
    Some(read)
}

/// A redirect goes to its origin, before and after the result is appended.
fn redirect(page: &str) {
    let Some(redirect) = Redirect::parse(page) else {
        return;
    };
    let origin = redirect.origin();
    assert!(origin.starts_with("http://") || origin.starts_with("https://"));
    let again = Redirect::parse(origin).map(|other| other.origin().to_owned());
    assert_eq!(again.as_deref(), Some(origin));
    let address = redirect.with_result("b", "k\r\n/\u{e4}#?&", "\"e\"");
    assert!(address.bytes().all(|b| b.is_ascii_graphic()));
    let after = Redirect::parse(&address).map(|other| other.origin().to_owned());
    assert_eq!(after.as_deref(), Some(origin));
}

/// A form makes a claim of one version, and nobody who does not hold the secret gets it accepted.
fn claim(form: &PostForm) {
    let Ok(Some(claim)) = AnyClaim::from_post_form(form.fields()) else {
        return;
    };
    assert_eq!(claim.placement(), Placement::PostForm);
    let secret = SecretAccessKey::new("a secret that no input of this target was signed with");
    let policy = form.policy().unwrap_or_default();
    match &claim {
        AnyClaim::V2Form(claim) => {
            let is_of_version_4 = |name| form.field(name).is_some();
            assert!(
                !["x-amz-signature", "x-amz-date"]
                    .into_iter()
                    .any(is_of_version_4)
            );
            let named = form.field("awsaccesskeyid").unwrap_or_default();
            assert_eq!(claim.access_key_id, named);
            let key = V2SigningKey::new(&secret);
            assert!(verify(policy, claim, &key).is_err());
            let signature = key.sign(policy);
            let right = V2FormClaim {
                signature: &signature,
                ..*claim
            };
            assert!(verify(policy, &right, &key).is_ok());
        }
        AnyClaim::V4(claim) => {
            assert!(!claim.access_key_id.is_empty());
            assert!(
                form.field("signature")
                    .or(form.field("awsaccesskeyid"))
                    .is_none()
            );
            let key = SigningKey::derive(&secret, claim.scope.day, "us-east-1", "s3");
            let verdict = verify_post_policy(policy, claim, &key, &Rules::s3("us-east-1"));
            assert!(verdict.is_err());
        }
    }
}

/// Fields are bounded, and the name of a file brings neither separators nor control characters into
/// the key.
fn fields(mut form: PostForm, file_name: Option<&str>) {
    let sizes = form.fields().map(|(name, value)| name.len() + value.len());
    assert!(sizes.sum::<usize>() <= MAX_FORM_BYTES);
    assert!(form.fields().count() <= MAX_FORM_FIELDS);
    if let Some(sent) = file_name {
        let name = base_name(sent);
        assert!(sent.len() >= name.len() && base_name(&name) == name);
    }
    let signed = form.field("key").unwrap_or_default().to_owned();
    if form.name_file(file_name).is_err() {
        return;
    }
    let count = |key: &str, of: fn(char) -> bool| key.chars().filter(|c| of(*c)).count();
    if let Ok(key) = form.key() {
        let (key, is_separator) = (key.as_str(), |c| c == '/' || c == '\\');
        assert!(key.len() <= MAX_KEY_BYTES);
        assert_eq!(count(key, is_separator), count(&signed, is_separator));
        assert_eq!(
            count(key, char::is_control),
            count(&signed, char::is_control)
        );
        if file_name.is_none() || !signed.contains("${filename}") {
            assert_eq!(key, signed);
        }
    }
    let headers = form.headers().unwrap_or_default();
    assert!(
        headers
            .iter()
            .all(|h| !h.name.eq_ignore_ascii_case("x-amz-signature"))
    );
    if let Ok(Some(tags)) = form.tags() {
        assert!(tags.len() <= 10);
    }
    let _ = (form.redirect(), form.success_status(), form.policy());
}
