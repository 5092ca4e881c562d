// A real OpenID Connect provider, panva's oidc-provider, on a free loopback port.
//
// A client with a secret asks its token endpoint for a token, as a CI system's job or a service would
// (`grant_type=client_credentials`). The test chooses whom the token is about (`subject`), whom it is for
// (`audience`), its `typ`, and any other claim; the rest is the provider's: discovery, keys, signatures, times.
//
// As a program it prints one line of JSON and runs until its standard input ends:
//   node provider.js  ->  {"issuer": "http://127.0.0.1:…", "client_id": …, "client_secret": …}
// `GET /actions/token?audience=…` is what a job on GitHub Actions asks for its token (ACTIONS_ID_TOKEN_REQUEST_URL); the
// test writes `subject` and `claims` of the job into that URL.
//
// `POST /control/rotate` (body `{"keep": true|false}`) makes new signing keys, as an operator would; with
// `keep` the old ones are still published.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

import { Provider } from "oidc-provider";

const CLIENT = "ci";
const RESOURCE = "urn:countersign:tests";

/** New private keys for RS256 and ES256, the one first that signs. */
function newKeys() {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const named = (key, alg) => ({ ...key.export({ format: "jwk" }), kid: randomBytes(6).toString("hex"), alg, use: "sig" });
  return [named(rsa, "RS256"), named(ec, "ES256")];
}

/** What a request for a token asks for, beside what the provider knows. */
function asked(ctx) {
  const body = ctx.oidc.body ?? {};
  return { ...body, claims: JSON.parse(body.claims ?? "{}") };
}

function makeProvider(issuer, secret, keys) {
  const provider = new Provider(issuer, {
    jwks: { keys },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    clients: [
      {
        client_id: CLIENT,
        client_secret: secret,
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        getResourceServerInfo: (ctx) => ({
          scope: "",
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: asked(ctx).algorithm ?? "RS256" } },
        }),
      },
    },
    formats: {
      customizers: {
        jwt(ctx, _token, jwt) {
          const { subject, audience, typ, claims } = asked(ctx);
          jwt.header = { typ: typ ?? "JWT" };
          Object.assign(jwt.payload, { sub: subject ?? CLIENT, aud: audience ?? RESOURCE }, claims);
        },
      },
    },
  });
  provider.on("server_error", (_ctx, error) => console.error(error));
  return provider;
}

/** Reads the JSON body of a request. */
async function readJson(request) {
  let text = "";
  for await (const piece of request) {
    text += piece;
  }
  return JSON.parse(text || "{}");
}

/** Starts a provider. */
export async function startProvider() {
  const secret = randomBytes(24).toString("hex");
  let keys = newKeys();
  let answer;
  const fetched = {};
  const server = createServer(async (request, response) => {
    fetched[request.url] = (fetched[request.url] ?? 0) + 1;
    if (request.url === "/control/rotate") {
      rotate((await readJson(request)).keep);
      response.writeHead(204).end();
    } else if (request.url === "/control/fetched") {
      response.end(JSON.stringify(fetched));
    } else if (request.url.startsWith("/actions/token?")) {
      await answerJob(request, response);
    } else {
      answer(request, response);
    }
  });

  /** Gives a job its token, as GitHub does. */
  async function answerJob(request, response) {
    if (request.headers.authorization !== `Bearer ${secret}`) return response.writeHead(401).end();
    const asked = Object.fromEntries(new URL(request.url, issuer).searchParams);
    const value = await mint({ ...asked, claims: JSON.parse(asked.claims ?? "{}") });
    return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ value, count: value.length }));
  }

  /** A token of the provider. */
  async function mint({ subject, audience, typ, algorithm, claims } = {}) {
    const form = { grant_type: "client_credentials", subject, audience, typ, algorithm };
    const wanted = Object.entries({ ...form, claims: claims && JSON.stringify(claims) });
    const reply = await fetch(`${issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${CLIENT}:${secret}`)}` },
      body: new URLSearchParams(wanted.filter(([, value]) => value !== undefined)),
    });
    const body = await reply.json();
    if (!reply.ok) throw new Error(JSON.stringify(body));
    return body.access_token;
  }

  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${server.address().port}`;

  function rotate(keep = false) {
    keys = [...newKeys(), ...(keep ? keys : [])];
    answer = makeProvider(issuer, secret, keys).callback();
  }
  answer = makeProvider(issuer, secret, keys).callback();

  return {
    issuer,
    clientId: CLIENT,
    clientSecret: secret,
    rotate,
    mint,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { issuer, clientId, clientSecret, stop } = await startProvider();
  console.log(JSON.stringify({ issuer, client_id: clientId, client_secret: clientSecret }));
  process.stdin.resume().once("end", stop);
}
