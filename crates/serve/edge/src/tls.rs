//! TLS by rustls: certificates from files that are read again when they change, or made at start.
//!
//! A new certificate serves the next connection; those that are open keep theirs. A pair of files
//! that cannot be used is reported and the old certificate stays: a half-written renewal must not
//! take the server down.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use thiserror::Error;

use crate::TlsSource;

/// Why no TLS configuration could be made.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file could not be read as PEM.
    #[error("could not read `{path}`: {reason}")]
    File {
        /// The file.
        path: String,
        /// What was wrong with it.
        reason: String,
    },
    /// No certificate could be made.
    #[error("could not make a self-signed certificate: {0}")]
    SelfSigned(#[from] rcgen::Error),
    /// Certificate and key do not fit together, or rustls does not accept them.
    #[error("certificate and key are not usable: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The TLS configuration of now, shared by all listeners.
#[derive(Debug)]
pub(crate) struct Certificates {
    source: TlsSource,
    current: ArcSwap<ServerConfig>,
    stamp: ArcSwap<Stamp>,
}

/// When the two files were last changed.
type Stamp = [Option<SystemTime>; 2];

impl Certificates {
    pub(crate) fn load(source: TlsSource) -> Result<Self, TlsError> {
        let stamp = stamp(&source);
        let config = configuration(&source)?;
        let current = ArcSwap::from_pointee(config);
        Ok(Self {
            source,
            current,
            stamp: ArcSwap::from_pointee(stamp),
        })
    }

    /// The configuration for the next connection.
    pub(crate) fn current(&self) -> Arc<ServerConfig> {
        self.current.load_full()
    }

    /// Reads the files again if they changed. Says whether there is a new certificate.
    pub(crate) fn reload_if_changed(&self) -> Result<bool, TlsError> {
        let now = stamp(&self.source);
        if now == **self.stamp.load() {
            return Ok(false);
        }
        let config = configuration(&self.source)?;
        self.current.store(Arc::new(config));
        self.stamp.store(Arc::new(now));
        Ok(true)
    }
}

fn stamp(source: &TlsSource) -> Stamp {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
    match source {
        TlsSource::Files { certificate, key } => [modified(certificate), modified(key)],
        TlsSource::SelfSigned { .. } => [None, None],
    }
}

fn configuration(source: &TlsSource) -> Result<ServerConfig, TlsError> {
    let (chain, key) = match source {
        TlsSource::Files { certificate, key } => read_files(certificate, key)?,
        TlsSource::SelfSigned { names } => make_self_signed(names)?,
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn read_files(certificate: &Path, key: &Path) -> Result<Pair, TlsError> {
    let unreadable = |path: &Path, reason: String| TlsError::File {
        path: path.display().to_string(),
        reason,
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(unreadable(certificate, "no certificate in it".to_owned()));
    }
    let key =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, error.to_string()))?;
    Ok((chain, key))
}

fn make_self_signed(names: &[String]) -> Result<Pair, TlsError> {
    let made = rcgen::generate_simple_self_signed(names)?;
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    Ok((vec![made.cert.der().clone()], key.into()))
}
