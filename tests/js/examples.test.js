// The page of examples/upload in a real Chromium, as its guide sets it up.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";

import { CreateBucketCommand, GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";

import { noBrowser, startBrowser } from "./harness/browser.js";
import { clientFor } from "./harness/client.js";
import { fileOfGuide, freeAddress, startExample } from "./harness/example.js";
import { startServer } from "./harness/server.js";
import { bytesOf } from "./harness/site/upload.js";

const MIB = 1024 * 1024;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46];

/** A picture, as far as anybody looks. */
const picture = (length, begin = PNG) => Buffer.concat([Buffer.from(begin), bytesOf(length - begin.length)]);

if (noBrowser) it("needs a browser", { skip: noBrowser });

describe("the upload example", { skip: noBrowser }, () => {
  let folder, server, app, browser, root, context, page, sent;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "countersign-example-"));
    const address = await freeAddress();
    const tables = fileOfGuide("upload.md", "countersign.toml").replace("127.0.0.1:8000", address);
    [server, browser] = await Promise.all([startServer({ tables }), startBrowser()]);
    root = clientFor(server, server.root);
    await root.send(new CreateBucketCommand({ Bucket: "pictures" }));
    const key = server.run("key", "create", "--user", "web");
    server.run("policy", "delete", "--user", "web", "--name", "FullAccess");
    writeFileSync(join(folder, "uploads.json"), fileOfGuide("upload.md", "uploads.json"));
    server.run("policy", "put", "--user", "web", "--name", "uploads", join(folder, "uploads.json"));
    app = await startExample("upload/server.js", {
      APP_LISTEN: address,
      APP_PART_BYTES: String(5 * MIB),
      COUNTERSIGN_ISSUER: server.adminUrl,
      AWS_ACCESS_KEY_ID: key.access_key_id,
      AWS_SECRET_ACCESS_KEY: key.secret_access_key,
    });
  });

  after(async () => {
    await browser?.close();
    root?.destroy();
    await Promise.all([app?.stop(), server?.stop()]);
    rmSync(folder, { recursive: true });
  });

  /** A browser of its own, in which Zoe is logged in. `sent` are the requests that Countersign got from it. */
  async function open(options = {}) {
    await context?.close();
    context = await browser.newContext(options);
    page = await context.newPage();
    sent = [];
    page.on("request", (request) => request.url().startsWith(server.url) && sent.push(request));
    await page.goto(app.url);
    await page.fill("[name=name]", "zoe");
    await page.fill("[name=password]", "only-for-trying-out");
    await page.click("#login button");
    await page.waitForSelector("#upload:not([hidden])");
  }

  beforeEach(() => open());

  /** Chooses a file, sends it, and gives what the page says in the end. */
  async function upload(name, mimeType, buffer, click = () => page.click("#upload button")) {
    await page.setInputFiles("[name=file]", { name, mimeType, buffer });
    await click();
    await page.waitForFunction(() => /uploaded/.test(document.querySelector("#said").textContent));
    return page.textContent("#said");
  }

  async function stored(said, ending) {
    const [, key] = /^uploaded: (.*)$/.exec(said) ?? assert.fail(said);
    assert.match(key, new RegExp(`^uploads/zoe/[0-9a-f-]{32,36}\\.${ending}$`));
    const { Body, ContentType } = await root.send(new GetObjectCommand({ Bucket: "pictures", Key: key }));
    return { type: ContentType, body: Buffer.from(await Body.transformToByteArray()) };
  }

  const count = async () => (await root.send(new ListObjectsV2Command({ Bucket: "pictures" }))).KeyCount ?? 0;

  it("uploads a picture by one PUT", async () => {
    const body = picture(100_000);
    const { type, body: kept } = await stored(await upload("my cat.png", "image/png", body), "png");
    assert.equal(type, "image/png");
    assert.ok(kept.equals(body));
    assert.deepEqual(sent.map((request) => request.method()).filter((method) => method !== "OPTIONS"), ["PUT"]);
  });

  it("uploads from a telephone", async () => {
    await open({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
    const body = picture(50_000, JPEG);
    const said = await upload("IMG_0001.jpg", "image/jpeg", body, () => page.tap("#upload button"));
    assert.ok((await stored(said, "jpg")).body.equals(body));
  });

  it("uploads a large picture in parts, shows how far it is, and sends a part again that was cut off", async () => {
    let cut = 0;
    await page.route(/partNumber=2/, (route) => (route.request().method() === "PUT" && cut++ === 0 ? route.abort() : route.continue()));
    await page.evaluate(() => {
      window.shown = new Set();
      const progress = document.querySelector("progress");
      const look = () => {
        window.shown.add(progress.value);
        requestAnimationFrame(look);
      };
      look();
    });
    const body = picture(12 * MIB + 7);
    const { type, body: kept } = await stored(await upload("large.png", "image/png", body), "png");
    assert.equal(type, "image/png");
    assert.ok(kept.equals(body));
    assert.equal(cut, 2);
    assert.ok((await page.evaluate(() => window.shown.size)) > 1);
    assert.equal((await root.send(new ListMultipartUploadsCommand({ Bucket: "pictures" }))).Uploads ?? undefined, undefined);
  });

  it("gives an upload up when it is stopped, and keeps nothing of it", async () => {
    const before = await count();
    await page.route(/partNumber=/, (route) => (route.request().method() === "PUT" ? undefined : route.continue()));
    const stop = async () => {
      await page.click("#upload button");
      await page.click("#stop");
    };
    assert.equal(await upload("large.png", "image/png", picture(11 * MIB), stop), "not uploaded: stopped");
    await page.waitForFunction(() => document.querySelector("#stop").hidden);
    assert.equal((await root.send(new ListMultipartUploadsCommand({ Bucket: "pictures" }))).Uploads, undefined);
    assert.equal(await count(), before);
  });

  it("uploads by a form where there are no scripts", async () => {
    const cookies = await context.cookies();
    await context.close();
    context = await browser.newContext({ javaScriptEnabled: false });
    await context.addCookies(cookies);
    page = await context.newPage();
    await page.goto(`${app.url}/form`);
    const key = await page.getAttribute("[name=key]", "value");
    const body = picture(20_000, JPEG);
    await page.setInputFiles("[name=file]", { name: "cat.jpg", mimeType: "image/jpeg", buffer: body });
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await page.click("button");
    assert.equal((await answered).status(), 204);
    const { type, body: kept } = await stored(`uploaded: ${key}`, "jpg");
    assert.equal(type, "image/jpeg");
    assert.ok(kept.equals(body));
  });

  it("is told by the application what is not taken, before anything is sent", async () => {
    assert.equal(await upload("page.html", "text/html", Buffer.from("<p>")), "not uploaded: PNG, JPEG and WebP are taken");
    assert.deepEqual(sent, []);
  });

  it("e2 is told by Countersign that a page is no picture", async () => {
    const before = await count();
    const said = await upload("cat.png", "image/png", Buffer.from("<!doctype html><script>alert(1)</script>"));
    assert.match(said, /^not uploaded: .+/);
    assert.equal(await count(), before);
  });

  it("c3 makes no link for somebody who is not logged in, nor for a page of another site", async () => {
    const json = JSON.stringify({ type: "image/png", size: 10 });
    const post = (headers) => fetch(`${app.url}/uploads`, { method: "POST", headers, body: json });
    assert.equal((await post({ "content-type": "application/json" })).status, 401);
    const [cookie] = await context.cookies();
    const own = { cookie: `${cookie.name}=${cookie.value}` };
    assert.equal((await post({ ...own, "content-type": "text/plain" })).status, 415);
    assert.equal((await post({ ...own, "content-type": "application/json" })).status, 200);
    assert.equal(cookie.sameSite, "Strict");
  });
});
