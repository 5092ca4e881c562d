// A web site of another origin: a page that uploads, and a note of everything that was asked for.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const SCRIPT = readFileSync(new URL("site/upload.js", import.meta.url));
const PAGE = `<!doctype html><meta charset="utf-8"><title>app</title>
<script type="module">import * as upload from "/upload.js"; window.upload = upload;</script>`;

/** Starts the site. `asked` holds the targets of all requests, `pages` what is served beside the page itself. */
export async function startSite() {
  const asked = [];
  const pages = new Map();
  const server = createServer((request, response) => {
    asked.push(request.url);
    const isScript = request.url === "/upload.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? SCRIPT : (pages.get(request.url) ?? PAGE));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    asked,
    pages,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
