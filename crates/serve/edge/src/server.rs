//! The server: one thread per core, each with its own listener and its own runtime.
//!
//! With SO_REUSEPORT the kernel spreads connections over the threads; a request is accepted, decided
//! and answered on one thread without a hand-over. What goes on beside requests has a thread and a runtime
//! of its own: the keeper, which follows the state, notes uses, reloads certificates and sweeps; and the
//! office, with the listeners for operators and backends.
//!
//! INVARIANT: no request, however long it keeps its thread busy, keeps this node from hearing what was
//! revoked, nor an operator from its health.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use countersign_objects::LocalStore;
use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use crate::admin::Door;
use crate::connection::{asked_to_stop, serve_connection};
use crate::edge::Edge;
use crate::guests::Guests;
use crate::settings::Settings;
use crate::tls::{Certificates, TlsError};
use crate::{admin, keeper};
use countersign_directory::Directory;

const BACKLOG: i32 = 1_024;

/// The most threads of one worker that wait for disks. More would only queue in the kernel instead,
/// and each costs memory: 2,000 clients of a server with cold caches once took 500 threads, 150 MiB.
const WAITING_THREADS: usize = 32;
/// The same for the keeper, which has a few questions at a time.
const KEEPERS_WAITING_THREADS: usize = 4;

/// Why a server did not start.
#[derive(Debug, Error)]
pub enum ServerError {
    /// A listener could not be opened.
    #[error("could not listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// A thread or its runtime could not be started.
    #[error("could not start a worker: {0}")]
    Worker(std::io::Error),
    /// The certificate could not be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A server that is running. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    admin_address: SocketAddr,
    issuer_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Opens the listeners and starts serving. The directory knows already what is revoked (threat D7).
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start(
        settings: Settings,
        directory: Arc<Directory>,
        objects: LocalStore,
        guests: Guests,
    ) -> Result<Self, ServerError> {
        let certificates = settings
            .tls
            .clone()
            .map(Certificates::load)
            .transpose()?
            .map(Arc::new);
        let workers = match settings.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            set => set,
        };
        let admin_listener = listen(settings.admin_listen, false)?;
        let issuer_listener = settings
            .issuer_listen
            .map(|address| listen(address, false))
            .transpose()?;
        let listeners = listen_on_all(settings.listen, workers)?;
        let address = local_address(listeners.first(), settings.listen)?;
        let admin_address = local_address(Some(&admin_listener), settings.admin_listen)?;
        let issuer_address = match (&issuer_listener, settings.issuer_listen) {
            (Some(listener), Some(asked)) => Some(local_address(Some(listener), asked)?),
            _ => None,
        };
        let share = (settings.limits.connections / workers).max(1);
        let edge = Arc::new(Edge::new(settings, directory, objects, guests));
        let (stop, stopped) = watch::channel(false);
        // Every worker holds a sender; when the last is gone, the channel closes.
        let (at_work, workers_gone) = mpsc::channel(1);
        let (at_an_end, over) = oneshot::channel();
        let keeper = Keeper {
            edge: Arc::clone(&edge),
            certificates: certificates.clone(),
            workers_gone,
            office: at_an_end,
        };
        let office = Office {
            edge: Arc::clone(&edge),
            certificates: certificates.clone(),
            admin_listener,
            issuer_listener,
            over,
        };
        let mut threads = vec![
            keeper.start().map_err(ServerError::Worker)?,
            office.start().map_err(ServerError::Worker)?,
        ];
        for (number, listener) in listeners.into_iter().enumerate() {
            let worker = Worker {
                edge: Arc::clone(&edge),
                certificates: certificates.clone(),
                listener,
                places: Arc::new(Semaphore::new(share)),
                stop: stopped.clone(),
                _at_work: at_work.clone(),
            };
            let thread = std::thread::Builder::new()
                .name(format!("worker-{number}"))
                .spawn(move || worker.run())
                .map_err(ServerError::Worker)?;
            threads.push(thread);
        }
        Ok(Self {
            address,
            admin_address,
            issuer_address,
            stop,
            threads,
        })
    }

    /// Where S3 is served.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where health and metrics are served.
    #[must_use]
    pub fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }

    /// Where the services for backends have a listener of their own, if they have one.
    #[must_use]
    pub fn issuer_address(&self) -> Option<SocketAddr> {
        self.issuer_address
    }

    /// Stops accepting, lets requests in flight finish within the drain time, and ends.
    pub fn stop(mut self) {
        let _ = self.stop.send(true);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// What goes on beside requests, for as long as there are workers.
struct Keeper {
    edge: Arc<Edge>,
    certificates: Option<Arc<Certificates>>,
    workers_gone: mpsc::Receiver<()>,
    /// Ends the office when it is dropped.
    office: oneshot::Sender<()>,
}

impl Keeper {
    fn start(mut self) -> std::io::Result<JoinHandle<()>> {
        // A server without it would never hear of a revocation, so it does not start without.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(KEEPERS_WAITING_THREADS)
            .build()?;
        let (edge, certificates, office) = (self.edge, self.certificates, self.office);
        let keep = async move {
            tokio::select! {
                () = keeper::keep(edge, certificates) => {}
                _ = self.workers_gone.recv() => {}
            }
            drop(office);
        };
        std::thread::Builder::new()
            .name("keeper".to_owned())
            .spawn(move || runtime.block_on(keep))
    }
}

/// The listeners for operators and backends, which have a thread of their own: what they ask for keeps neither
/// a download waiting nor the keeper.
struct Office {
    edge: Arc<Edge>,
    certificates: Option<Arc<Certificates>>,
    admin_listener: std::net::TcpListener,
    issuer_listener: Option<std::net::TcpListener>,
    /// Done when there are no workers any more.
    over: oneshot::Receiver<()>,
}

impl Office {
    fn start(self) -> std::io::Result<JoinHandle<()>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(KEEPERS_WAITING_THREADS)
            .build()?;
        let Self {
            edge,
            certificates,
            admin_listener,
            issuer_listener,
            mut over,
        } = self;
        let (admin_listener, issuer_listener) = {
            let _inside = runtime.enter();
            let issuer_listener = issuer_listener.map(TcpListener::from_std).transpose()?;
            (TcpListener::from_std(admin_listener)?, issuer_listener)
        };
        let work = async move {
            let admin = admin::serve(Arc::clone(&edge), admin_listener, Door::Admin);
            let issuer = async {
                match issuer_listener {
                    Some(listener) => {
                        admin::serve(edge, listener, Door::Issuer(certificates)).await;
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = admin => {}
                () = issuer => {}
                _ = &mut over => {}
            }
        };
        std::thread::Builder::new()
            .name("office".to_owned())
            .spawn(move || runtime.block_on(work))
    }
}

/// What one thread serves with.
struct Worker {
    edge: Arc<Edge>,
    certificates: Option<Arc<Certificates>>,
    listener: std::net::TcpListener,
    places: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
    /// Tells the keeper that there is something to keep.
    _at_work: mpsc::Sender<()>,
}

impl Worker {
    fn run(self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(WAITING_THREADS)
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(self.serve()),
            Err(error) => tracing::error!(%error, "worker has no runtime"),
        }
    }

    async fn serve(self) {
        let Ok(listener) = TcpListener::from_std(self.listener) else {
            return;
        };
        // Every connection holds a sender; when the last is gone, the channel closes.
        let (running, mut all_done) = mpsc::channel::<()>(1);
        let mut stop = self.stop.clone();
        loop {
            let accepted = tokio::select! {
                accepted = accept(&listener, &self.places) => accepted,
                () = asked_to_stop(&mut stop) => break,
            };
            let (stream, remote, place) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of descriptors or memory: wait for some to come back.
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let edge = Arc::clone(&self.edge);
            let certificates = self.certificates.clone();
            let (stop, running) = (self.stop.clone(), running.clone());
            tokio::spawn(async move {
                let open = edge.metrics.connections.clone();
                open.increment(1);
                serve_connection(edge, certificates, stream, remote, stop).await;
                open.decrement(1);
                drop((place, running));
            });
        }
        self.edge.draining.store(true, Ordering::Relaxed);
        drop((listener, running));
        let drain_time = self.edge.settings.limits.drain_time;
        let _ = tokio::time::timeout(drain_time, all_done.recv()).await;
    }
}

type Accepted = (
    tokio::net::TcpStream,
    SocketAddr,
    tokio::sync::OwnedSemaphorePermit,
);

/// Accepts only while there is a place: what is over the limit waits in the kernel's queue.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> std::io::Result<Accepted> {
    let place = Arc::clone(places)
        .acquire_owned()
        .await
        .map_err(std::io::Error::other)?;
    let (stream, remote) = listener.accept().await?;
    Ok((stream, remote, place))
}

/// Opens one listener per worker on the same port.
fn listen_on_all(
    address: SocketAddr,
    workers: usize,
) -> Result<Vec<std::net::TcpListener>, ServerError> {
    // The port must be free for this process alone: SO_REUSEPORT would silently share it with
    // another server of the same user. The probe does not listen, so nobody can reach it.
    let failed = |source| ServerError::Listen { address, source };
    let probe = bind(address, false).map_err(failed)?;
    let bound = probe
        .local_addr()
        .map_err(failed)?
        .as_socket()
        .unwrap_or(address);
    drop(probe);
    (0..workers).map(|_| listen(bound, true)).collect()
}

fn listen(address: SocketAddr, shared: bool) -> Result<std::net::TcpListener, ServerError> {
    let open = || {
        let socket = bind(address, shared)?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    };
    open().map_err(|source| ServerError::Listen { address, source })
}

fn bind(address: SocketAddr, shared: bool) -> std::io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    if shared {
        socket.set_reuse_port(true)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

fn local_address(
    listener: Option<&std::net::TcpListener>,
    asked: SocketAddr,
) -> Result<SocketAddr, ServerError> {
    listener
        .map_or(Ok(asked), std::net::TcpListener::local_addr)
        .map_err(|source| ServerError::Listen {
            address: asked,
            source,
        })
}

#[cfg(test)]
mod tests;
