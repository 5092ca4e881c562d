//! The loop: wait for sockets, go on with their exchanges, begin new ones until time is up.
//!
//! With a rate, a connection that is free waits for its turn; what is measured is the time from a request's
//! turn to its answer, so a slow server cannot hide by delaying the next request.
//!
//! Connections are opened, and TLS handshakes done, before the clock starts.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::event::Timespec;
use rustix::event::epoll;
use serde::Serialize;

use crate::histogram::Histogram;
use crate::load::connection::Connection;
use crate::load::plan::{Ending, Method, Plan, Target};
use crate::load::request::Requests;
use crate::load::transport::Trust;
use crate::processes::{own_thread_time, processor_time};

/// A run in which nothing moves for this long is given up.
const STALL: Duration = Duration::from_secs(30);
const SCRATCH: usize = 1 << 20;

/// What a run came to.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Complete exchanges with a right answer.
    pub requests: u64,
    /// Body bytes of those exchanges.
    pub bytes: u64,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Exchanges a second.
    pub requests_per_second: f64,
    /// Body bytes a second.
    pub bytes_per_second: f64,
    /// Median latency, in microseconds.
    pub p50_us: f64,
    /// 99th percentile of latency, in microseconds.
    pub p99_us: f64,
    /// Processor time of the watched servers for each exchange, in microseconds.
    pub server_cpu_us: Option<f64>,
    /// Share of the time that the generator itself was computing; near 1 it is the bottleneck.
    pub own_cpu_share: f64,
    /// Exchanges that failed; each costs its connection.
    pub errors: u64,
    /// The first failure.
    pub first_error: Option<String>,
}

/// Open connections to one server.
pub struct Pool {
    connections: Vec<Option<Connection>>,
    poller: rustix::fd::OwnedFd,
    scratch: Vec<u8>,
    targets: Vec<Target>,
}

impl Pool {
    /// Opens `count` connections to the server of the first target.
    pub fn open(count: usize, targets: Vec<Target>, trust: Option<&Trust>) -> Result<Self> {
        let server = targets.first().context("no targets")?;
        let poller = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut connections = Vec::with_capacity(count);
        for index in 0..count {
            let connection = Connection::open(server, trust)?;
            let interest = epoll::EventFlags::IN | epoll::EventFlags::OUT | epoll::EventFlags::ET;
            epoll::add(
                &poller,
                &connection,
                epoll::EventData::new_u64(index as u64),
                interest,
            )?;
            connections.push(Some(connection));
        }
        Ok(Self {
            connections,
            poller,
            scratch: vec![0; SCRATCH],
            targets,
        })
    }

    /// Runs `plan` over all connections.
    pub fn drive(&mut self, plan: &Plan) -> Result<Outcome> {
        let mut run = Run::new(plan, Requests::render(plan, &self.targets))?;
        let mut events = Vec::with_capacity(self.connections.len().max(1));
        run.start();
        run.idle.extend(0..self.connections.len());
        run.begin_due(&mut self.connections);
        while run.goes_on() && !(run.is_over() && plan.ending == Ending::Abandon) {
            events.clear();
            let ready = epoll::wait(
                &self.poller,
                rustix::buffer::spare_capacity(&mut events),
                Some(&run.patience()),
            );
            match ready {
                Ok(0) if run.under_way > 0 && run.is_stalled() => {
                    run.fail("nothing moved for too long".to_owned());
                    break;
                }
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            for event in &events {
                let index = usize::try_from(event.data.u64())?;
                if let Some(slot) = self.connections.get_mut(index) {
                    run.go_on(index, slot, &mut self.scratch);
                }
            }
            run.begin_due(&mut self.connections);
        }
        run.finish()
    }
}

/// The state of one run.
struct Run<'a> {
    begun: u64,
    cpu_before: Duration,
    errors: u64,
    first_error: Option<String>,
    /// Connections without a request, the longest free first.
    idle: VecDeque<usize>,
    latencies: Histogram,
    moved: Instant,
    plan: &'a Plan,
    requests: Requests,
    server_before: Duration,
    started: Instant,
    under_way: usize,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Plan, requests: Requests) -> Result<Self> {
        Ok(Self {
            begun: 0,
            cpu_before: own_thread_time(),
            errors: 0,
            first_error: None,
            idle: VecDeque::new(),
            latencies: Histogram::default(),
            moved: Instant::now(),
            plan,
            requests,
            server_before: processor_time(&plan.watched)?,
            started: Instant::now(),
            under_way: 0,
        })
    }

    fn start(&mut self) {
        self.cpu_before = own_thread_time();
        self.started = Instant::now();
        self.moved = self.started;
    }

    fn is_over(&self) -> bool {
        self.begun >= self.plan.most_requests || self.started.elapsed() >= self.plan.longest
    }

    fn is_stalled(&self) -> bool {
        self.moved.elapsed() >= STALL
    }

    /// How long to wait for readiness: never past the deadline of a run that is to be abandoned.
    fn patience(&self) -> Timespec {
        let left = match self.plan.ending {
            Ending::Abandon => self.plan.longest.saturating_sub(self.started.elapsed()),
            Ending::Drain => STALL,
        };
        let mut left = left.clamp(Duration::from_millis(1), STALL);
        if !self.idle.is_empty()
            && let Some(due) = self.next_due()
        {
            left = left.min(due.saturating_duration_since(Instant::now()));
        }
        Timespec {
            tv_sec: left.as_secs().cast_signed(),
            tv_nsec: left.subsec_nanos().into(),
        }
    }

    /// Whether there is anything to wait for: an answer, or the turn of the next request.
    fn goes_on(&self) -> bool {
        let waits = self.plan.rate.is_some() && !self.idle.is_empty();
        self.under_way > 0 || waits && !self.is_over()
    }

    /// When the next request has its turn; `None` if that is as soon as a connection is free.
    fn next_due(&self) -> Option<Instant> {
        let rate = self.plan.rate?;
        let after = Duration::try_from_secs_f64(self.begun as f64 / rate).ok()?;
        self.started.checked_add(after)
    }

    /// Begins requests on free connections, as far as it is their turn.
    fn begin_due(&mut self, connections: &mut [Option<Connection>]) {
        while !self.is_over() {
            let due = self.next_due();
            if due.is_some_and(|due| due > Instant::now()) {
                return;
            }
            let Some(index) = self.idle.pop_front() else {
                return;
            };
            if let Some(slot) = connections.get_mut(index) {
                self.begin(slot, due.unwrap_or_else(Instant::now));
            }
        }
    }

    fn begin(&mut self, slot: &mut Option<Connection>, due: Instant) {
        let Some(connection) = slot.as_mut() else {
            return;
        };
        self.begun += 1;
        match connection.begin(&mut self.requests, due) {
            Ok(()) => self.under_way += 1,
            Err(error) => self.retire(slot, &error),
        }
    }

    fn go_on(&mut self, index: usize, slot: &mut Option<Connection>, scratch: &mut [u8]) {
        let Some(connection) = slot.as_mut() else {
            return;
        };
        self.moved = Instant::now();
        match connection.go_on(self.plan, &self.requests, scratch) {
            Ok(None) => {}
            Ok(Some(duration)) => {
                self.latencies.record(duration);
                self.under_way -= 1;
                self.idle.push_back(index);
            }
            Err(error) => {
                self.under_way = self.under_way.saturating_sub(1);
                self.retire(slot, &error);
            }
        }
    }

    fn retire(&mut self, slot: &mut Option<Connection>, error: &anyhow::Error) {
        *slot = None;
        self.fail(format!("{error:#}"));
    }

    fn fail(&mut self, error: String) {
        self.errors += 1;
        self.first_error.get_or_insert(error);
    }

    fn finish(self) -> Result<Outcome> {
        let seconds = self.started.elapsed().as_secs_f64();
        let own_cpu = own_thread_time()
            .saturating_sub(self.cpu_before)
            .as_secs_f64();
        let server_cpu = processor_time(&self.plan.watched)?.saturating_sub(self.server_before);
        let requests = self.latencies.total();
        let body_length = match self.plan.method {
            Method::Get => self.plan.expectation.content_length.unwrap_or_default(),
            Method::Head => 0,
            Method::Post | Method::Put => self.requests.body_length(),
        };
        let bytes = requests * body_length;
        let micros = |share| {
            self.latencies
                .quantile(share)
                .map_or(0.0, |latency| latency.as_secs_f64() * 1e6)
        };
        let watched = !self.plan.watched.is_empty() && requests > 0;
        Ok(Outcome {
            requests,
            bytes,
            seconds,
            requests_per_second: requests as f64 / seconds,
            bytes_per_second: bytes as f64 / seconds,
            p50_us: micros(0.5),
            p99_us: micros(0.99),
            server_cpu_us: watched.then(|| server_cpu.as_secs_f64() * 1e6 / requests as f64),
            own_cpu_share: own_cpu / seconds,
            errors: self.errors,
            first_error: self.first_error,
        })
    }
}
