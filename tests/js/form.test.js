// `createPresignedPost` of the AWS SDK for JavaScript v3, submitted as a browser does: with FormData.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";

import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";

import { clientFor } from "./harness/client.js";
import { use } from "./harness/request.js";
import { startServer } from "./harness/server.js";

const BUCKET = "examplebucket";
const SIZES = ["content-length-range", 1, 1_000_000];

/** Submits a form with a file, the file last. */
async function submit(server, { url, fields }, content, name = "cat.jpg", type = "image/jpeg") {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", new Blob([content], { type }), name);
  const encoded = new Response(form);
  const headers = { "content-type": encoded.headers.get("content-type") };
  return use(server, "POST", url, { headers, body: Buffer.from(await encoded.arrayBuffer()) });
}

for (const [scheme, tls] of [["http", false], ["https", true]]) {
  describe(`forms over ${scheme}`, () => {
    let server, s3Profile, client;

    before(async () => {
      [server, s3Profile] = await Promise.all([startServer({ tls }), startServer({ tls, profile: "s3" })]);
      for (const each of [server, s3Profile]) {
        const root = clientFor(each, each.root);
        await root.send(new CreateBucketCommand({ Bucket: BUCKET }));
        root.destroy();
      }
      client = clientFor(server);
    });

    after(async () => {
      client?.destroy();
      await Promise.all([server?.stop(), s3Profile?.stop()]);
    });

    it("uploads with the longest life that the SDK gives by default", async () => {
      const form = await createPresignedPost(client, { Bucket: BUCKET, Key: "plain", Conditions: [SIZES] });
      const answer = await submit(server, form, "hello");
      assert.equal(answer.status, 204, answer.body);
      assert.equal(answer.headers.etag, `"${createHash("md5").update("hello").digest("hex")}"`);
      const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "plain" }));
      assert.equal(await got.Body.transformToString(), "hello");
    });

    it("puts the name of the file into the key, and the fields into the object", async () => {
      const form = await createPresignedPost(client, {
        Bucket: BUCKET,
        Key: "user/42/${filename}",
        Conditions: [SIZES],
        Fields: { "Content-Type": "image/jpeg", "x-amz-meta-owner": "alice", success_action_status: "201" },
        Expires: 600,
      });
      const answer = await submit(server, form, "cat", "my \"käse\".jpg", "text/html");
      assert.equal(answer.status, 201, answer.body);
      // FormData writes quotes in names as %22, and S3 leaves them so.
      const Key = "user/42/my %22käse%22.jpg";
      assert.ok(answer.body.includes(`<Key>${Key}</Key>`), answer.body);
      const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
      assert.deepEqual([head.ContentType, head.Metadata], ["image/jpeg", { owner: "alice" }]);
    });

    it("is refused where its conditions do not hold, and told why", async () => {
      const form = await createPresignedPost(client, { Bucket: BUCKET, Key: "small", Conditions: [["content-length-range", 1, 4]] });
      const large = await submit(server, form, "hello");
      assert.equal(large.status, 400);
      assert.match(large.body, /<Code>EntityTooLarge<\/Code>.*<ProposedSize>5<\/ProposedSize><MaxSizeAllowed>4</);
      const more = await submit(server, { ...form, fields: { ...form.fields, acl: "public-read" } }, "x");
      assert.equal(more.status, 403);
      assert.match(more.body, /Extra input fields: acl/);
      await assert.rejects(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "small" })), { name: "NotFound" });
    });

    it("needs a size under the safe profile and none under s3", async () => {
      for (const [on, status] of [[server, 403], [s3Profile, 204]]) {
        const own = clientFor(on);
        const form = await createPresignedPost(own, { Bucket: BUCKET, Key: "any-size" });
        assert.equal((await submit(on, form, "x")).status, status);
        own.destroy();
      }
    });
  });
}
