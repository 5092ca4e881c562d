// Restrictions put under the signature with the AWS SDK for JavaScript v3, as docs/guide/restrictions.md shows it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import { clientFor } from "./harness/client.js";
import { use } from "./harness/request.js";
import { startServer } from "./harness/server.js";

const BUCKET = "examplebucket";
const LIFE = { expiresIn: 300 };
const PNG = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(100)]);

/** The same command, with restrictions in its query before it is signed. */
function restricted(command, restrictions) {
  const add = (next) => async (args) => {
    args.request.query = { ...args.request.query, ...restrictions };
    return next(args);
  };
  command.middlewareStack.add(add, { step: "build", name: "restrictions" });
  return command;
}

for (const [scheme, tls] of [["http", false], ["https", true]]) {
  describe(`restrictions over ${scheme}`, () => {
    let server, client;
    const download = (Key, restrictions) =>
      getSignedUrl(client, restricted(new GetObjectCommand({ Bucket: BUCKET, Key }), restrictions), LIFE);
    const upload = (Key, restrictions) =>
      getSignedUrl(client, restricted(new PutObjectCommand({ Bucket: BUCKET, Key }), restrictions), LIFE);
    const element = (answer, name) => answer.body.match(new RegExp(`<${name}>(.*?)</${name}>`))?.[1];
    const refused = (answer, code, name) => {
      assert.equal(element(answer, "Code"), code, answer.body);
      assert.equal(element(answer, code === "AccessDenied" ? "Restriction" : "ArgumentName"), name);
    };

    before(async () => {
      server = await startServer({ tls });
      // The checksum of a body that is not there yet would be signed otherwise.
      client = clientFor(server, server.key, { requestChecksumCalculation: "WHEN_REQUIRED" });
      const root = clientFor(server, server.root);
      await root.send(new CreateBucketCommand({ Bucket: BUCKET }));
      root.destroy();
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "a.txt", Body: "content" }));
    });

    after(async () => {
      client?.destroy();
      await server?.stop();
    });

    it("lets in whom it should and nobody else", async () => {
      const here = await download("a.txt", { "x-cs-ip": "127.0.0.0/8,::1", "x-cs-id": "invoice-7" });
      assert.equal((await use(server, "GET", here)).body, "content");
      assert.equal((await use(server, "HEAD", here)).status, 200);
      const elsewhere = await download("a.txt", { "x-cs-ip": "203.0.113.0/24" });
      refused(await use(server, "GET", elsewhere), "AccessDenied", "x-cs-ip");
      const changed = elsewhere.replace("203.0.113.0%2F24", "127.0.0.0%2F8");
      assert.notEqual(changed, elsewhere);
      assert.equal(element(await use(server, "GET", changed), "Code"), "SignatureDoesNotMatch");
    });

    it("counts uses and knows no country of this machine", async () => {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "once.txt", Body: "x".repeat(1000) }));
      const once = await download("once.txt", { "x-cs-uses": "1" });
      assert.equal((await use(server, "GET", once)).status, 200);
      // A download that broke off can be resumed; all of it again would be another use.
      assert.equal((await use(server, "GET", once, { headers: { range: "bytes=500-" } })).status, 206);
      refused(await use(server, "GET", once), "AccessDenied", "x-cs-uses");
      const somewhere = await download("a.txt", { "x-cs-country": "CH,DE" });
      refused(await use(server, "GET", somewhere), "AccessDenied", "x-cs-country");
    });

    it("refuses what it does not understand", async () => {
      for (const [name, value] of [["x-cs-uses", "0"], ["x-cs-ip", "127.0.0.1/8"], ["x-cs-unknown", "1"], ["X-Cs-Uses", "1"], ["x-cs-type", "image/*"]]) {
        refused(await use(server, "GET", await download("a.txt", { [name]: value })), "InvalidArgument", name);
      }
    });

    it("holds uploads to size, type and newness", async () => {
      const url = await upload("new.png", { "x-cs-bytes": "1-1000", "x-cs-type": "image/*", "x-cs-create": "true" });
      const type = (name) => ({ headers: { "content-type": name } });
      refused(await use(server, "PUT", url, { ...type("text/plain"), body: "text" }), "AccessDenied", "x-cs-type");
      refused(await use(server, "PUT", url, { ...type("image/png"), body: "text" }), "AccessDenied", "x-cs-type");
      const large = Buffer.concat([PNG, Buffer.alloc(1000)]);
      refused(await use(server, "PUT", url, { ...type("image/png"), body: large }), "AccessDenied", "x-cs-bytes");
      await assert.rejects(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "new.png" })), { name: "NotFound" });
      assert.equal((await use(server, "PUT", url, { ...type("image/png"), body: PNG })).status, 200);
      refused(await use(server, "PUT", url, { ...type("image/png"), body: PNG }), "AccessDenied", "x-cs-create");
    });

    it("holds forms to what their policy pins", async () => {
      const restrictions = { "x-cs-bytes": "3-5", "x-cs-ip": "127.0.0.0/8,::1" };
      const { url, fields } = await createPresignedPost(client, {
        Bucket: BUCKET,
        Key: "form.txt",
        Fields: restrictions,
        Conditions: [["content-length-range", 1, 1000], ...Object.entries(restrictions).map(([name, value]) => ({ [name]: value }))],
        Expires: 300,
      });
      const submit = async (content, changed = {}) => {
        const form = new FormData();
        for (const [name, value] of Object.entries({ ...fields, ...changed })) form.append(name, value);
        form.append("file", new Blob([content]), "a.txt");
        const encoded = new Response(form);
        const headers = { "content-type": encoded.headers.get("content-type") };
        return use(server, "POST", url, { headers, body: Buffer.from(await encoded.arrayBuffer()) });
      };
      refused(await submit("123456"), "AccessDenied", "x-cs-bytes");
      assert.match((await submit("123", { "x-cs-bytes": "1000" })).body, /Invalid according to Policy/);
      assert.equal((await submit("12345")).status, 204);
    });
  });
}
