// The real binary, `countersign serve`, in a directory of its own on free loopback ports.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const BINARY = process.env.COUNTERSIGN_BINARY ?? resolve(HERE, "../../../target/debug/countersign");
const KEY = { accessKeyId: "AKIATESTUSER00000001", secretAccessKey: "only-for-tests/+secret00000000000000000A" };

/** Makes a CA and a certificate for loopback; gives the paths of the files. */
function makeCertificates(folder) {
  const path = (name) => join(folder, name);
  const openssl = (...args) => execFileSync("openssl", args, { stdio: "pipe" });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...curve, "-days", "2", "-subj", "/CN=test CA", "-keyout", path("ca.key"), "-out", path("ca.pem"));
  openssl("req", "-new", ...curve, "-subj", "/CN=localhost", "-keyout", path("key.pem"), "-out", path("request.pem"));
  writeFileSync(path("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl("x509", "-req", "-in", path("request.pem"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", path("names"), "-out", path("certificate.pem"));
  return { ca: path("ca.pem"), certificate: path("certificate.pem"), key: path("key.pem") };
}

/** Starts a server and waits until it has said where it is; `tables` are added to its configuration. */
export async function startServer({ profile = "safe", tls = false, tables = "" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-js-"));
  const files = tls ? makeCertificates(folder) : undefined;
  writeFileSync(join(folder, "secret"), KEY.secretAccessKey, { mode: 0o600 });
  const lines = [
    `data_dir = "${join(folder, "data")}"`,
    'listen = "127.0.0.1:0"',
    'admin_listen = "127.0.0.1:0"',
    `profile = "${profile}"`,
    ...(files ? [`tls_cert = "${files.certificate}"`, `tls_key = "${files.key}"`] : []),
    tables,
    '[log]\nlevel = "error"',
    '[[user]]\nname = "tester"',
    `access_key_id = "${KEY.accessKeyId}"`,
    'secret_access_key_file = "secret"',
  ];
  const config = join(folder, "countersign.toml");
  writeFileSync(config, lines.join("\n") + "\n");

  const child = spawn(BINARY, ["--json", "serve", "--config", config], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => child.once("exit", done));
  const started = await firstReport(child);
  return {
    url: started.s3_url.replace(/\/$/, ""),
    adminUrl: started.admin_url.replace(/\/$/, ""),
    key: KEY,
    root: { accessKeyId: started.root_key.access_key_id, secretAccessKey: started.root_key.secret_access_key },
    ca: files && readFileSync(files.ca),
    /** Runs another command of the binary on the server's data, and gives its report. */
    run(...args) {
      const env = { ...process.env, COUNTERSIGN_DATA_DIR: join(folder, "data") };
      return JSON.parse(execFileSync(BINARY, ["--json", ...args], { env, encoding: "utf8" }));
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Reads the JSON document with which the server says that it is up. */
function firstReport(child) {
  return new Promise((done, fail) => {
    let text = "";
    child.once("exit", (code) => fail(new Error(`the server ended with ${code}`)));
    child.once("error", fail);
    child.stdout.on("data", (piece) => {
      text += piece;
      try {
        done(JSON.parse(text));
      } catch {
        // Not all of it has come yet.
      }
    });
  });
}
