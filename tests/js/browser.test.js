// A real browser, and a page of another origin that has nothing but URLs and forms that it was given.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";

import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import { noBrowser, startBrowser } from "./harness/browser.js";
import { clientFor } from "./harness/client.js";
import { startNetwork } from "./harness/network.js";
import { startServer } from "./harness/server.js";
import { startSite } from "./harness/site.js";
import { bytesOf } from "./harness/site/upload.js";

const MIB = 1024 * 1024;
const PART = 5 * MIB;
const BUCKET = "examplebucket";
const LIFE = { expiresIn: 600 };
const SIZES = ["content-length-range", 1, 10 * MIB];

const md5 = (bytes) => createHash("md5").update(bytes).digest("hex");
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** Documents that run a script where a browser takes them for what they say; each asks for `/ran`. */
function scripted(origin) {
  const html = (name) => `<!doctype html><title>x</title><script>new Image().src = "${origin}/ran?${name}"</script>`;
  const ask = (name) => `fetch("${origin}/ran?${name}", { mode: "no-cors" })`;
  const boundary = "----mht";
  return {
    html: ["text/html", html("html")],
    svg: ["image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"><script>${ask("svg")}</script></svg>`],
    xml: [
      "application/xml",
      `<?xml version="1.0"?><x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:script>${ask("xml")}</x:script></x:html>`,
    ],
    pdf: [
      "application/pdf",
      `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/URI/URI(${origin}/ran?pdf)>>>>endobj\n` +
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" +
        "trailer<</Root 1 0 R>>\n%%EOF\n",
    ],
    mht: [
      "multipart/related",
      `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="${boundary}"\r\n\r\n--${boundary}\r\n` +
        `Content-Type: text/html\r\nContent-Location: http://x.example/\r\n\r\n${html("mht")}\r\n--${boundary}--\r\n`,
    ],
    "html as text": ["text/plain", html("text")],
    "html as an image": ["image/png", html("image")],
    "html without a type": [undefined, html("untyped")],
  };
}

// A suite that is skipped counts as no test at all.
if (noBrowser) it("needs a browser", { skip: noBrowser });

for (const [scheme, tls] of [["http", false], ["https", true]]) {
  describe(`browser over ${scheme}`, { skip: noBrowser }, () => {
    let site, server, client, browser, context, page;
    const place = (Key) => ({ Bucket: BUCKET, Key });
    const read = async (Key) => Buffer.from(await (await client.send(new GetObjectCommand(place(Key)))).Body.transformToByteArray());

    before(async () => {
      [site, browser] = await Promise.all([startSite(), startBrowser()]);
      server = await startServer({ tls, tables: `[guardrails]\nredirect_origins = ["${site.origin}"]\n` });
      client = clientFor(server);
      await makeBuckets(server);
      context = await browser.newContext({ ignoreHTTPSErrors: tls, acceptDownloads: true });
      page = await context.newPage();
      await page.goto(site.origin);
      await page.waitForFunction(() => window.upload);
    });

    after(async () => {
      await browser?.close();
      client?.destroy();
      await Promise.all([server?.stop(), site?.stop()]);
    });

    /** A bucket that the page may use, and one that it may not. */
    async function makeBuckets(on) {
      const root = clientFor(on, on.root);
      for (const Bucket of [BUCKET, "closed-bucket"]) await root.send(new CreateBucketCommand({ Bucket }));
      const rule = { AllowedOrigins: [site.origin], AllowedMethods: ["GET", "PUT", "POST"], AllowedHeaders: ["*"], ExposeHeaders: ["ETag"] };
      await root.send(new PutBucketCorsCommand({ Bucket: BUCKET, CORSConfiguration: { CORSRules: [rule] } }));
      root.destroy();
    }

    it("uploads by a presigned PUT, with progress", async () => {
      const command = new PutObjectCommand({ ...place("put ü.png"), ContentType: "image/png" });
      const url = await getSignedUrl(client, command, { ...LIFE, signableHeaders: new Set(["content-type"]) });
      // Slow enough that there is a way to be on.
      const devtools = await context.newCDPSession(page);
      const speed = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 20 * MIB };
      await devtools.send("Network.emulateNetworkConditions", speed);
      const answer = await page.evaluate(([url, length]) => upload.put(url, upload.bytesOf(length), "image/png"), [url, 8 * MIB]);
      await devtools.detach();
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.etag, `"${md5(bytesOf(8 * MIB))}"`);
      assert.ok(answer.told.length > 1, answer.told);
      assert.equal(answer.told.at(-1), 8 * MIB);
      assert.equal((await client.send(new HeadObjectCommand(place("put ü.png")))).ContentType, "image/png");
      assert.ok((await read("put ü.png")).equals(bytesOf(8 * MIB)));
    });

    it("uploads by a form that a script submits, and reads the answer", async () => {
      const form = await createPresignedPost(client, {
        Bucket: BUCKET,
        Key: "user/42/${filename}",
        Conditions: [SIZES],
        Fields: { "Content-Type": "image/jpeg", success_action_status: "201" },
        Expires: 600,
      });
      const answer = await page.evaluate((form) => upload.submit(form, "a cat", "my kätzchen.jpg", "image/jpeg"), form);
      assert.equal(answer.status, 201, answer.text);
      assert.match(answer.text, /<Key>user\/42\/my kätzchen.jpg<\/Key>/);
      assert.equal(answer.etag, `"${md5("a cat")}"`);
      assert.equal(String(await read("user/42/my kätzchen.jpg")), "a cat");
    });

    /** Opens a page with a plain form, without any script, and sends a file by it. */
    async function submitPlainForm(tab, redirect) {
      const { url, fields } = await createPresignedPost(client, {
        Bucket: BUCKET,
        Key: "plain/${filename}",
        Conditions: [SIZES],
        Fields: { success_action_redirect: redirect },
        Expires: 600,
      });
      const hidden = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
      const rest = '<input type="file" name="file"><button>send</button></form>';
      const begin = `<!doctype html><meta charset="utf-8"><form method="post" enctype="multipart/form-data" action="${url}">`;
      site.pages.set("/form", begin + hidden.join("") + rest);
      await tab.goto(`${site.origin}/form`);
      await tab.setInputFiles("input[type=file]", { name: 'a "b" ü.txt', mimeType: "text/plain", buffer: Buffer.from("plain") });
      const answered = tab.waitForResponse((response) => response.request().method() === "POST");
      await tab.click("button");
      return answered;
    }

    it("uploads by a plain form and is sent on to where the site wants it", async () => {
      const tab = await context.newPage();
      await submitPlainForm(tab, `${site.origin}/done?from=form`);
      await tab.waitForURL((url) => url.pathname === "/done");
      const { searchParams } = new URL(tab.url());
      // The browser writes the quotes of a file's name as %22.
      const key = "plain/a %22b%22 ü.txt";
      assert.deepEqual(Object.fromEntries(searchParams), { from: "form", bucket: BUCKET, key, etag: `"${md5("plain")}"` });
      assert.equal(String(await read(key)), "plain");
      await tab.close();
    });

    it("e9 is not sent to a site that nobody listed", async () => {
      const tab = await context.newPage();
      const answer = await submitPlainForm(tab, "http://elsewhere.example/");
      assert.equal(answer.status(), 204);
      assert.equal(tab.url(), `${site.origin}/form`);
      await tab.close();
    });

    /** A new upload, and presigned URLs for its parts. */
    async function beginParts(through, Key, count) {
      const { UploadId } = await through.send(new CreateMultipartUploadCommand(place(Key)));
      const presign = (_, index) => getSignedUrl(through, new UploadPartCommand({ ...place(Key), UploadId, PartNumber: index + 1 }), LIFE);
      return { UploadId, urls: await Promise.all(Array.from({ length: count }, presign)) };
    }

    const complete = (Key, UploadId, etags) => {
      const Parts = etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
      return client.send(new CompleteMultipartUploadCommand({ ...place(Key), UploadId, MultipartUpload: { Parts } }));
    };

    it("uploads in presigned parts, all at once, and reads their ETags", async () => {
      const { UploadId, urls } = await beginParts(client, "parts", 3);
      const answers = await page.evaluate(
        ([urls, size]) => Promise.all(urls.map((url, index) => upload.put(url, upload.bytesOf(size, index + 1)))),
        [urls, PART],
      );
      const parts = [1, 2, 3].map((seed) => bytesOf(PART, seed));
      assert.deepEqual(answers.map((answer) => answer.etag), parts.map((part) => `"${md5(part)}"`));
      await complete("parts", UploadId, answers.map((answer) => answer.etag));
      assert.ok((await read("parts")).equals(Buffer.concat(parts)));
    });

    it("goes on with the part that a broken network cut off", async (test) => {
      const network = await startNetwork(server.url);
      test.after(() => network.stop());
      const through = clientFor({ ...server, url: network.url });
      const { UploadId, urls } = await beginParts(through, "resumed", 3);
      through.destroy();
      network.breakAfter(PART + 2 * MIB);
      const sending = page.evaluate(([urls, size]) => upload.putInParts(urls, upload.bytesOf(3 * size), size), [urls, PART]);
      for (let waited = 0; !network.isBroken; waited++) {
        assert.ok(waited < 1_000, "the page sends nothing");
        await setTimeout(20);
      }
      // Of the part in whose middle it happened, nothing is there.
      const { Parts } = await client.send(new ListPartsCommand({ ...place("resumed"), UploadId }));
      assert.deepEqual(Parts.map((part) => [part.PartNumber, part.Size]), [[1, PART]]);
      await setTimeout(300);
      network.mend();
      const { etags, losses } = await sending;
      assert.ok(losses > 0);
      await complete("resumed", UploadId, etags);
      assert.ok((await read("resumed")).equals(bytesOf(3 * PART)));
    });

    it("reads why an upload was refused", async () => {
      const long = await getSignedUrl(client, new PutObjectCommand(place("refused")), { expiresIn: 86_400 });
      const answer = await page.evaluate((url) => upload.put(url, "x"), long);
      assert.equal(answer.status, 403);
      assert.match(answer.text, /<Code>AccessDenied<\/Code>.*3600 seconds at most/);
      // Also when it is refused while most of it is yet to be sent.
      const good = await getSignedUrl(client, new PutObjectCommand(place("refused")), LIFE);
      const large = await page.evaluate(([url, length]) => upload.put(url, upload.bytesOf(length)), [`${good}0`, 16 * MIB]);
      assert.equal(large.status, 403);
      assert.match(large.text, /<Code>SignatureDoesNotMatch<\/Code>/);
      const form = await createPresignedPost(client, { ...place("refused"), Conditions: [["content-length-range", 1, 4]] });
      const oversize = await page.evaluate((form) => upload.submit(form, "hello", "a.txt"), form);
      assert.equal(oversize.status, 400);
      assert.match(oversize.text, /<Code>EntityTooLarge<\/Code>/);
      await assert.rejects(client.send(new HeadObjectCommand(place("refused"))), { name: "NotFound" });
    });

    it("sees nothing of a bucket that does not let its origin in", async () => {
      await client.send(new PutObjectCommand({ Bucket: "closed-bucket", Key: "a", Body: "secret" }));
      const get = await getSignedUrl(client, new GetObjectCommand({ Bucket: "closed-bucket", Key: "a" }), LIFE);
      assert.equal(await page.evaluate((url) => upload.look(url), get), null);
      const put = await getSignedUrl(client, new PutObjectCommand({ Bucket: "closed-bucket", Key: "b" }), LIFE);
      assert.equal(await page.evaluate((url) => upload.look(url, { method: "PUT", body: "x" }), put), null);
      await assert.rejects(client.send(new HeadObjectCommand({ Bucket: "closed-bucket", Key: "b" })), { name: "NotFound" });
      await client.send(new PutObjectCommand({ ...place("open"), Body: "shared" }));
      const open = await getSignedUrl(client, new GetObjectCommand(place("open")), LIFE);
      assert.deepEqual(await page.evaluate((url) => upload.look(url), open), { status: 200, text: "shared" });
    });

    /** Follows a link, as a person does who clicks on it, and gives what is saved. */
    async function download(url) {
      const tab = await context.newPage();
      await tab.goto(site.origin);
      const starting = tab.waitForEvent("download");
      await tab.evaluate((url) => {
        const link = document.createElement("a");
        link.href = url;
        document.body.append(link);
        link.click();
      }, url);
      const saved = await starting;
      const content = readFileSync(await saved.path(), "utf8");
      await tab.close();
      return [saved.suggestedFilename(), content];
    }

    // What Chromium itself does not allow in a name, it replaces by an underscore.
    for (const [name, saved] of [
      ["report.pdf", "report.pdf"],
      ["ü — 😀 naïve.zip", "ü — 😀 naïve.zip"],
      ["it's; a=b, 100 %20 (1).zip", "it's; a=b, 100 %20 (1).zip"],
      ['quotes " and \\ back.zip', "quotes _ and _ back.zip"],
      ["page.html", "page.html"],
    ]) {
      it(`a17 saves an object under its own name: ${name}`, async () => {
        await client.send(new PutObjectCommand({ ...place(`names/${name}`), Body: name, ContentType: "application/zip" }));
        const url = await getSignedUrl(client, new GetObjectCommand(place(`names/${name}`)), LIFE);
        assert.deepEqual(await download(url), [saved, name]);
      });
    }

    it("saves an object under the name that was stored or signed for it", async () => {
      const ContentDisposition = "attachment; filename=\"fallback.txt\"; filename*=UTF-8''%C3%BCber%20%F0%9F%98%80.txt";
      await client.send(new PutObjectCommand({ ...place("stored"), Body: "x", ContentType: "text/html", ContentDisposition }));
      const stored = await getSignedUrl(client, new GetObjectCommand(place("stored")), LIFE);
      assert.deepEqual(await download(stored), ["über 😀.txt", "x"]);
      const ResponseContentDisposition = "attachment; filename*=UTF-8''rechnung%20%E2%82%AC.pdf";
      const signed = await getSignedUrl(client, new GetObjectCommand({ ...place("stored"), ResponseContentDisposition }), LIFE);
      assert.deepEqual(await download(signed), ["rechnung €.pdf", "x"]);
    });

    it("d3 shows a page whose button downloads, once", async () => {
      await client.send(new PutObjectCommand({ ...place("pages/once ü.zip"), Body: "only once", ContentType: "application/zip" }));
      const command = new GetObjectCommand(place("pages/once ü.zip"));
      command.middlewareStack.add(
        (next) => (args) => {
          Object.assign(args.request.query, { "x-cs-page": "true", "x-cs-uses": "1" });
          return next(args);
        },
        { step: "build" },
      );
      const url = await getSignedUrl(client, command, LIFE);
      const tab = await context.newPage();
      for (let look = 0; look < 3; look += 1) await tab.goto(url);
      assert.equal(await tab.textContent("h1"), "once ü.zip");
      assert.match(await tab.textContent("p"), /9 bytes.*The link works once\./);
      const starting = tab.waitForEvent("download");
      await tab.click("button");
      const saved = await starting;
      assert.equal(saved.suggestedFilename(), "once ü.zip");
      assert.equal(readFileSync(await saved.path(), "utf8"), "only once");
      const over = await tab.request.post(url);
      assert.equal(over.status(), 403);
      assert.match(await over.text(), /<Restriction>x-cs-uses<\/Restriction>/);
      await tab.close();
    });

    /** Puts scripted documents, opens each in a tab, a frame and an object, and gives which scripts ran. */
    async function run(on) {
      const own = clientFor(on);
      const before = site.asked.length;
      for (const [name, [ContentType, Body]] of Object.entries(scripted(site.origin))) {
        await own.send(new PutObjectCommand({ ...place(name), Body, ContentType }));
        const url = await getSignedUrl(own, new GetObjectCommand(place(name)), LIFE);
        const tab = await context.newPage();
        await tab.goto(url).catch((error) => assert.match(error.message, /Download is starting|net::ERR_ABORTED/));
        await tab.goto(site.origin);
        await tab.setContent(`<iframe src="${escaped(url)}"></iframe><object data="${escaped(url)}"></object>`);
        await setTimeout(150);
        await tab.close();
      }
      await setTimeout(300);
      own.destroy();
      return new Set(site.asked.slice(before).filter((target) => target.startsWith("/ran?")).map((target) => target.slice(5)));
    }

    it("e3 runs no script of an object that was opened by its URL", async () => {
      assert.deepEqual(await run(server), new Set());
    });

    it("e3 runs such scripts where the profile does not keep them from it", async (test) => {
      const plain = await startServer({ tls, profile: "s3" });
      test.after(() => plain.stop());
      await makeBuckets(plain);
      const ran = await run(plain);
      for (const name of ["html", "svg", "xml"]) assert.ok(ran.has(name), `${name} of ${[...ran]}`);
    });
  });
}
