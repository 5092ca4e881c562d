//! What every request of one server shares.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use countersign_directory::{Clock, Directory, Revocations};
use countersign_objects::LocalStore;
use countersign_s3::Addressing;
use http::HeaderValue;

use crate::country::Countries;
use crate::guests::Guests;
use crate::metrics::Metrics;
use crate::pace::Paces;
use crate::request_id::HostId;
use crate::settings::Settings;

/// One server's shared parts. Everything in it can be used from any thread.
pub(crate) struct Edge {
    pub(crate) settings: Settings,
    pub(crate) guests: Guests,
    pub(crate) addressing: Addressing,
    pub(crate) clock: Clock,
    pub(crate) directory: Arc<Directory>,
    pub(crate) objects: LocalStore,
    pub(crate) metrics: Metrics,
    pub(crate) revocations: Arc<Revocations>,
    pub(crate) countries: Countries,
    pub(crate) paces: Arc<Paces>,
    pub(crate) host_id: HostId,
    pub(crate) region_header: HeaderValue,
    pub(crate) draining: AtomicBool,
}

impl Edge {
    pub(crate) fn new(
        settings: Settings,
        directory: Arc<Directory>,
        objects: LocalStore,
        guests: Guests,
    ) -> Self {
        let public = settings.public_authority.iter();
        let addressing = Addressing::new(public.chain(&settings.base_hosts));
        let region_header = HeaderValue::from_str(&settings.region)
            .unwrap_or(HeaderValue::from_static("us-east-1"));
        Self {
            guests,
            addressing,
            clock: directory.clock().clone(),
            revocations: Arc::clone(directory.revocations()),
            directory,
            objects,
            metrics: Metrics::new(),
            countries: Countries::open(settings.country_table.clone()),
            paces: Arc::default(),
            host_id: HostId::new(),
            region_header,
            draining: AtomicBool::new(false),
            settings,
        }
    }
}
