//! Laws of the aws-chunked decoder.
//!
//! An input is one line of settings, `mode decoded-length trailer,trailer`, and the framed body. In
//! mode `sign` the rest is a body that is framed and signed here, then damaged.

use countersign_request::{Header, Query, RequestHead};
use countersign_sigv4::chunked::{
    ChunkError, ChunkSigner, ChunkedDecoder, Framing, StreamingSignature,
};
use countersign_sigv4::presign::Signer;
use countersign_sigv4::sign::{SigningInstructions, sign};
use countersign_sigv4::{AmzDate, Claim, SecretAccessKey, SigningKey};

const DAY: &str = "20261123";
const SCOPE: &str = "20261123/us-east-1/s3/aws4_request";
const STREAMING: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const HOST: Header<'_> = Header {
    name: "host",
    value: b"127.0.0.1:9000",
};

type Outcome = Result<(Vec<u8>, Vec<(String, String)>), ChunkError>;

/// Holds the decoder to its laws: the way a body is cut into pieces never matters, what is accepted
/// has the declared length, and damage to a signed body is found or harmless.
///
/// # Panics
/// If a law is broken.
pub fn aws_chunked(data: &[u8]) {
    let Some(end) = data.iter().position(|&b| b == b'\n') else {
        return;
    };
    let (line, rest) = data.split_at(end);
    let body = rest.get(1..).unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else {
        return;
    };
    let mut words = line.split_ascii_whitespace();
    let mode = words.next().unwrap_or_default();
    let decoded_length: u64 = words.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let trailers: Option<Vec<String>> = words
        .next()
        .map(|names| names.split(',').map(str::to_owned).collect());
    if mode == "sign" {
        damaged(body, usize::try_from(decoded_length).unwrap_or(usize::MAX));
        return;
    }
    let framing = || Framing {
        signature: None,
        trailers: trailers.clone(),
        decoded_length,
    };
    let whole = decode(framing(), body, body.len().max(1));
    for piece in [1, 2, 7, body.len() / 2 + 1] {
        assert_eq!(decode(framing(), body, piece), whole);
    }
    if let Ok((decoded, fields)) = whole {
        assert_eq!(decoded.len() as u64, decoded_length);
        let declared = trailers.unwrap_or_default();
        assert!(fields.iter().all(|(name, _)| declared.contains(name)));
    }
}

/// Feeds `body` in pieces and gathers what comes out.
fn decode(framing: Framing, body: &[u8], piece: usize) -> Outcome {
    let mut decoder = ChunkedDecoder::new(framing);
    let mut decoded = Vec::new();
    for mut input in body.chunks(piece) {
        while !input.is_empty() {
            let step = decoder.step(input)?;
            assert!(step.consumed <= input.len() && step.body.end <= step.consumed);
            assert!(step.consumed > 0, "no progress");
            decoded.extend_from_slice(input.get(step.body).unwrap_or_default());
            input = input.get(step.consumed..).unwrap_or_default();
        }
    }
    decoder.finish().map(|fields| (decoded, fields))
}

/// Signs `body`, flips one bit at `at`, and expects refusal or the very same body.
fn damaged(body: &[u8], at: usize) {
    let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let key = SigningKey::derive(&secret, DAY, "us-east-1", "s3");
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &[HOST],
    };
    let signer = Signer {
        access_key_id: "AKIDEXAMPLE",
        session_token: None,
        region: "us-east-1",
        service: "s3",
        key: &key,
    };
    let Some(date) = AmzDate::parse("20261123T120000Z") else {
        unreachable!("the date is well-formed");
    };
    let Ok(signed) = sign(&head, STREAMING, &signer, date) else {
        unreachable!("the head can be signed");
    };

    let mut framed = Vec::new();
    let mut chunks = ChunkSigner::new(key.clone(), date, SCOPE, &signed.signature);
    for chunk in body.chunks(8 * 1024) {
        chunks.chunk(chunk, &mut framed);
    }
    chunks.chunk(b"", &mut framed);
    framed.extend_from_slice(b"\r\n");

    let verified = |framed: &[u8]| with_claim(&signed, &key, body.len() as u64, framed);
    assert_eq!(verified(&framed), Ok((body.to_vec(), Vec::new())));
    let place = at % framed.len().max(1);
    if let Some(byte) = framed.get_mut(place) {
        *byte ^= 1 << (at % 8);
    }
    if let Ok((decoded, _)) = verified(&framed) {
        assert_eq!(decoded, body, "damage at {place} was not found");
    }
}

/// Decodes a framed body under the claim that its request makes.
fn with_claim(
    signed: &SigningInstructions,
    key: &SigningKey,
    decoded_length: u64,
    framed: &[u8],
) -> Outcome {
    let mut headers = vec![HOST];
    headers.extend(signed.headers.iter().map(|(name, value)| Header {
        name,
        value: value.as_bytes(),
    }));
    let head = RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &headers,
    };
    let query = Query::default();
    let Ok(Some(claim)) = Claim::find(&head, &query) else {
        unreachable!("a request that was signed makes a claim");
    };
    let framing = Framing {
        signature: Some(StreamingSignature::hmac(&claim, key.clone())),
        trailers: None,
        decoded_length,
    };
    decode(framing, framed, 1_000)
}
