// The AWS SDK for JavaScript v3, unmodified: client and presigner, with default checksum settings.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";

import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import { clientFor } from "./harness/client.js";
import { use } from "./harness/request.js";
import { startServer } from "./harness/server.js";

const BUCKET = "examplebucket";
const LIFE = { expiresIn: 300 };

for (const [scheme, tls] of [["http", false], ["https", true]]) {
  describe(`over ${scheme}`, () => {
    let server, s3Profile, client, root;
    const place = (Key) => ({ Bucket: BUCKET, Key });

    before(async () => {
      [server, s3Profile] = await Promise.all([startServer({ tls }), startServer({ tls, profile: "s3" })]);
      client = clientFor(server);
      root = clientFor(server, server.root);
      await root.send(new CreateBucketCommand({ Bucket: BUCKET }));
      const other = clientFor(s3Profile, s3Profile.root);
      await other.send(new CreateBucketCommand({ Bucket: BUCKET }));
      other.destroy();
    });

    after(async () => {
      client?.destroy();
      root?.destroy();
      await Promise.all([server?.stop(), s3Profile?.stop()]);
    });

    it("creates, lists, looks at and deletes buckets", async () => {
      const Bucket = "another-bucket";
      await root.send(new CreateBucketCommand({ Bucket }));
      const { Buckets } = await root.send(new ListBucketsCommand({}));
      assert.ok(Buckets.some((bucket) => bucket.Name === Bucket));
      await root.send(new HeadBucketCommand({ Bucket }));
      const { LocationConstraint } = await root.send(new GetBucketLocationCommand({ Bucket }));
      assert.ok(!LocationConstraint || LocationConstraint === "us-east-1");
      await root.send(new DeleteBucketCommand({ Bucket }));
      await assert.rejects(root.send(new HeadBucketCommand({ Bucket })), { name: "NotFound" });
    });

    it("puts, gets, looks at, lists and deletes an object", async () => {
      const Body = Buffer.alloc(1_000_000, "0123456789");
      const Metadata = { colour: "blue" };
      const put = await client.send(new PutObjectCommand({ ...place("a/b c+d.txt"), Body, ContentType: "text/plain", Metadata }));
      assert.equal(put.ETag, `"${createHash("md5").update(Body).digest("hex")}"`);
      assert.ok(put.ChecksumCRC32);
      const got = await client.send(new GetObjectCommand(place("a/b c+d.txt")));
      assert.deepEqual(Buffer.from(await got.Body.transformToByteArray()), Body);
      const head = await client.send(new HeadObjectCommand(place("a/b c+d.txt")));
      assert.equal(head.ContentLength, Body.length);
      assert.equal(head.ContentType, "text/plain");
      assert.deepEqual(head.Metadata, Metadata);
      const part = await client.send(new GetObjectCommand({ ...place("a/b c+d.txt"), Range: "bytes=3-5" }));
      assert.equal(await part.Body.transformToString(), "345");
      const list = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "a/" }));
      assert.deepEqual(list.Contents.map((item) => item.Key), ["a/b c+d.txt"]);
      await client.send(new DeleteObjectCommand(place("a/b c+d.txt")));
      await assert.rejects(client.send(new GetObjectCommand(place("a/b c+d.txt"))), { name: "NoSuchKey" });
    });

    it("pages through a listing", async () => {
      const names = Array.from({ length: 9 }, (_, number) => `pages/${number}`);
      for (const name of names) await client.send(new PutObjectCommand({ ...place(name), Body: "x" }));
      const found = [];
      for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket: BUCKET, Prefix: "pages/" })) {
        found.push(...page.Contents.map((item) => item.Key));
      }
      assert.deepEqual(found, names);
    });

    for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]) {
      it(`has a ${ChecksumAlgorithm} checked and kept`, async () => {
        await client.send(new PutObjectCommand({ ...place(ChecksumAlgorithm), Body: "hello", ChecksumAlgorithm }));
        const head = await client.send(new HeadObjectCommand({ ...place(ChecksumAlgorithm), ChecksumMode: "ENABLED" }));
        assert.ok(head[`Checksum${ChecksumAlgorithm}`]);
        const wrong = { [`Checksum${ChecksumAlgorithm}`]: head[`Checksum${ChecksumAlgorithm}`] };
        await assert.rejects(
          client.send(new PutObjectCommand({ ...place(ChecksumAlgorithm), Body: "hullo", ...wrong })),
          { name: "BadDigest" },
        );
      });
    }

    it("presigns GET and HEAD", async () => {
      await client.send(new PutObjectCommand({ ...place("shared"), Body: "shared", ContentType: "text/plain" }));
      const get = await use(server, "GET", await getSignedUrl(client, new GetObjectCommand(place("shared")), LIFE));
      assert.deepEqual([get.status, get.body], [200, "shared"]);
      const head = await use(server, "HEAD", await getSignedUrl(client, new HeadObjectCommand(place("shared")), LIFE));
      assert.deepEqual([head.status, head.headers["content-length"]], [200, "6"]);
    });

    it("presigns PUT, whose checksum of an empty body must not break the upload", async () => {
      const url = await getSignedUrl(client, new PutObjectCommand(place("uploaded")), LIFE);
      assert.match(url, /x-amz-checksum-crc32=AAAAAA/);
      const put = await use(server, "PUT", url, { body: "by url" });
      assert.equal(put.status, 200, put.body);
      const got = await client.send(new GetObjectCommand(place("uploaded")));
      assert.equal(await got.Body.transformToString(), "by url");
    });

    it("presigns PUT without checksums too", async () => {
      const plain = clientFor(server, server.key, { requestChecksumCalculation: "WHEN_REQUIRED" });
      const url = await getSignedUrl(plain, new PutObjectCommand(place("plain")), LIFE);
      plain.destroy();
      assert.doesNotMatch(url, /checksum-crc32/);
      assert.equal((await use(server, "PUT", url, { body: "plain" })).status, 200);
    });

    it("binds the content type if it is told to sign it", async () => {
      const command = new PutObjectCommand({ ...place("typed"), ContentType: "image/png" });
      const url = await getSignedUrl(client, command, { ...LIFE, signableHeaders: new Set(["content-type"]) });
      const wrong = await use(server, "PUT", url, { body: "x", headers: { "content-type": "text/html" } });
      assert.equal(wrong.status, 403);
      const right = await use(server, "PUT", url, { body: "x", headers: { "content-type": "image/png" } });
      assert.equal(right.status, 200, right.body);
    });

    it("hoists metadata into the URL, and it is stored", async () => {
      const command = new PutObjectCommand({ ...place("hoisted"), Metadata: { owner: "alice" } });
      const url = await getSignedUrl(client, command, LIFE);
      assert.match(url, /x-amz-meta-owner=alice/);
      assert.equal((await use(server, "PUT", url, { body: "x" })).status, 200);
      const head = await client.send(new HeadObjectCommand(place("hoisted")));
      assert.deepEqual(head.Metadata, { owner: "alice" });
    });

    it("presigns DELETE, which the safe profile refuses and the s3 profile takes", async () => {
      for (const [on, status] of [[server, 403], [s3Profile, 204]]) {
        const own = clientFor(on);
        await own.send(new PutObjectCommand({ ...place("deleted"), Body: "x" }));
        const url = await getSignedUrl(own, new DeleteObjectCommand(place("deleted")), LIFE);
        assert.equal((await use(on, "DELETE", url)).status, status);
        own.destroy();
      }
    });

    it("shows the code and sentence of a refusal to who uses a URL", async () => {
      const url = await getSignedUrl(client, new GetObjectCommand(place("shared")), { expiresIn: 86_400 });
      const answer = await use(server, "GET", url);
      assert.equal(answer.status, 403);
      assert.match(answer.body, /<Code>AccessDenied<\/Code>/);
      assert.match(answer.body, /900 seconds at most/);
    });
  });
}
