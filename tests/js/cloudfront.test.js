// @aws-sdk/cloudfront-signer, unmodified, against countersign-cloudfront, both ways. No server is needed.

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { getSignedCookies, getSignedUrl } from "@aws-sdk/cloudfront-signer";

import { isBuilt, KEY_PAIR_ID, pem, sign, verify } from "./harness/cloudfront.js";

const END = 1767225600;
const START = 1767222000;
const URL_SIGNED = "https://media.example.com/films/one.mp4?size=large&x-cs-rate=4096";
const at = (seconds) => new Date(seconds * 1000).toISOString();

const request = (key, more) => ({
  keys: { [KEY_PAIR_ID]: pem(`${key}.public`) },
  url: URL_SIGNED,
  now: END - 1,
  client: "203.0.113.7",
  sha1: true,
  ...more,
});
const header = (cookies) => Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join("; ");
const policyFor = (Resource) =>
  JSON.stringify({ Statement: [{ Resource, Condition: { DateLessThan: { "AWS:EpochTime": END } } }] });

for (const key of ["rsa2048", "p256"]) {
  for (const algorithm of ["SHA256", undefined]) {
    describe(`${key} over ${algorithm ?? "the default hash"}`, { skip: !isBuilt && "examples are not built" }, () => {
      const common = { keyPairId: KEY_PAIR_ID, privateKey: pem(`${key}.private`), algorithm };
      const canned = { url: URL_SIGNED, dateLessThan: at(END), ...common };
      const custom = { ...canned, dateGreaterThan: at(START), ipAddress: "203.0.113.0/24" };

      it("URLs and cookies are let in, canned and custom", () => {
        const answers = verify([
          request(key, { url: getSignedUrl(canned) }),
          request(key, { url: getSignedUrl(custom) }),
          request(key, { cookie: header(getSignedCookies(canned)) }),
          request(key, { cookie: header(getSignedCookies(custom)) }),
        ]);
        const expected = [["url", "canned"], ["url", "custom"], ["cookies", "canned"], ["cookies", "custom"]];
        assert.deepEqual(
          answers,
          expected.map(([carrier, kind]) => ({ permitted: { carrier, kind, expires_at: END, query_cover: "literal" } })),
        );
      });

      it("one cookie opens what a wildcard covers and nothing else", () => {
        const policy = policyFor("https://media.example.com/films/*");
        const cookie = header(getSignedCookies({ policy, ...common }));
        const [part, query, elsewhere, restricted] = verify([
          request(key, { cookie, url: "https://media.example.com/films/one/0001.ts" }),
          request(key, { cookie, url: "https://media.example.com/films/one/0001.ts?t=1" }),
          request(key, { cookie, url: "https://media.example.com/books/one" }),
          request(key, { cookie, url: "https://media.example.com/films/one/0001.ts?x-cs-rate=1" }),
        ]);
        assert.equal(part.permitted.query_cover, "literal");
        assert.equal(query.permitted.query_cover, "wildcard");
        assert.equal(elsewhere.refused, "AccessDenied");
        assert.equal(restricted.refused, "AccessDenied");
      });

      it("k1 a policy for everything is refused", () => {
        const cookie = header(getSignedCookies({ policy: policyFor("*"), ...common }));
        assert.equal(verify([request(key, { cookie })])[0].refused, "AccessDenied");
      });

      it("k4 only SHA-256 is accepted by default", () => {
        const [answer] = verify([request(key, { url: getSignedUrl(canned), sha1: false })]);
        assert.equal("permitted" in answer, algorithm === "SHA256");
      });

      it("what ended, or is for others, is refused", () => {
        const url = getSignedUrl(custom);
        const answers = verify([
          request(key, { url, now: END }),
          request(key, { url, now: START - 1 }),
          request(key, { url, client: "198.51.100.1" }),
          request(key, { url, keys: { K9: pem(`${key}.public`) } }),
        ]);
        const codes = ["AccessDenied", "AccessDenied", "AccessDenied", "InvalidKey"];
        assert.deepEqual(answers.map((answer) => answer.refused), codes);
      });
    });
  }
}

describe("what we sign", { skip: !isBuilt && "examples are not built" }, () => {
  const common = { keyPairId: KEY_PAIR_ID, privateKey: pem("rsa2048.private"), algorithm: "SHA256" };
  const order = { key: common.privateKey, key_pair_id: KEY_PAIR_ID, url: URL_SIGNED, expires_at: END };

  it("is what the SDK signs, byte for byte", () => {
    const [canned, custom, wide] = sign([
      order,
      { ...order, not_before: START, network: "203.0.113.0/24" },
      { ...order, url: "https://media.example.com/films/one", resource: "https://media.example.com/films/*" },
    ]);
    const asked = { url: URL_SIGNED, dateLessThan: at(END), ...common };
    const conditions = { dateGreaterThan: at(START), ipAddress: "203.0.113.0/24" };
    const texts = (cookies) => Object.fromEntries(Object.entries(cookies).map(([name, value]) => [name, String(value)]));
    const policy = policyFor("https://media.example.com/films/*");
    assert.equal(wide.policy, policy);
    assert.deepEqual(canned.cookies, texts(getSignedCookies(asked)));
    assert.deepEqual(custom.cookies, texts(getSignedCookies({ ...asked, ...conditions })));
    assert.deepEqual(wide.cookies, texts(getSignedCookies({ policy, ...common })));
    const parameters = (url) => [...new URL(url).searchParams].sort();
    assert.deepEqual(parameters(canned.url), parameters(getSignedUrl(asked)));
    assert.deepEqual(parameters(custom.url), parameters(getSignedUrl({ ...asked, ...conditions })));
  });
});
