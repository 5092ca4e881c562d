//! The requests of the measurement: a part of a film, under a canned policy, a custom one, and cookies.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context, Result, ensure};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use countersign_cloudfront::{
    AskedUrl, Claim, EpochTime, KeyGroup, Policy, PrivateKey, Resource, Scheme, SignedPolicy,
    Signer, TrustedKey, Verifier, alphabet, canned_policy,
};
use countersign_request::{Header, Query, RequestHead};

const KEY_PAIR_ID: &str = "K2JCJMDEHXQW5F";
const HOST: &str = "media.example.com";
const PATH: &str = "/films/one/segment-0001.ts";
const URL: &str = "https://media.example.com/films/one/segment-0001.ts";
const END: EpochTime = EpochTime::from_unix(1_767_225_600);
const NOW: EpochTime = EpochTime::from_unix(1_767_225_000);
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

/// An algorithm and keys for it.
pub(crate) struct Algorithm {
    pub(crate) name: &'static str,
    bare: &'static dyn VerificationAlgorithm,
    private: &'static str,
    public: &'static str,
}

/// What is measured, one table each.
pub(crate) const ALGORITHMS: &[Algorithm] = &[
    Algorithm {
        name: "RSA-2048 over SHA-256",
        bare: &RSA_PKCS1_2048_8192_SHA256,
        private: include_str!("../../../../vectors/cloudfront/rsa2048.private.pem"),
        public: include_str!("../../../../vectors/cloudfront/rsa2048.public.pem"),
    },
    Algorithm {
        name: "ECDSA P-256 over SHA-256",
        bare: &ECDSA_P256_SHA256_ASN1,
        private: include_str!("../../../../vectors/cloudfront/p256.private.pem"),
        public: include_str!("../../../../vectors/cloudfront/p256.public.pem"),
    },
];

/// Signed requests, and what verifies them.
pub(crate) struct Scene {
    keys: KeyGroup,
    bare: ParsedPublicKey,
    signed: Vec<u8>,
    signature: Vec<u8>,
    /// Raw queries.
    pub(crate) canned: String,
    pub(crate) custom: String,
    cookie: String,
}

impl Scene {
    pub(crate) fn set(algorithm: &Algorithm) -> Result<Self> {
        let key = PrivateKey::from_pem(algorithm.private)?;
        let keys = KeyGroup::new([TrustedKey::new(KEY_PAIR_ID, key.public_key().clone())?])?;
        let signer = Signer::new(KEY_PAIR_ID, key)?;
        let policy = Policy::new(Resource::parse("https://media.example.com/films/*")?, END)
            .within("203.0.113.0/24".parse()?);
        let query = |url: String| -> Result<String> {
            Ok(url.split_once('?').context("no query")?.1.to_owned())
        };
        let canned = query(signer.sign_url(URL, END)?)?;
        let custom = query(signer.sign_url_with(URL, &policy)?)?;
        let cookies = signer.sign_cookies(&policy)?;
        let cookie: Vec<String> = cookies
            .pairs()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let parsed = Query::of(&canned)?;
        let signature = parsed.first("Signature").and_then(alphabet::decode);
        let public = der(algorithm.public)?;
        let scene = Self {
            keys,
            bare: ParsedPublicKey::new(algorithm.bare, public).context("the key is none")?,
            signed: canned_policy(URL, END).into_bytes(),
            signature: signature.context("no signature")?,
            canned,
            custom,
            cookie: cookie.join("; "),
        };
        scene.check()?;
        Ok(scene)
    }

    /// Every request is let in, and none with a spoiled signature.
    fn check(&self) -> Result<()> {
        ensure!(self.verify_bare(), "the floor does not hold");
        self.verify_cookies()?;
        for query in [&self.canned, &self.custom] {
            self.verify_url(query)?;
            let (before, signature) = query
                .split_once("Signature=M")
                .or(query.split_once("Signature="))
                .context("no signature")?;
            let spoiled = format!(
                "{before}Signature=A{}",
                signature.get(1..).unwrap_or_default()
            );
            ensure!(
                self.verify_url(&spoiled).is_err(),
                "a spoiled signature is let in"
            );
        }
        Ok(())
    }

    pub(crate) fn verify_bare(&self) -> bool {
        self.bare.verify_sig(&self.signed, &self.signature).is_ok()
    }

    pub(crate) fn verify_url(&self, query: &str) -> Result<()> {
        self.verify(query, &[])
    }

    pub(crate) fn verify_cookies(&self) -> Result<()> {
        let cookie = Header {
            name: "cookie",
            value: self.cookie.as_bytes(),
        };
        self.verify("", &[cookie])
    }

    fn verify(&self, query: &str, headers: &[Header<'_>]) -> Result<()> {
        let head = RequestHead {
            method: "GET",
            path: PATH,
            query,
            headers,
        };
        let query = Query::of(query)?;
        let claim = Claim::find(&head, &query)?;
        let asked = AskedUrl::of(Scheme::Https, HOST, head.path, &query)?;
        Verifier::new(&self.keys).verify(&claim, &asked, NOW, CLIENT)?;
        Ok(())
    }

    /// The custom policy, verified once.
    pub(crate) fn kept(&self) -> Result<SignedPolicy> {
        let query = Query::of(&self.custom)?;
        let claim = Claim::in_query(&query)?.context("not signed")?;
        let asked = AskedUrl::parse(URL)?;
        Ok(Verifier::new(&self.keys).check_signature(&claim, &asked, NOW)?)
    }

    /// Holds another request against a policy that was verified before.
    pub(crate) fn ask_again(&self, kept: &SignedPolicy) -> Result<()> {
        let asked = AskedUrl::of(Scheme::Https, HOST, PATH, &Query::default())?;
        kept.permit(&asked, NOW, CLIENT)?;
        Ok(())
    }
}

/// The content of a PEM file.
fn der(pem: &str) -> Result<Vec<u8>> {
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let alphabet = body.replace('+', "-").replace('=', "_").replace('/', "~");
    alphabet::decode(&alphabet).context("not base64")
}
