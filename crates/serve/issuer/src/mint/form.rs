//! A form: its policy says the key, the size, the type and every restriction with its value (threat C2).
//!
//! AWS, "Creating an HTML form (using AWS Signature Version 4)" and "POST policy".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::LinkSigner;
use crate::lifetime::Life;
use crate::plan::{Plan, PlannedKey};
use crate::wire::NamedValue;

/// A form, ready to be filled with a file.
#[derive(Clone, Debug)]
pub(crate) struct MintedForm {
    pub(crate) url: String,
    pub(crate) fields: Vec<NamedValue>,
}

/// Signs a form.
pub(crate) fn mint_form(
    signer: &LinkSigner<'_>,
    plan: &Plan,
    name: &str,
    life: &Life,
) -> MintedForm {
    let date = life.signed_at.format();
    let credential = format!(
        "{}/{}/{}/s3/aws4_request",
        signer.access_key_id,
        date.day(),
        signer.region
    );
    let mut fields: Vec<(&str, String)> = vec![("key", plan.key.text())];
    if let Some(only) = plan.content.only_type() {
        fields.push(("Content-Type", only.to_owned()));
    }
    if let Some(checksum) = plan.content.checksum() {
        fields.push(("x-amz-checksum-sha256", checksum));
    }
    fields.push(("x-cs-id", name.to_owned()));
    fields.extend(plan.limits.iter().cloned());
    fields.extend([
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential", credential),
        ("x-amz-date", date.as_str().to_owned()),
        ("x-amz-security-token", signer.token.expose().to_owned()),
    ]);
    let policy = STANDARD.encode(policy_of(plan, &fields, life).to_string());
    let signature = signer.key.sign(policy.as_bytes()).to_hex();
    fields.push(("policy", policy));
    fields.push(("x-amz-signature", signature.as_str().to_owned()));
    let named = |(name, value): (&str, String)| NamedValue {
        name: name.to_owned(),
        value,
    };
    MintedForm {
        url: signer.endpoint.of_bucket(plan.bucket.as_str()),
        fields: fields.into_iter().map(named).collect(),
    }
}

/// Everything that is in the form stands in the policy with its value, but the key where a file names itself.
fn policy_of(plan: &Plan, fields: &[(&str, String)], life: &Life) -> Value {
    let mut conditions = vec![json!({ "bucket": plan.bucket.as_str() })];
    for (name, value) in fields {
        match (&plan.key, *name) {
            (PlannedKey::Below { prefix, .. }, "key") => {
                conditions.push(json!(["starts-with", "$key", prefix]));
            }
            _ => conditions.push(json!(["eq", format!("${name}"), value])),
        }
    }
    if plan.content.only_type().is_none() {
        // The restriction `x-cs-type` says which; here only that the field may be there.
        let beginning = match plan.content.types.as_slice() {
            [family] => family.trim_end_matches('*'),
            _ => "",
        };
        conditions.push(json!(["starts-with", "$Content-Type", beginning]));
    }
    if let Some((min, max)) = plan.content.range() {
        conditions.push(json!(["content-length-range", min, max]));
    }
    json!({ "expiration": expiration(life), "conditions": conditions })
}

fn expiration(life: &Life) -> String {
    let whole = life.ends_at().iso8601();
    format!("{}.000Z", whole.trim_end_matches('Z'))
}
