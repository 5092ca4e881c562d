//! The lifetime of a signature: when it begins, when it ends, and how long it may be.
//!
//! S3's rules (aws-semantics 1.3): a presigned URL lives from its date for as long as it says, the
//! last second included, with no tolerance at the end; a header signature lives 15 minutes either
//! way. The operator's ceiling comes on top, and a date that lies ahead must not stretch it
//! (threats B1, B2).
//!
//! INVARIANT: nothing here reads the clock. `now` is always passed in.

use countersign_s3::{ErrorCode, Fault};
use countersign_sigv4::post_policy::PolicyViolation;
use countersign_sigv4::{AmzDate, AnyClaim, Claim, Placement};

use crate::refusal::refuse_form;
use crate::{Direction, Guardrails, Refusal};

/// Refuses a claim that is not yet, or no longer, valid at `now`. Runs before the signature check.
pub(crate) fn check_window(
    claim: &AnyClaim<'_>,
    date_as_sent: &str,
    guardrails: &Guardrails,
    now: AmzDate,
) -> Result<(), Refusal> {
    // A form of SigV2 says nothing of when it was signed: it has no beginning, and its end is in its policy.
    let AnyClaim::V4(claim) = claim else {
        return Ok(());
    };
    let skew = i64::from(guardrails.clock_skew_s);
    let ahead = claim.date.seconds_since(now);
    if claim.placement == Placement::PostForm {
        return check_form_begun(claim, skew, now);
    }
    let Placement::Query { expires_s } = claim.placement else {
        if ahead.abs() > skew {
            let fault = Fault::new(ErrorCode::RequestTimeTooSkewed)
                .with("RequestTime", date_as_sent)
                .with("ServerTime", now.iso8601())
                .with("MaxAllowedSkewMilliseconds", (skew * 1_000).to_string());
            let reason = format!("signing date is {} s from our clock", ahead.abs());
            return Err(Refusal::new(fault, reason));
        }
        return Ok(());
    };
    let expires_at = claim.date.plus_seconds(i64::from(expires_s));
    if ahead > skew {
        let fault = Fault::new(ErrorCode::AccessDenied)
            .saying("Request is not yet valid")
            .with("X-Amz-Date", (claim.date.unix() * 1_000).to_string())
            .with("Expires", expires_at.iso8601())
            .with("ServerTime", now.iso8601());
        return Err(Refusal::new(
            fault,
            format!("signing date is {ahead} s ahead of our clock"),
        ));
    }
    // A life of zero is over before it begins (aws-semantics section 12, point 3).
    if now > expires_at || expires_s == 0 {
        let fault = Fault::new(ErrorCode::AccessDenied)
            .saying("Request has expired")
            .with("X-Amz-Expires", expires_s.to_string())
            .with("Expires", expires_at.iso8601())
            .with("ServerTime", now.iso8601());
        let ago = now.seconds_since(expires_at);
        return Err(Refusal::new(
            fault,
            format!("presigned url expired {ago} s ago"),
        ));
    }
    Ok(())
}

/// A form is good until its policy ends, so only its beginning is looked at here.
fn check_form_begun(claim: &Claim<'_>, skew: i64, now: AmzDate) -> Result<(), Refusal> {
    let ahead = claim.date.seconds_since(now);
    if ahead <= skew {
        return Ok(());
    }
    let fault = Fault::new(ErrorCode::AccessDenied)
        .saying("Request is not yet valid")
        .with("X-Amz-Date", (claim.date.unix() * 1_000).to_string())
        .with("ServerTime", now.iso8601());
    let reason = format!("form is dated {ahead} s ahead of our clock");
    Err(Refusal::new(fault, reason))
}

/// Holds the life of a form's policy to the ceiling of uploads.
///
/// `open` is how S3 has it: whatever the policy says, its signature is good for so long and no
/// longer. Otherwise a policy that promises more is refused from the first use on, as a URL is. A form of
/// SigV2 has no date from which its life could be counted, so what is left of it is held to the ceiling.
pub(crate) fn check_form_life(
    claim: &AnyClaim<'_>,
    expiration_ms: i64,
    place: (&str, &str),
    guardrails: &Guardrails,
    now: AmzDate,
) -> Result<(), Refusal> {
    let (bucket, key) = place;
    let ceiling_s = guardrails.ceiling_s(Direction::Upload, bucket, key);
    let ceiling = i64::from(ceiling_s);
    let refuse = |sentence: String| {
        let fault = Fault::new(ErrorCode::AccessDenied)
            .saying(sentence.clone())
            .with("MaxExpires", ceiling_s.to_string());
        Err(Refusal::new(fault, sentence))
    };
    // A signer may write the expiration in finer steps than the date.
    let end = AmzDate::from_unix(expiration_ms.div_euclid(1_000));
    let left = end.seconds_since(now);
    let lives_too_long = left > ceiling + i64::from(guardrails.post_dating_s);
    let AnyClaim::V4(claim) = claim else {
        // INVARIANT: no link can be used for longer than the ceiling; revocations and counted uses are
        // remembered for as long as that.
        if lives_too_long {
            return refuse(format!(
                "This server lets forms live {ceiling} seconds at most; the policy of this form expires in \
                 {left} seconds. Make a form with a shorter expiry."
            ));
        }
        return Ok(());
    };
    if guardrails.open_forms {
        if now.seconds_since(claim.date) > ceiling {
            return Err(refuse_form(&PolicyViolation::Expired));
        }
        return Ok(());
    }
    let life = end.seconds_since(claim.date);
    if life > ceiling {
        return refuse(format!(
            "This server lets forms live {ceiling} seconds at most; the policy of this form expires \
             {life} seconds after its x-amz-date. Make a form with a shorter expiry."
        ));
    }
    if lives_too_long {
        return refuse(format!(
            "This server lets forms live {ceiling} seconds at most; this form is dated ahead and \
             would live {left} more. Check the signer's clock."
        ));
    }
    Ok(())
}

/// The last second of a form: that of its policy, or that of the ceiling if it comes first.
pub(crate) fn end_of_form(
    claim: &AnyClaim<'_>,
    expiration_ms: i64,
    place: (&str, &str),
    guardrails: &Guardrails,
) -> AmzDate {
    let (bucket, key) = place;
    let ceiling_s = guardrails.ceiling_s(Direction::Upload, bucket, key);
    let of_policy = AmzDate::from_unix(expiration_ms.div_euclid(1_000));
    match claim.date() {
        Some(date) => of_policy.min(date.plus_seconds(i64::from(ceiling_s))),
        None => of_policy,
    }
}

/// The last second of a presigned URL; none for other requests.
pub(crate) fn end_of_url(claim: &Claim<'_>) -> Option<AmzDate> {
    match claim.placement {
        Placement::Query { expires_s } => Some(claim.date.plus_seconds(i64::from(expires_s))),
        Placement::Header | Placement::PostForm => None,
    }
}

/// How long a link that ends then lives in all, in seconds. Of one that does not say when it was signed
/// nobody knows, so no policy that sets a bound lets it pass.
pub(crate) fn declared_s(claim: &AnyClaim<'_>, end: AmzDate) -> i64 {
    claim
        .date()
        .map_or(i64::MAX, |date| end.seconds_since(date))
}

/// Refuses a presigned URL that lives longer than the operator allows, from the first use on: a link
/// that works in the test and dies at the customer's helps nobody.
pub(crate) fn check_ceiling(
    claim: &Claim<'_>,
    expires_s: u32,
    direction: Direction,
    place: (&str, &str),
    guardrails: &Guardrails,
    now: AmzDate,
) -> Result<(), Refusal> {
    let (bucket, key) = place;
    let ceiling = guardrails.ceiling_s(direction, bucket, key);
    let what = match direction {
        Direction::Download => "downloads",
        Direction::Other => "requests of this kind",
        Direction::Upload => "uploads",
    };
    let refuse = |sentence: String| {
        let fault = Fault::new(ErrorCode::AccessDenied)
            .saying(sentence.clone())
            .with("X-Amz-Expires", expires_s.to_string())
            .with("MaxExpires", ceiling.to_string());
        Refusal::new(fault, sentence)
    };
    if expires_s > ceiling {
        return Err(refuse(format!(
            "This server lets presigned {what} live {ceiling} seconds at most; this URL asks for \
             {expires_s}. Presign again with a shorter expiry."
        )));
    }
    let left = claim
        .date
        .plus_seconds(i64::from(expires_s))
        .seconds_since(now);
    if left > i64::from(ceiling) + i64::from(guardrails.post_dating_s) {
        return Err(refuse(format!(
            "This server lets presigned {what} live {ceiling} seconds at most; this URL is dated \
             ahead and would live {left} more. Check the signer's clock."
        )));
    }
    Ok(())
}
