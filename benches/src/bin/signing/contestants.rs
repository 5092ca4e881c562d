//! Who is measured. Each one's result is held against the scene's URL before it may take part.
//!
//! The floor comes first: the ratios of the others refer to it.

use std::hint::black_box;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use countersign_benches::contest::Contestant;
use countersign_request::{Header, Query, RequestHead};
use countersign_sigv4::presign::Presigner;
use countersign_sigv4::verify::{Rules, VerificationKey, Workspace, verify};
use countersign_sigv4::{AmzDate, Claim, SecretAccessKey, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use rusty_s3::S3Action;
use sha2::{Digest, Sha256};

use crate::scene::{
    ACCESS_KEY_ID, BUCKET, EXPIRES_S, HOST, KEY, PATH, REGION, REQUEST, SECRET_ACCESS_KEY, Scene,
    signer,
};

/// The name of the contestant that all ratios refer to.
pub(crate) const FLOOR: &str = "floor: SHA-256 + HMAC, key absorbed";

/// Everybody, the floor first.
pub(crate) fn all(scene: &Scene) -> Result<Vec<Contestant<'_>>> {
    Ok(vec![
        floor(scene)?,
        our_signer(scene)?,
        our_signer_deriving(scene)?,
        our_verifier(scene)?,
        rusty_s3_signer(scene)?,
        aws_sigv4_signer(scene)?,
    ])
}

/// The hashing that cannot be left out: SHA-256 of the canonical request, and an HMAC whose key is
/// absorbed beforehand.
fn floor(scene: &Scene) -> Result<Contestant<'_>> {
    let keyed = Hmac::<Sha256>::new_from_slice(&[7; 32]).context("no HMAC key")?;
    Ok(Contestant::new(
        "floor: SHA-256 + HMAC, key absorbed",
        move || {
            black_box(Sha256::digest(black_box(
                scene.canonical_request.as_bytes(),
            )));
            let mut mac = keyed.clone();
            mac.update(black_box(scene.string_to_sign.as_bytes()));
            black_box(mac.finalize());
            Ok(())
        },
    ))
}

fn our_signer(scene: &Scene) -> Result<Contestant<'_>> {
    let mut presigner = Presigner::default();
    Ok(Contestant::new(
        "countersign-sigv4: sign, key cached",
        move || {
            let signer = signer(&scene.signing_key);
            black_box(presigner.presign(black_box(&REQUEST), &signer, black_box(scene.date))?);
            Ok(())
        },
    ))
}

fn our_signer_deriving(scene: &Scene) -> Result<Contestant<'_>> {
    let secret = SecretAccessKey::new(SECRET_ACCESS_KEY);
    let mut presigner = Presigner::default();
    Ok(Contestant::new(
        "countersign-sigv4: sign, key derived each time",
        move || {
            let key = SigningKey::derive(&secret, scene.date.format().day(), REGION, "s3");
            black_box(presigner.presign(
                black_box(&REQUEST),
                &signer(&key),
                black_box(scene.date),
            )?);
            Ok(())
        },
    ))
}

fn our_verifier(scene: &Scene) -> Result<Contestant<'_>> {
    let (_, raw_query) = scene.url.split_once('?').context("no query in our URL")?;
    let mut query = Query::default();
    let mut workspace = Workspace::default();
    let mut check = move |raw_query: &str| -> Result<()> {
        let head = RequestHead {
            method: "GET",
            path: black_box(PATH),
            query: black_box(raw_query),
            headers: &[
                Header {
                    name: "host",
                    value: HOST.as_bytes(),
                },
                Header {
                    name: "user-agent",
                    value: b"load",
                },
                Header {
                    name: "accept",
                    value: b"*/*",
                },
            ],
        };
        query.parse(head.query)?;
        let claim = Claim::find(&head, &query)?.context("no claim found")?;
        let key = VerificationKey::Hmac(&scene.signing_key);
        black_box(verify(
            &head,
            &query,
            &claim,
            key,
            &Rules::s3(REGION),
            &mut workspace,
        )?);
        Ok(())
    };
    check(raw_query)?;
    let spoiled = spoil_last_digit(raw_query);
    ensure!(check(&spoiled).is_err(), "a spoiled signature was accepted");
    Ok(Contestant::new(
        "countersign-sigv4: verify, key cached",
        move || check(raw_query),
    ))
}

fn spoil_last_digit(query: &str) -> String {
    let (kept, last) = query.split_at(query.len().saturating_sub(1));
    format!("{kept}{}", if last == "0" { "1" } else { "0" })
}

fn rusty_s3_signer(scene: &Scene) -> Result<Contestant<'_>> {
    let endpoint = format!("http://{HOST}").parse()?;
    let bucket = rusty_s3::Bucket::new(endpoint, rusty_s3::UrlStyle::Path, BUCKET, REGION)?;
    let credentials = rusty_s3::Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY);
    let life = Duration::from_secs(EXPIRES_S.into());
    let make = move || {
        rusty_s3::actions::GetObject::new(&bucket, Some(&credentials), black_box(KEY)).sign(life)
    };
    let theirs = make();
    let date = theirs.query_pairs().find(|(name, _)| name == "X-Amz-Date");
    let date = date
        .and_then(|(_, value)| AmzDate::parse(&value))
        .context("no date in the URL")?;
    let secret = SecretAccessKey::new(SECRET_ACCESS_KEY);
    let key = SigningKey::derive(&secret, date.format().day(), REGION, "s3");
    let mut presigner = Presigner::default();
    let ours = presigner.presign(&REQUEST, &signer(&key), date)?;
    ensure!(
        theirs.as_str() == ours,
        "rusty-s3 made another URL: {theirs}, not {ours}"
    );
    ensure!(
        scene.url.len() == ours.len(),
        "the scene's URL has another length"
    );
    Ok(Contestant::new("rusty-s3: sign", move || {
        black_box(make());
        Ok(())
    }))
}

fn aws_sigv4_signer(scene: &Scene) -> Result<Contestant<'_>> {
    let identity = Credentials::from_keys(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None).into();
    let time = UNIX_EPOCH + Duration::from_secs(scene.date.unix().unsigned_abs());
    let make = move || aws_sigv4_url(&identity, time);
    let theirs = make()?;
    ensure!(
        theirs == scene.url,
        "aws-sigv4 made another URL: {theirs}, not {}",
        scene.url
    );
    Ok(Contestant::new("aws-sigv4: sign", move || {
        black_box(make()?);
        Ok(())
    }))
}

fn aws_sigv4_url(
    identity: &aws_smithy_runtime_api::client::identity::Identity,
    time: SystemTime,
) -> Result<String> {
    let mut settings = SigningSettings::default();
    settings.expires_in = Some(Duration::from_secs(EXPIRES_S.into()));
    settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    let params = v4::SigningParams::builder()
        .identity(identity)
        .region(REGION)
        .name("s3")
        .time(time)
        .settings(settings)
        .build()?
        .into();
    let mut url = format!("http://{HOST}{}", black_box(PATH));
    let headers = std::iter::empty();
    let request = SignableRequest::new("GET", &url, headers, SignableBody::UnsignedPayload)?;
    let (instructions, _signature) = sign(request, &params)?.into_parts();
    let mut separator = '?';
    for (name, value) in instructions.params() {
        url.push(separator);
        url.push_str(name);
        url.push('=');
        url.push_str(&value.replace('/', "%2F"));
        separator = '&';
    }
    Ok(url)
}
