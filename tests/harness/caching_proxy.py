"""A shared cache between client and server: nginx, as strict or as careless as a test wants it.

Debian's nginx, from the system or from where `cargo xtask` unpacked it. Nothing of it runs but what a
test starts, and it leaves nothing behind.
"""

import getpass
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from .http import request
from .server import BINARY, clean_environment, free_address

START_S = 10
UNPACKED = Path(BINARY).resolve().parents[1] / "bench/nginx/usr/sbin/nginx"
PLACES = (shutil.which("nginx"), "/usr/sbin/nginx", UNPACKED)
NGINX = next((place for place in PLACES if place and Path(place).exists()), None)
needs_nginx = pytest.mark.skipif(NGINX is None, reason="not installed: nginx")

# By the whole URL, as RFC 9111 has it.
CAREFUL = "proxy_cache_key $request_method$host$request_uri;"
# As a content network is often set up: whoever asks for the path gets what somebody got for it.
WITHOUT_QUERY = "proxy_cache_key $host$uri;"
# The same, for what looks like a file that never changes, whatever its answer says.
BY_SUFFIX = r"""
    proxy_cache_key $host$uri;
    location ~ \.(css|js|png|ico)$ {
        proxy_ignore_headers Cache-Control Expires Vary;
        proxy_cache_valid 200 1h;
        proxy_pass %(server)s;
    }
"""


@contextmanager
def caching_proxy(server, folder, rules):
    """Runs a cache before a server and gives its URL; `Host` passes as it was sent."""
    folder = Path(folder)
    address = free_address()
    config = folder / "nginx.conf"
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"""
daemon off;
user {getpass.getuser()};
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
    {temporary}
    proxy_cache_path {folder}/cache keys_zone=all:1m;
    server {{
        listen {address};
        proxy_cache all;
        proxy_cache_valid any 1h;
        proxy_set_header Host $http_host;
        add_header x-cache $upstream_cache_status always;
        {rules.replace("%(server)s", server.url)}
        location / {{ proxy_pass {server.url}; }}
    }}
}}
"""
    )
    command = [NGINX, "-p", folder, "-c", config, "-e", folder / "error.log"]
    process = subprocess.Popen(command, env=clean_environment(), stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://{address}", process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(START_S)


def wait_for(url, process):
    """Waits until the proxy answers at all."""
    end = monotonic() + START_S
    while True:
        try:
            return request("GET", f"{url}/")
        except OSError:
            if process.poll() is not None or monotonic() > end:
                raise
            sleep(0.02)
