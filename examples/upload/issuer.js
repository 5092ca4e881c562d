// Calls of the issuer, signed with the application's key (Signature Version 4, service `countersign`).
//
// The AWS SDK's `@smithy/signature-v4` does the same; this is all there is to it.

import { createHash, createHmac } from "node:crypto";

const { COUNTERSIGN_ISSUER: ISSUER = "http://127.0.0.1:9001", AWS_DEFAULT_REGION: REGION = "us-east-1" } = process.env;

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** The headers of a POST with this body, signed. */
function signedHeaders(url, body) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const headers = { "content-type": "application/json", host: url.host, "x-amz-date": date };
  if (token) headers["x-amz-security-token"] = token;
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const path = url.pathname.split("/").map(encodeURIComponent).join("/");
  const request = ["POST", path, "", lines, names.join(";"), sha256(body)].join("\n");
  const scope = `${date.slice(0, 8)}/${REGION}/countersign/aws4_request`;
  const key = scope.split("/").reduce(hmac, `AWS4${secret}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope, sha256(request)].join("\n")).toString("hex");
  const { host, ...sent } = headers;
  const credential = `Credential=${id}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...sent, authorization: `AWS4-HMAC-SHA256 ${credential}` };
}

/** Asks the issuer; an error holds what it answered. */
export async function askIssuer(path, asked) {
  const url = new URL(path, ISSUER);
  const body = JSON.stringify(asked);
  const answer = await fetch(url, { method: "POST", headers: signedHeaders(url, body), body, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`the issuer answers ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
