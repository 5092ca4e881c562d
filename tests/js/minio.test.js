// minio-js, unmodified: large streams, lists, copies, deletes of many, URLs and forms for others.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Agent } from "node:https";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";

import { Client, CopyConditions, CopyDestinationOptions, CopySourceOptions } from "minio";

import { use } from "./harness/request.js";
import { startServer } from "./harness/server.js";

const MIB = 1024 * 1024;
const PART = 5 * MIB;
const BUCKET = "examplebucket";
const LARGE = randomBytes(2 * PART + 7);

function minioFor(server, { accessKeyId, secretAccessKey } = server.key) {
  const { hostname, port, protocol } = new URL(server.url);
  return new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: protocol === "https:",
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
    region: "us-east-1",
    pathStyle: true,
    partSize: PART,
    ...(server.ca ? { transportAgent: new Agent({ ca: server.ca }) } : {}),
  });
}

/** A stream in small pieces, as files give them. */
function* inPieces(body) {
  for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536);
}

/** All that a stream gives. */
async function all(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

const bytes = async (stream) => Buffer.concat(await all(stream));

for (const [scheme, tls] of [["http", false], ["https", true]]) {
  describe(`minio over ${scheme}`, () => {
    let server, minio, root;

    before(async () => {
      server = await startServer({ tls });
      [minio, root] = [minioFor(server), minioFor(server, server.root)];
      await root.makeBucket(BUCKET, "us-east-1");
    });

    after(() => server?.stop());

    it("makes, finds and removes a bucket", async () => {
      await root.makeBucket("another-bucket", "us-east-1");
      assert.equal(await minio.bucketExists("another-bucket"), true);
      assert.ok((await minio.listBuckets()).some((bucket) => bucket.name === "another-bucket"));
      await root.removeBucket("another-bucket");
      assert.equal(await minio.bucketExists("another-bucket"), false);
    });

    it("stores a large stream in parts and reads it, whole and in part", async () => {
      const meta = { "Content-Type": "video/mp4", "x-amz-meta-owner": "alice" };
      const { etag } = await minio.putObject(BUCKET, "large ü", Readable.from(inPieces(LARGE)), LARGE.length, meta);
      assert.match(etag, /-[23]$/);
      assert.ok((await bytes(await minio.getObject(BUCKET, "large ü"))).equals(LARGE));
      const middle = await bytes(await minio.getPartialObject(BUCKET, "large ü", PART - 2, 4));
      assert.ok(middle.equals(LARGE.subarray(PART - 2, PART + 2)));
      const stat = await minio.statObject(BUCKET, "large ü");
      assert.deepEqual([stat.size, stat.etag], [LARGE.length, etag]);
      assert.deepEqual([stat.metaData["content-type"], stat.metaData.owner], ["video/mp4", "alice"]);
    });

    it("stores what is small in one request", async () => {
      const { etag } = await minio.putObject(BUCKET, "small", "small");
      assert.equal(etag, createHash("md5").update("small").digest("hex"));
      await minio.putObject(BUCKET, "empty", "");
      assert.equal((await minio.statObject(BUCKET, "empty")).size, 0);
      await assert.rejects(minio.statObject(BUCKET, "missing"), { code: "NotFound" });
    });

    it("lists folders and everything, in both versions of the listing", async () => {
      const names = ["a b", "a+b", "folder/1", "folder/ü%", "😀"].map((name) => `list/${name}`);
      for (const name of names) await minio.putObject(BUCKET, name, "x");
      const shown = (items) => items.map((item) => item.name ?? item.prefix).sort();
      for (const list of ["listObjects", "listObjectsV2"]) {
        assert.deepEqual(shown(await all(minio[list](BUCKET, "list/", true))), names, list);
        const top = ["list/a b", "list/a+b", "list/folder/", "list/😀"];
        assert.deepEqual(shown(await all(minio[list](BUCKET, "list/", false))), top, list);
      }
    });

    it("copies objects, with conditions and with new metadata", async () => {
      await minio.putObject(BUCKET, "source ü", "copied", undefined, { "x-amz-meta-a": "b" });
      const { etag } = await minio.statObject(BUCKET, "source ü");
      await minio.copyObject(BUCKET, "copy", `/${BUCKET}/source ü`);
      assert.equal((await minio.statObject(BUCKET, "copy")).metaData.a, "b");
      const only = new CopyConditions();
      only.setMatchETagExcept(etag);
      const refused = minio.copyObject(BUCKET, "never", `/${BUCKET}/copy`, only);
      await assert.rejects(refused, { code: "PreconditionFailed" });
      const source = new CopySourceOptions({ Bucket: BUCKET, Object: "copy" });
      const target = new CopyDestinationOptions({ Bucket: BUCKET, Object: "changed", UserMetadata: { c: "d" }, MetadataDirective: "REPLACE" });
      await minio.copyObject(source, target);
      assert.equal((await minio.statObject(BUCKET, "changed")).metaData.c, "d");
      assert.equal(String(await bytes(await minio.getObject(BUCKET, "changed"))), "copied");
    });

    it("composes an object of others on the server", async () => {
      await minio.putObject(BUCKET, "compose/1", LARGE.subarray(0, PART));
      await minio.putObject(BUCKET, "compose/2", LARGE.subarray(PART, PART + 5));
      const target = new CopyDestinationOptions({ Bucket: BUCKET, Object: "compose/whole" });
      const sources = ["1", "2"].map((name) => new CopySourceOptions({ Bucket: BUCKET, Object: `compose/${name}` }));
      await minio.composeObject(target, sources);
      assert.ok((await bytes(await minio.getObject(BUCKET, "compose/whole"))).equals(LARGE.subarray(0, PART + 5)));
    });

    it("removes many objects at once", async () => {
      const names = Array.from({ length: 6 }, (_, number) => `many/${number} <&>`);
      for (const name of names) await minio.putObject(BUCKET, name, "x");
      assert.deepEqual(await minio.removeObjects(BUCKET, [...names, "many/never"]), []);
      assert.deepEqual(await all(minio.listObjects(BUCKET, "many/", true)), []);
    });

    it("finds uploads that were left behind and removes them", async () => {
      const id = await minio.initiateNewMultipartUpload(BUCKET, "left", {});
      const found = await all(minio.listIncompleteUploads(BUCKET, "left", true));
      assert.deepEqual(found.map((upload) => [upload.key, upload.uploadId]), [["left", id]]);
      await minio.removeIncompleteUpload(BUCKET, "left");
      assert.deepEqual(await all(minio.listIncompleteUploads(BUCKET, "left", true)), []);
    });

    it("presigns an upload and a download", async () => {
      const put = await use(server, "PUT", await minio.presignedPutObject(BUCKET, "url ü", 600), { body: "by url" });
      assert.equal(put.status, 200, put.body);
      const get = await use(server, "GET", await minio.presignedGetObject(BUCKET, "url ü", 600));
      assert.deepEqual([get.status, get.body], [200, "by url"]);
      // Its own default is a week.
      const week = await use(server, "GET", await minio.presignedGetObject(BUCKET, "url ü"));
      assert.equal(week.status, 403);
      assert.match(week.body, /900 seconds at most/);
    });

    it("makes a form for a browser, and what it may not do is refused", async () => {
      const policy = minio.newPostPolicy();
      policy.setBucket(BUCKET);
      policy.setKeyStartsWith("form/");
      policy.setContentType("text/plain");
      policy.setContentLengthRange(1, 10);
      policy.setExpires(new Date(Date.now() + 600_000));
      const { postURL, formData } = await minio.presignedPostPolicy(policy);
      const submit = async (key, content) => {
        const form = new FormData();
        for (const [field, value] of Object.entries({ ...formData, key })) form.append(field, value);
        form.append("file", new Blob([content]), "a.txt");
        const encoded = new Response(form);
        const headers = { "content-type": encoded.headers.get("content-type") };
        return use(server, "POST", postURL, { headers, body: Buffer.from(await encoded.arrayBuffer()) });
      };
      const good = await submit("form/a", "by form");
      assert.equal(good.status, 204, good.body);
      assert.equal((await minio.statObject(BUCKET, "form/a")).metaData["content-type"], "text/plain");
      assert.equal((await submit("form/b", "longer than ten")).status, 400);
      assert.equal((await submit("elsewhere", "x")).status, 403);
    });

    it("keeps versions and lists them", async () => {
      await root.makeBucket("versioned", "us-east-1");
      await minio.setBucketVersioning("versioned", { Status: "Enabled" });
      assert.equal((await minio.getBucketVersioning("versioned")).Status, "Enabled");
      const first = await minio.putObject("versioned", "a", "one");
      await minio.putObject("versioned", "a", "two");
      await minio.removeObject("versioned", "a");
      const old = await bytes(await minio.getObject("versioned", "a", { versionId: first.versionId }));
      assert.equal(String(old), "one");
      const listed = await all(minio.listObjects("versioned", "", true, { IncludeVersion: true }));
      assert.deepEqual(listed.map((item) => item.isDeleteMarker).sort(), [false, false, true]);
      await minio.removeObjects("versioned", listed.map(({ name, versionId }) => ({ name, versionId })));
      await root.removeBucket("versioned");
    });

    it("tags objects and buckets", async () => {
      await minio.putObject(BUCKET, "tagged", "x");
      await minio.setObjectTagging(BUCKET, "tagged", { colour: "deep blue" });
      assert.deepEqual(await minio.getObjectTagging(BUCKET, "tagged"), [{ Key: "colour", Value: "deep blue" }]);
      await minio.removeObjectTagging(BUCKET, "tagged");
      assert.deepEqual(await minio.getObjectTagging(BUCKET, "tagged"), []);
      await minio.setBucketTagging(BUCKET, { team: "files" });
      assert.deepEqual(await minio.getBucketTagging(BUCKET), [{ Key: "team", Value: "files" }]);
      await minio.removeBucketTagging(BUCKET);
    });
  });
}
