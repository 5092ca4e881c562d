// A web application to which users upload pictures, from a computer or a phone, and whose server never holds their bytes.
//
//     node server.js                  # then open http://127.0.0.1:8000
//
// The page says what it would like to upload: type and size. The server decides, and asks Countersign for a link for
// exactly that, under a key that nobody chooses but the server (`uploads/USER/UUID.EXT`). The page sends what the issuer
// said to send: small files by one PUT, large ones in parts, and without scripts by a form. Whatever else is sent is
// refused by Countersign, not by this code. The whole story, from an empty directory: docs/guide/upload.md.
//
// Needs nothing but Node. Settings, all in the environment:
//
//     COUNTERSIGN_ISSUER   where links are made: http://127.0.0.1:9001
//     AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN)
//     APP_LISTEN           where the application is: 127.0.0.1:8000
//     APP_USERS            names and passwords: zoe=only-for-trying-out,max=as-well
//     APP_PART_BYTES       files larger than this go in parts of this size: 16777216

import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import { askIssuer } from "./issuer.js";

const LISTEN = process.env.APP_LISTEN ?? "127.0.0.1:8000";
const BUCKET = "pictures";
const PART_BYTES = Number(process.env.APP_PART_BYTES ?? 16 * 1024 * 1024);
const LARGEST = 512 * 1024 * 1024;
const LARGEST_BY_FORM = 10 * 1024 * 1024;
const LIFE_S = 900;
/** What is taken, and how its keys end. */
const TYPES = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };

const asset = (name) => readFileSync(new URL(name, import.meta.url));
const ASSETS = {
  "/": ["text/html; charset=utf-8", asset("page.html")],
  "/page.js": ["text/javascript", asset("page.js")],
};

const SALT = randomBytes(16);
const hashed = (password) => scryptSync(password, SALT, 32);
const NOBODY = randomBytes(32);
const USERS = new Map(
  (process.env.APP_USERS ?? "zoe=only-for-trying-out").split(",").map((pair) => {
    const [name, password] = pair.split("=");
    return [name, hashed(password)];
  }),
);
const SESSIONS = new Map();
/** What was uploaded, as the page tells it; whether it is there is for a HEAD of a link to say. */
const UPLOADED = new Map();

class Wrong extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** A link for one file of a user. */
async function linkFor(user, { type, size }) {
  if (!Object.hasOwn(TYPES, type)) throw new Wrong(415, "PNG, JPEG and WebP are taken");
  if (!Number.isInteger(size) || size < 1 || size > LARGEST) throw new Wrong(413, "512 MiB at most are taken");
  const request = {
    verb: "put",
    bucket: BUCKET,
    key_template: "uploads/{subject}/{uuid}.{ext}",
    extension: TYPES[type],
    subject: user,
    ttl_seconds: LIFE_S,
  };
  if (size > PART_BYTES) {
    const multipart = { size, part_size: PART_BYTES };
    return askIssuer("/v1/links", { ...request, shape: "multipart", content: { types: [type] }, multipart });
  }
  // Under its signature: this type, this many bytes, and nothing that is there already.
  const content = { types: [type], length: size };
  return askIssuer("/v1/links", { ...request, content, restrictions: { create_only: true } });
}

/** A form for one picture of a user, for browsers without scripts. Forms have no exact size, so they are for small ones. */
async function formFor(user) {
  const link = await askIssuer("/v1/links", {
    verb: "put",
    shape: "form",
    bucket: BUCKET,
    key_template: "uploads/{subject}/{uuid}.jpg",
    subject: user,
    ttl_seconds: LIFE_S,
    content: { types: ["image/jpeg"], min_bytes: 1, max_bytes: LARGEST_BY_FORM },
  });
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const fields = link.fields.map(({ name, value }) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`);
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>upload</title>
<form method="post" enctype="multipart/form-data" action="${escaped(link.url)}">${fields.join("")}
<input type="file" name="file" accept="image/jpeg"><button>upload</button></form>`;
}

async function bodyOf(request) {
  const pieces = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length > 4096) throw new Wrong(413, "that is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** Reads JSON. A page of another site cannot send this type without asking first, and nobody answers it. */
async function jsonOf(request) {
  if (request.headers["content-type"] !== "application/json") throw new Wrong(415, "send JSON");
  try {
    return JSON.parse(await bodyOf(request));
  } catch (error) {
    throw error instanceof Wrong ? error : new Wrong(400, "that is no JSON");
  }
}

const cookieOf = (request) => /(?:^|;\s*)session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];

function login({ name, password }) {
  const isRight = timingSafeEqual(USERS.get(name) ?? NOBODY, hashed(String(password)));
  if (!isRight) throw new Wrong(403, "name or password is wrong");
  const session = randomBytes(24).toString("base64url");
  SESSIONS.set(session, name);
  // Behind TLS, add `; Secure`.
  return { "set-cookie": `session=${session}; HttpOnly; SameSite=Strict; Path=/` };
}

async function answerTo(request) {
  const route = `${request.method} ${request.url}`;
  if (request.method === "GET" && ASSETS[request.url]) {
    const [type, body] = ASSETS[request.url];
    return { headers: { "content-type": type }, body };
  }
  if (route === "POST /login") return { headers: login(await jsonOf(request)), json: {} };
  const user = SESSIONS.get(cookieOf(request));
  if (!user) throw new Wrong(401, "log in first");
  switch (route) {
    case "POST /uploads":
      return { json: await linkFor(user, await jsonOf(request)) };
    case "POST /uploaded":
      UPLOADED.set(user, [...(UPLOADED.get(user) ?? []), (await jsonOf(request)).key]);
      return { json: {} };
    case "GET /uploads":
      return { json: UPLOADED.get(user) ?? [] };
    case "GET /form":
      return { headers: { "content-type": "text/html; charset=utf-8" }, body: await formFor(user) };
    default:
      throw new Wrong(404, "there is no such page");
  }
}

const server = createServer(async (request, response) => {
  let answer;
  try {
    answer = { status: 200, ...(await answerTo(request)) };
  } catch (error) {
    // What the issuer said is for the log; it may name buckets and policies.
    if (!(error instanceof Wrong)) console.error(error);
    const [status, message] = error instanceof Wrong ? [error.status, error.message] : [502, "that cannot be done at the moment"];
    answer = { status, json: { error: message } };
  }
  const headers = { "cache-control": "no-store", "referrer-policy": "no-referrer", ...answer.headers };
  if (answer.json) headers["content-type"] = "application/json";
  response.writeHead(answer.status, headers).end(answer.json ? JSON.stringify(answer.json) : answer.body);
});

const [host, port] = LISTEN.split(":");
server.listen(Number(port), host, () => console.log(`http://${host}:${server.address().port}`));
