"""A web application whose users download their own files, and whose server never touches their bytes.

    python app.py                   # then open http://127.0.0.1:8000

Users log in and have a cookie. When one asks for a file, the application looks up whose it is, asks Countersign for a
link of five minutes, and redirects the browser to it; scripts that accept JSON get the URL instead. The bytes
go from Countersign to the browser. The whole story, from an empty directory: docs/guide/download.md.

Needs boto3, for its credentials and its signatures. Settings, all in the environment:

    COUNTERSIGN_ISSUER   where links are made: http://127.0.0.1:9001
    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or whatever else boto3 finds credentials by
    APP_LISTEN           where the application is: 127.0.0.1:8000
    APP_FILES            what files there are, and whose: files.json
    APP_USERS            names and passwords: zoe=only-for-trying-out,max=as-well
"""

import hashlib
import html
import json
import os
import secrets
import sys
import urllib.error
import urllib.request
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

ISSUER = os.environ.get("COUNTERSIGN_ISSUER", "http://127.0.0.1:9001")
REGION = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
LISTEN = os.environ.get("APP_LISTEN", "127.0.0.1:8000")
FILES = json.loads(Path(os.environ.get("APP_FILES", Path(__file__).with_name("files.json"))).read_text())
LIFE_S = 300
CREDENTIALS = boto3.Session().get_credentials()


def hashed(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


SALT = secrets.token_bytes(16)
USERS = dict(pair.split("=", 1) for pair in os.environ.get("APP_USERS", "zoe=only-for-trying-out").split(","))
USERS = {name: hashed(password, SALT) for name, password in USERS.items()}
SESSIONS = {}


class Refused(Exception):
    """The issuer said no, or nothing."""


def ask_issuer(path, body):
    """A call of the issuer, signed with the application's key: the one thing that the application is trusted with."""
    request = AWSRequest("POST", ISSUER + path, data=json.dumps(body), headers={"content-type": "application/json"})
    SigV4Auth(CREDENTIALS.get_frozen_credentials(), "countersign", REGION).add_auth(request)
    call = urllib.request.Request(request.url, request.data.encode(), dict(request.headers), method="POST")
    try:
        with urllib.request.urlopen(call, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise Refused(refusal.read().decode()) from refusal
    except OSError as trouble:
        raise Refused(str(trouble)) from trouble


def link_for(user, file):
    """A link to a file of a user. Whoever finds it later finds it dead; whoever it was made for is in its record."""
    return ask_issuer(
        "/v1/links",
        {
            "verb": "get",
            "bucket": file["bucket"],
            "key": file["key"],
            "subject": user,
            "ttl_seconds": LIFE_S,
            "download_name": file["name"],
        },
    )


class Application(BaseHTTPRequestHandler):
    """The pages. What a browser asks for is a file's number; no key and no URL ever comes from it."""

    def do_GET(self):
        user = self.user()
        if self.path == "/":
            self.page(user)
        elif not user:
            self.answer(401, "log in first\n")
        elif self.path.startswith("/files/"):
            self.download(user, self.path.removeprefix("/files/"))
        else:
            self.answer(404, "there is no such page\n")

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        form = parse_qs(self.rfile.read(min(length, 4096)).decode())
        if self.path == "/login":
            self.login(form.get("name", [""])[0], form.get("password", [""])[0])
        elif self.path == "/logout":
            SESSIONS.pop(self.cookie(), None)
            self.answer(303, "", location="/")
        else:
            self.answer(404, "there is no such page\n")

    def download(self, user, number):
        file = FILES.get(number)
        # Somebody else's file is told from none by nobody.
        if file is None or file["owner"] != user:
            return self.answer(404, "there is no such file\n")
        try:
            link = link_for(user, file)
        except Refused as refused:
            # Why is for the log; it may name buckets and policies.
            print(f"no link to file {number} for {user}: {refused}", file=sys.stderr, flush=True)
            return self.answer(502, "the file cannot be had at the moment\n")
        if "application/json" in self.headers.get("accept", ""):
            told = {"url": link["url"], "expires_at": link["expires_at"], "name": file["name"]}
            return self.answer(200, json.dumps(told), "application/json")
        return self.answer(303, "", location=link["url"])

    def login(self, name, password):
        known = USERS.get(name, bytes(64))
        if not secrets.compare_digest(known, hashed(password, SALT)):
            return self.answer(403, "name or password is wrong\n")
        session = secrets.token_urlsafe()
        SESSIONS[session] = name
        # Behind TLS, add `; Secure`.
        cookie = f"session={session}; HttpOnly; SameSite=Lax; Path=/"
        return self.answer(303, "", location="/", cookie=cookie)

    def page(self, user):
        if user:
            own = [(number, file["name"]) for number, file in FILES.items() if file["owner"] == user]
            items = [f'<li><a href="/files/{number}">{html.escape(name)}</a>' for number, name in own]
            body = f"<ul>{''.join(items)}</ul><form method=post action=/logout><button>log out</button></form>"
        else:
            fields = "<input name=name><input name=password type=password>"
            body = f"<form method=post action=/login>{fields}<button>log in</button></form>"
        self.answer(200, f"<!doctype html><title>files</title>{body}", "text/html; charset=utf-8")

    def cookie(self):
        cookie = SimpleCookie(self.headers.get("cookie", ""))
        return cookie["session"].value if "session" in cookie else None

    def user(self):
        return SESSIONS.get(self.cookie())

    def answer(self, status, body, kind="text/plain; charset=utf-8", location=None, cookie=None):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body.encode())))
        # Neither pages nor redirects to links belong into a cache, and no link into a Referer.
        self.send_header("cache-control", "no-store")
        self.send_header("referrer-policy", "no-referrer")
        for name, value in (("location", location), ("set-cookie", cookie)):
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_request(self, code="-", size="-"):
        pass


if __name__ == "__main__":
    host, _, port = LISTEN.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Application)
    print(f"http://{host}:{server.server_port}", flush=True)
    server.serve_forever()
