// Using a URL without the SDK: `fetch` for plain HTTP, `node:https` where a CA must be given.

import { request as httpsRequest } from "node:https";

/** Sends a request and gives status, lower-case headers and body. */
export async function use(server, method, url, { headers = {}, body } = {}) {
  if (!server.ca) {
    const answer = await fetch(url, { method, headers, body });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  }
  return new Promise((done, fail) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const options = { method, ca: server.ca, headers: { ...length, ...headers } };
    const sent = httpsRequest(url, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece) => (text += piece));
      answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body: text }));
    });
    sent.on("error", fail);
    sent.end(body);
  });
}
