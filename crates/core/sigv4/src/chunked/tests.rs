use countersign_request::{Header, Query, RequestHead};

use super::{ChunkError, ChunkSigner, ChunkedDecoder, Framing, StreamingSignature};
use crate::verify::{Rules, VerificationKey, Workspace, verify};
use crate::{Claim, SecretAccessKey, Signature, SigningKey};

fn decode(framing: Framing, body: &[u8], piece: usize) -> Result<Decoded, ChunkError> {
    let mut decoder = ChunkedDecoder::new(framing);
    let mut data = Vec::new();
    for part in body.chunks(piece) {
        let mut rest = part;
        while !rest.is_empty() {
            let step = decoder.step(rest)?;
            data.extend_from_slice(&rest[step.body]);
            rest = &rest[step.consumed..];
        }
    }
    Ok((data, decoder.finish()?))
}

type Decoded = (Vec<u8>, Vec<(String, String)>);

fn unsigned(trailers: &[&str], decoded_length: u64) -> Framing {
    let trailers = trailers.iter().map(|t| (*t).to_owned()).collect();
    Framing {
        signature: None,
        trailers: Some(trailers),
        decoded_length,
    }
}

/// AWS's published example: 66,560 bytes of `a` in chunks of 65,536, 1,024 and 0.
struct Example {
    seed: &'static str,
    signed_headers: &'static str,
    payload: &'static str,
    trailer: Option<(&'static str, &'static str)>,
    last_signature: &'static str,
}

const PLAIN: Example = Example {
    seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    signed_headers: "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;\
                     x-amz-decoded-content-length;x-amz-storage-class",
    payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    trailer: None,
    last_signature: "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
};

const WITH_TRAILER: Example = Example {
    seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    signed_headers: "content-encoding;host;x-amz-content-sha256;x-amz-date;\
                     x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
    payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    trailer: Some(("x-amz-checksum-crc32c", "sOO8/Q==")),
    last_signature: "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435",
};

impl Example {
    fn key() -> SigningKey {
        let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        SigningKey::derive(&secret, "20130524", "us-east-1", "s3")
    }

    /// Verifies the seed signature and begins the chain there.
    fn framing(&self) -> Framing {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders={}, Signature={}",
            self.signed_headers, self.seed
        );
        let mut headers = vec![
            ("host", "s3.amazonaws.com"),
            ("x-amz-date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("authorization", &authorization),
            ("x-amz-content-sha256", self.payload),
            ("content-encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "66560"),
        ];
        match self.trailer {
            Some((name, _)) => headers.push(("x-amz-trailer", name)),
            None => headers.push(("content-length", "66824")),
        }
        let headers: Vec<Header<'_>> = headers
            .iter()
            .map(|(name, value)| Header {
                name,
                value: value.as_bytes(),
            })
            .collect();
        let path = "/examplebucket/chunkObject.txt";
        let head = RequestHead {
            method: "PUT",
            path,
            query: "",
            headers: &headers,
        };
        let query = Query::default();
        let claim = Claim::find(&head, &query).unwrap().unwrap();
        let key = Self::key();
        let rules = Rules::s3("us-east-1");
        let mut workspace = Workspace::default();
        verify(
            &head,
            &query,
            &claim,
            VerificationKey::Hmac(&key),
            &rules,
            &mut workspace,
        )
        .unwrap();
        Framing {
            signature: Some(StreamingSignature::hmac(&claim, key)),
            trailers: self.trailer.map(|(name, _)| vec![name.to_owned()]),
            decoded_length: 66_560,
        }
    }

    fn body(&self) -> Vec<u8> {
        let seed = Signature::parse(self.seed).unwrap();
        let date = crate::AmzDate::parse("20130524T000000Z").unwrap();
        let scope = "20130524/us-east-1/s3/aws4_request";
        let mut signer = ChunkSigner::new(Self::key(), date, scope, &seed);
        let data = vec![b'a'; 66_560];
        let mut body = Vec::new();
        signer.chunk(&data[..65_536], &mut body);
        signer.chunk(&data[65_536..], &mut body);
        signer.chunk(b"", &mut body);
        match self.trailer {
            Some(field) => signer.trailer(&[field], &mut body),
            None => body.extend_from_slice(b"\r\n"),
        }
        body
    }
}

#[test]
fn the_published_streams_verify_in_pieces_of_any_size() {
    for example in [PLAIN, WITH_TRAILER] {
        let body = example.body();
        assert!(String::from_utf8_lossy(&body).contains(example.last_signature));
        for piece in [1, 7, 4_096, body.len()] {
            let (data, trailers) = decode(example.framing(), &body, piece).unwrap();
            assert_eq!(data.len(), 66_560);
            assert_eq!(trailers.len(), usize::from(example.trailer.is_some()));
        }
    }
    assert_eq!(PLAIN.body().len(), 66_824);
}

#[test]
fn a4_one_flipped_bit_in_any_signature_or_byte_is_refused() {
    for example in [PLAIN, WITH_TRAILER] {
        let good = example.body();
        let text = String::from_utf8_lossy(&good).into_owned();
        let mut places: Vec<usize> = text
            .match_indices("signature=")
            .map(|(at, name)| at + name.len())
            .collect();
        places.extend(
            text.match_indices("trailer-signature:")
                .map(|(at, name)| at + name.len()),
        );
        places.extend([200, 65_700, good.len() / 2]);
        for at in places {
            let mut body = good.clone();
            body[at] ^= 1;
            let outcome = decode(example.framing(), &body, good.len());
            assert!(
                matches!(outcome, Err(ChunkError::SignatureMismatch { .. })),
                "byte {at}"
            );
        }
    }
}

#[test]
fn a4_a_wrong_seed_breaks_the_whole_chain() {
    let mut framing = PLAIN.framing();
    framing.signature = WITH_TRAILER.framing().signature;
    let outcome = decode(framing, &PLAIN.body(), 4_096);
    assert!(matches!(outcome, Err(ChunkError::SignatureMismatch { .. })));
}

#[test]
fn a_refused_chunk_says_what_was_signed() {
    let mut body = PLAIN.body();
    body[100] ^= 1;
    let Err(ChunkError::SignatureMismatch { ours }) = decode(PLAIN.framing(), &body, 9_999) else {
        panic!("accepted");
    };
    assert!(
        ours.string_to_sign
            .starts_with("AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n")
    );
}

#[test]
fn boto3s_unsigned_stream_is_read() {
    let body = b"b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";
    for piece in 1..body.len() {
        let framing = unsigned(&["x-amz-checksum-crc32"], 11);
        let (data, trailers) = decode(framing, body, piece).unwrap();
        assert_eq!(data, b"hello world");
        assert_eq!(
            trailers,
            [("x-amz-checksum-crc32".to_owned(), "DUoRhQ==".to_owned())]
        );
    }
}

#[test]
fn what_s3_tolerates_in_framing_is_tolerated() {
    let crc = ["x-amz-checksum-crc32"];
    for body in [
        "1\r\na\r\n0\r\nx-amz-checksum-crc32: AA==\r\n\r\n",
        "1\r\na\r\n0\r\nX-Amz-Checksum-Crc32:AA==\r\njunk\r\n\r\n",
        "1\r\na\r\n0\r\nx-amz-checksum-crc32:BB==\r\nx-amz-checksum-crc32:AA==\r\n\r\n",
        "1\r\na\r\n0\r\nx-amz-checksum-crc32:AA==\r\n",
    ] {
        let (_, trailers) = decode(unsigned(&crc, 1), body.as_bytes(), 3).unwrap();
        assert_eq!(trailers, [(crc[0].to_owned(), "AA==".to_owned())], "{body}");
    }
    let no_trailer = Framing {
        trailers: None,
        ..unsigned(&[], 1)
    };
    assert_eq!(decode(no_trailer, b"1\r\na\r\n0\r\n", 2).unwrap().0, b"a");
}

#[test]
fn what_s3_refuses_in_framing_is_refused() {
    let short = |provided| ChunkError::LengthMismatch {
        expected: 2,
        provided,
    };
    for (body, expected) in [
        ("2\r\nab\r\n", ChunkError::UnexpectedEnd),
        ("2\r\nab", ChunkError::UnexpectedEnd),
        ("", ChunkError::UnexpectedEnd),
        ("1\r\na\r\n0\r\n\r\n", short(1)),
        ("3\r\nabc\r\n0\r\n\r\n", short(3)),
        ("2\nab\r\n0\r\n\r\n", ChunkError::MalformedFrame),
        ("2\r\nabc\r\n0\r\n\r\n", ChunkError::MalformedFrame),
        ("-2\r\nab\r\n0\r\n\r\n", ChunkError::MalformedFrame),
        ("+2\r\nab\r\n0\r\n\r\n", ChunkError::MalformedFrame),
        ("\r\nab\r\n0\r\n\r\n", ChunkError::MalformedFrame),
        ("ffffffffffffffff\r\n", ChunkError::MalformedFrame),
        ("00000000000000002\r\nab\r\n", ChunkError::MalformedFrame),
        (
            "2\r\nab\r\n0\r\nx-other:1\r\n\r\n",
            ChunkError::MalformedTrailer,
        ),
        ("2\r\nab\r\n0\r\n\r\n", ChunkError::MalformedTrailer),
        ("2\r\nab\r\n0\r\n", ChunkError::MalformedTrailer),
    ] {
        let outcome = decode(unsigned(&["x-amz-checksum-crc32"], 2), body.as_bytes(), 1);
        assert_eq!(outcome.unwrap_err(), expected, "{body:?}");
    }
    let endless = "1".repeat(5_000);
    let outcome = decode(unsigned(&[], 1), endless.as_bytes(), 64);
    assert_eq!(outcome.unwrap_err(), ChunkError::MalformedFrame);
}

#[test]
fn signed_framing_is_held_to_its_form() {
    let good = String::from_utf8(PLAIN.body()).unwrap();
    let refuse = |body: String| decode(PLAIN.framing(), body.as_bytes(), 8_192).unwrap_err();
    assert_eq!(
        refuse(good.replace(";chunk-signature=", ";chunk-signature=;")),
        ChunkError::MalformedFrame
    );
    assert_eq!(
        refuse(good.replacen("10000;chunk", "10000", 1)),
        ChunkError::MalformedFrame
    );
    let first = good.find("\r\n").unwrap();
    let after = format!("{};x=1{}", &good[..first], &good[first..]);
    assert_eq!(refuse(after), ChunkError::MalformedFrame);
    let before = good.replacen(";chunk-signature", ";x=1;chunk-signature", 1);
    assert!(matches!(
        refuse(before),
        ChunkError::SignatureMismatch { .. }
    ));
    let spaced = good.replacen(";chunk-signature=", "; chunk-signature = ", 1);
    assert!(decode(PLAIN.framing(), spaced.as_bytes(), 8_192).is_ok());
}

#[test]
fn a_small_signed_chunk_must_be_the_last() {
    let seed = Signature::parse(PLAIN.seed).unwrap();
    let date = crate::AmzDate::parse("20130524T000000Z").unwrap();
    let scope = "20130524/us-east-1/s3/aws4_request";
    let mut signer = ChunkSigner::new(Example::key(), date, scope, &seed);
    let mut body = Vec::new();
    signer.chunk(&[b'a'; 1_024], &mut body);
    signer.chunk(&[b'a'; 65_536], &mut body);
    signer.chunk(b"", &mut body);
    let outcome = decode(PLAIN.framing(), &body, 4_096);
    assert_eq!(
        outcome.unwrap_err(),
        ChunkError::TooSmall {
            chunk: 1,
            size: 1_024
        }
    );
}
