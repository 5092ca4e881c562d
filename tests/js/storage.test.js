// The AWS SDK for JavaScript v3 where one request is not enough: `lib-storage` uploads in parts, presigned
// parts, pages, versions, copies and deletes of many.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";

import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
  paginateListParts,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import { clientFor } from "./harness/client.js";
import { use } from "./harness/request.js";
import { startServer } from "./harness/server.js";

const MIB = 1024 * 1024;
const PART = 5 * MIB;
const BUCKET = "examplebucket";
const LIFE = { expiresIn: 600 };
const LARGE = randomBytes(25 * MIB);

const md5 = (bytes) => createHash("md5").update(bytes).digest();

/** The ETag of an object that was uploaded in these parts. */
function etagOfParts(parts) {
  return `"${md5(Buffer.concat(parts.map(md5))).toString("hex")}-${parts.length}"`;
}

function piecesOf(body) {
  return Array.from({ length: Math.ceil(body.length / PART) }, (_, at) => body.subarray(at * PART, (at + 1) * PART));
}

/** A stream that comes in small pieces and does not know its length. */
function streamOf(body) {
  return Readable.from(
    (function* () {
      for (let at = 0; at < body.length; at += 100_000) yield body.subarray(at, at + 100_000);
    })(),
    { objectMode: false },
  );
}

for (const [scheme, tls] of [["http", false], ["https", true]]) {
  describe(`storage over ${scheme}`, () => {
    let server, client, root;
    const place = (Key, Bucket = BUCKET) => ({ Bucket, Key });
    const read = async (where) => Buffer.from(await (await client.send(new GetObjectCommand(where))).Body.transformToByteArray());

    before(async () => {
      server = await startServer({ tls });
      client = clientFor(server);
      root = clientFor(server, server.root);
      await root.send(new CreateBucketCommand({ Bucket: BUCKET }));
    });

    after(async () => {
      client?.destroy();
      root?.destroy();
      await server?.stop();
    });

    async function versionedBucket(Bucket) {
      await root.send(new CreateBucketCommand({ Bucket }));
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
      return Bucket;
    }

    it("uploads a stream in parts, tells how far it is, and what comes back is the same", async () => {
      const upload = new Upload({
        client,
        params: { ...place("video ü.mp4"), Body: streamOf(LARGE), ContentType: "video/mp4", Metadata: { owner: "alice" } },
        partSize: PART,
        queueSize: 3,
      });
      const told = [];
      upload.on("httpUploadProgress", ({ loaded }) => told.push(loaded));
      const done = await upload.done();
      assert.equal(done.ETag, etagOfParts(piecesOf(LARGE)));
      assert.ok(done.Location.endsWith("/examplebucket/video%20%C3%BC.mp4"), done.Location);
      assert.equal(told.length, 5);
      assert.equal(Math.max(...told), LARGE.length);
      const head = await client.send(new HeadObjectCommand(place("video ü.mp4")));
      assert.deepEqual([head.ContentLength, head.ContentType, head.Metadata], [LARGE.length, "video/mp4", { owner: "alice" }]);
      assert.ok((await read(place("video ü.mp4"))).equals(LARGE));
    });

    it("uploads what is small in one request", async () => {
      const done = await new Upload({ client, params: { ...place("small"), Body: streamOf(Buffer.from("small")) } }).done();
      assert.equal(done.ETag, `"${md5("small").toString("hex")}"`);
    });

    it("leaves nothing behind where an upload is aborted", async () => {
      const upload = new Upload({ client, params: { ...place("aborted"), Body: streamOf(LARGE) }, partSize: PART, queueSize: 1 });
      upload.on("httpUploadProgress", () => upload.abort());
      await assert.rejects(upload.done(), { name: "AbortError" });
      await assert.rejects(client.send(new HeadObjectCommand(place("aborted"))), { name: "NotFound" });
      // The library tells the server only after it has told its caller.
      const begun = async () => (await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: "aborted" }))).Uploads;
      for (let tries = 0; tries < 50 && (await begun()); tries++) await setTimeout(100);
      assert.equal(await begun(), undefined);
    });

    it("presigns the parts of an upload for somebody without a key", async () => {
      const where = place("by parts");
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(where));
      const parts = piecesOf(LARGE.subarray(0, 2 * PART + 3));
      const Parts = [];
      for (const [index, part] of parts.entries()) {
        const PartNumber = index + 1;
        const url = await getSignedUrl(client, new UploadPartCommand({ ...where, UploadId, PartNumber }), LIFE);
        const answer = await use(server, "PUT", url, { body: part });
        assert.equal(answer.status, 200, answer.body);
        Parts.push({ PartNumber, ETag: answer.headers.etag });
      }
      const listed = [];
      for await (const page of paginateListParts({ client, pageSize: 2 }, { ...where, UploadId })) {
        listed.push(...(page.Parts ?? []).map((part) => part.Size));
      }
      assert.deepEqual(listed, [PART, PART, 3]);
      const done = await client.send(new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts } }));
      assert.equal(done.ETag, etagOfParts(parts));
      assert.ok((await read(where)).equals(LARGE.subarray(0, 2 * PART + 3)));
    });

    it("copies whole objects and ranges of them", async () => {
      await client.send(new PutObjectCommand({ ...place("source ü"), Body: LARGE.subarray(0, PART + 9), Metadata: { a: "b" } }));
      const CopySource = `${BUCKET}/${encodeURIComponent("source ü")}`;
      const copied = await client.send(new CopyObjectCommand({ ...place("copy"), CopySource }));
      assert.ok(copied.CopyObjectResult.ETag);
      const head = await client.send(new HeadObjectCommand(place("copy")));
      assert.deepEqual([head.ContentLength, head.Metadata], [PART + 9, { a: "b" }]);
      const where = place("assembled");
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(where));
      const Parts = [];
      for (const [index, CopySourceRange] of [`bytes=0-${PART - 1}`, "bytes=5-8"].entries()) {
        const PartNumber = index + 1;
        const part = await client.send(new UploadPartCopyCommand({ ...where, UploadId, PartNumber, CopySource, CopySourceRange }));
        Parts.push({ PartNumber, ETag: part.CopyPartResult.ETag });
      }
      await client.send(new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts } }));
      assert.ok((await read(where)).equals(Buffer.concat([LARGE.subarray(0, PART), LARGE.subarray(5, 9)])));
    });

    it("lists hard names page by page, in both versions of the listing", async () => {
      const names = ["a b", "a+b", "a%20b", "b/1", "b/2", "ü", "😀"].map((name) => `names/${name}`);
      for (const name of names) await client.send(new PutObjectCommand({ ...place(name), Body: "x" }));
      const wanted = { Bucket: BUCKET, Prefix: "names/", Delimiter: "/" };
      const found = [];
      for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { ...wanted })) {
        found.push(...(page.Contents ?? []).map((item) => item.Key), ...(page.CommonPrefixes ?? []).map((group) => group.Prefix));
      }
      assert.deepEqual(found.sort(), [...names.filter((name) => !name.startsWith("names/b/")), "names/b/"].sort());
      const first = await client.send(new ListObjectsCommand({ ...wanted, MaxKeys: 3 }));
      assert.ok(first.IsTruncated);
      const rest = await client.send(new ListObjectsCommand({ ...wanted, Marker: first.NextMarker }));
      assert.deepEqual([...first.Contents, ...rest.Contents].map((item) => item.Key).sort(), names.filter((name) => !name.startsWith("names/b/")).sort());
      assert.deepEqual(rest.CommonPrefixes.map((group) => group.Prefix), ["names/b/"]);
    });

    it("keeps versions, and shows what was deleted", async () => {
      const where = place("a", await versionedBucket("versioned-bucket"));
      const first = await client.send(new PutObjectCommand({ ...where, Body: "one" }));
      await client.send(new PutObjectCommand({ ...where, Body: "two" }));
      assert.equal(String(await read({ ...where, VersionId: first.VersionId })), "one");
      const url = await getSignedUrl(client, new GetObjectCommand({ ...where, VersionId: first.VersionId }), LIFE);
      assert.equal((await use(server, "GET", url)).body, "one");
      const marker = await client.send(new DeleteObjectCommand(where));
      assert.equal(marker.DeleteMarker, true);
      await assert.rejects(read(where), { name: "NoSuchKey" });
      const listed = await client.send(new ListObjectVersionsCommand({ Bucket: where.Bucket }));
      assert.deepEqual(listed.DeleteMarkers.map((item) => [item.VersionId, item.IsLatest]), [[marker.VersionId, true]]);
      assert.equal(listed.Versions.length, 2);
      await client.send(new DeleteObjectCommand({ ...where, VersionId: marker.VersionId }));
      assert.equal(String(await read(where)), "two");
    });

    it("deletes many objects in one request", async () => {
      const Bucket = "many-objects";
      await root.send(new CreateBucketCommand({ Bucket }));
      const keys = Array.from({ length: 8 }, (_, number) => `k ${number} <&> ü`);
      for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
      const Objects = [...keys, "never was"].map((Key) => ({ Key }));
      const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      assert.deepEqual([Deleted.length, Errors], [9, undefined]);
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
      assert.equal(Contents, undefined);
    });

    it("tags objects and tells their attributes", async () => {
      const where = place("tagged");
      await client.send(new PutObjectCommand({ ...where, Body: "four", Tagging: "a=b" }));
      const told = await client.send(new GetObjectTaggingCommand(where));
      assert.deepEqual(told.TagSet, [{ Key: "a", Value: "b" }]);
      const TagSet = [{ Key: "ü", Value: "ö" }];
      await client.send(new PutObjectTaggingCommand({ ...where, Tagging: { TagSet } }));
      assert.deepEqual((await client.send(new GetObjectTaggingCommand(where))).TagSet, TagSet);
      const attributes = await client.send(new GetObjectAttributesCommand({ ...where, ObjectAttributes: ["ETag", "ObjectSize", "Checksum"] }));
      assert.equal(attributes.ObjectSize, 4);
      assert.equal(attributes.ETag, md5("four").toString("hex"));
      assert.ok(attributes.Checksum.ChecksumCRC32);
    });

    it("writes only what is not there yet", async () => {
      const write = (Body) => client.send(new PutObjectCommand({ ...place("once"), Body, IfNoneMatch: "*" }));
      await write("first");
      await assert.rejects(write("second"), { name: "PreconditionFailed" });
      assert.equal(String(await read(place("once"))), "first");
    });
  });
}
