//! Debian's nginx as the yardstick: files behind signed URLs.
//!
//! One worker, `sendfile`, `tcp_nopush`, WebDAV PUT, and `secure_link_md5` over expiry, path, method
//! and a secret (ngx_http_secure_link_module). It checks a signature as we do, but a cheaper one,
//! hashes no body and syncs nothing to disk.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use md5::{Digest, Md5};

use crate::bench::case::Method;
use crate::bench::peer::{Peer, Scheme};
use crate::bench::report::{Report, say};
use crate::bench::running::{Running, free_address};
use crate::command::succeed;

const SECRET: &str = "only for this benchmark";
const LIFE: Duration = Duration::from_secs(3_600);
const MODULES: [&str; 3] = [
    "http_dav_module",
    "http_secure_link_module",
    "http_ssl_module",
];

/// A running nginx.
pub(crate) struct Nginx {
    authority: SocketAddr,
    running: Running,
    scheme: Scheme,
}

impl Nginx {
    /// Finds or fetches nginx, says which it is, and starts it in a folder under `scratch`.
    pub(crate) fn find_and_start(
        report: &Report,
        scratch: &Path,
        certificates: &Path,
        scheme: Scheme,
    ) -> Result<Self> {
        let program = find_or_fetch(report.folder())?;
        say(&format!("yardstick: {}\n", version(&program)?));
        Self::start(&program, &scratch.join("nginx"), certificates, scheme)
    }

    /// Starts nginx on the objects in `folder`, with the certificate and key in `certificates`.
    fn start(program: &Path, folder: &Path, certificates: &Path, scheme: Scheme) -> Result<Self> {
        let authority = free_address()?;
        fs::create_dir_all(folder.join("objects"))?;
        fs::create_dir_all(folder.join("uploads"))?;
        let config = folder.join("nginx.conf");
        fs::write(
            &config,
            configuration(folder, certificates, scheme, authority),
        )?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).arg("-c").arg(&config);
        command.arg("-e").arg(folder.join("error.log"));
        let running = Running::start("nginx", &command, authority, folder.join("printed.log"))?;
        Ok(Self {
            authority,
            running,
            scheme,
        })
    }
}

impl Peer for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn pids(&self) -> Result<Vec<u32>> {
        self.running.pids()
    }

    fn url(&self, method: Method, object: &str) -> Result<String> {
        let expires = (SystemTime::now() + LIFE)
            .duration_since(UNIX_EPOCH)?
            .as_secs();
        let path = format!("/objects/{object}");
        let text = format!("{expires}{path}{} {SECRET}", method.as_str());
        let digest = URL_SAFE_NO_PAD.encode(Md5::digest(text.as_bytes()));
        let scheme = self.scheme.as_str();
        Ok(format!(
            "{scheme}://{}{path}?md5={digest}&expires={expires}",
            self.authority
        ))
    }
}

fn configuration(
    folder: &Path,
    certificates: &Path,
    scheme: Scheme,
    authority: SocketAddr,
) -> String {
    let folder = folder.display();
    let certificates = certificates.display();
    let tls = if scheme == Scheme::Tls { " ssl" } else { "" };
    format!(
        r#"daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 3600s;
    keepalive_requests 1000000000;
    client_max_body_size 0;
    client_body_temp_path {folder}/uploads;
    proxy_temp_path {folder}/unused-proxy;
    fastcgi_temp_path {folder}/unused-fastcgi;
    uwsgi_temp_path {folder}/unused-uwsgi;
    scgi_temp_path {folder}/unused-scgi;
    default_type application/octet-stream;
    server {{
        listen {authority}{tls} backlog=4096;
        ssl_certificate {certificates}/certificate.pem;
        ssl_certificate_key {certificates}/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        root {folder};
        location /objects/ {{
            secure_link $arg_md5,$arg_expires;
            secure_link_md5 "$secure_link_expires$uri$request_method {SECRET}";
            if ($secure_link = "") {{ return 403; }}
            if ($secure_link = "0") {{ return 410; }}
            dav_methods PUT;
        }}
    }}
}}
"#,
        user = env::var("USER").unwrap_or_else(|_| "root".to_owned()),
    )
}

/// Finds an nginx with the modules needed. Where none is installed, Debian's package is fetched and
/// unpacked under `folder`, so nothing is installed or started on the machine.
pub(crate) fn find_or_fetch(folder: &Path) -> Result<PathBuf> {
    let unpacked = folder.join("nginx/usr/sbin/nginx");
    let installed = ["/usr/sbin/nginx", "/usr/bin/nginx"].map(PathBuf::from);
    for program in installed.iter().chain([&unpacked]) {
        if program.exists() && has_modules(program)? {
            return Ok(program.clone());
        }
    }
    fetch(&folder.join("nginx"))?;
    if !has_modules(&unpacked)? {
        bail!("Debian's nginx lacks one of {MODULES:?}");
    }
    Ok(unpacked)
}

/// What `nginx -v` says of itself.
fn version(program: &Path) -> Result<String> {
    let output = Command::new(program)
        .arg("-v")
        .output()
        .context("cannot run nginx")?;
    Ok(String::from_utf8_lossy(&output.stderr)
        .trim()
        .trim_start_matches("nginx version: ")
        .into())
}

fn has_modules(program: &Path) -> Result<bool> {
    let output = Command::new(program)
        .arg("-V")
        .output()
        .context("cannot run nginx")?;
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(MODULES.iter().all(|module| said.contains(module)))
}

fn fetch(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let fetched = Command::new("apt-get")
        .args(["download", "nginx"])
        .current_dir(folder)
        .status();
    if !fetched.is_ok_and(|status| status.success()) {
        bail!("no nginx here and none to be had from apt-get; install nginx-light and try again");
    }
    for entry in fs::read_dir(folder)? {
        let package = entry?.path();
        if package
            .extension()
            .is_some_and(|extension| extension == "deb")
        {
            succeed(
                Command::new("dpkg-deb")
                    .arg("--extract")
                    .arg(&package)
                    .arg(folder),
            )?;
        }
    }
    Ok(())
}
