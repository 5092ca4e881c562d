//! Counters and their text form for Prometheus.
//!
//! Labels come from fixed sets: operation names, error codes, status classes. A key, a bucket, an
//! access key id or a path is never a label (threat F7), so the number of series is bounded.

use countersign_gate::Redeemed;
use countersign_s3::{ErrorCode, Operation};
use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use countersign_directory::Revocations;

const METADATA: Metadata<'static> =
    Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// Seconds; the fast end is a request served from memory.
const DURATION_BUCKETS: [f64; 10] = [
    0.000_1, 0.000_5, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0,
];

/// The counters of one server, made once so that counting is one atomic addition.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    by_operation: Vec<Counter>,
    unrecognized: Counter,
    by_status_class: Vec<Counter>,
    pub(crate) bytes_received: Counter,
    pub(crate) bytes_sent: Counter,
    pub(crate) connections: Gauge,
    pub(crate) exposed_signatures: Counter,
    country_table_built: Gauge,
    pub(crate) duration: Histogram,
    revocations: Gauge,
    revocation_staleness: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets(&DURATION_BUCKETS).unwrap_or_default();
        let recorder = builder.build_recorder();
        let counter = |name: &'static str, labels: Vec<Label>| {
            recorder.register_counter(&Key::from_parts(name, labels), &METADATA)
        };
        let of_operation = |name: &'static str| {
            counter(
                "countersign_requests_total",
                vec![Label::from_static_parts("operation", name)],
            )
        };
        let of_class = |class: &'static str| {
            counter(
                "countersign_responses_total",
                vec![Label::from_static_parts("status", class)],
            )
        };
        Self {
            by_operation: Operation::ALL
                .iter()
                .map(|operation| of_operation(operation.name()))
                .collect(),
            unrecognized: of_operation("Unrecognized"),
            by_status_class: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(of_class).into(),
            bytes_received: counter("countersign_received_bytes_total", Vec::new()),
            bytes_sent: counter("countersign_sent_bytes_total", Vec::new()),
            exposed_signatures: counter("countersign_exposed_signatures_total", Vec::new()),
            country_table_built: recorder.register_gauge(
                &Key::from_static_name("countersign_country_table_built_timestamp_seconds"),
                &METADATA,
            ),
            revocations: recorder.register_gauge(
                &Key::from_static_name("countersign_live_revocations"),
                &METADATA,
            ),
            revocation_staleness: recorder.register_gauge(
                &Key::from_static_name("countersign_revocation_staleness_seconds"),
                &METADATA,
            ),
            connections: recorder.register_gauge(
                &Key::from_static_name("countersign_open_connections"),
                &METADATA,
            ),
            duration: recorder.register_histogram(
                &Key::from_static_name("countersign_request_duration_seconds"),
                &METADATA,
            ),
            recorder,
        }
    }

    /// Counts one answer. `Operation::ALL` is in the order of the enum, so its number is the index.
    pub(crate) fn count(&self, operation: Option<Operation>, status: u16) {
        let counter = operation
            .and_then(|operation| self.by_operation.get(operation as usize))
            .unwrap_or(&self.unrecognized);
        counter.increment(1);
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(counter) = self.by_status_class.get(class) {
            counter.increment(1);
        }
    }

    /// Counts one refusal by its code. Off the hot path: the counter is looked up.
    pub(crate) fn count_refusal(&self, code: ErrorCode) {
        let label = Label::from_static_parts("code", code.as_str());
        let key = Key::from_parts("countersign_refusals_total", vec![label]);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    /// Counts what became of a use that was asked for.
    pub(crate) fn count_redemption(&self, redeemed: &Redeemed) {
        let outcome = match redeemed {
            Redeemed::BoundElsewhere => "bound_elsewhere",
            Redeemed::Exhausted { .. } => "exhausted",
            Redeemed::Joined(_) => "joined",
            Redeemed::New(_) => "new",
        };
        let label = Label::from_static_parts("outcome", outcome);
        let key = Key::from_parts("countersign_redemptions_total", vec![label]);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }

    /// Tells how much is revoked, and how long ago the state was last heard (threat D8).
    pub(crate) fn tell_revocations(&self, revocations: &Revocations) {
        self.revocations.set(revocations.count() as f64);
        let unheard = revocations.unheard_for();
        let seconds = unheard.map_or(f64::INFINITY, |unheard| unheard.as_secs_f64());
        self.revocation_staleness.set(seconds);
    }

    /// Tells when the country table was made; zero if there is none.
    pub(crate) fn tell_country_table(&self, built_s: u64) {
        let built_s = u32::try_from(built_s).unwrap_or(u32::MAX);
        self.country_table_built.set(f64::from(built_s));
    }

    /// What renders the counters.
    pub(crate) fn handle(&self) -> PrometheusHandle {
        self.recorder.handle()
    }
}
