// What the test page does with the URLs that it was given. It runs in the browser; `bytesOf` also in Node.

/** Bytes that look random and are the same wherever they are made. */
export function bytesOf(length, seed = 1) {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Sends a body by PUT; gives status, ETag and text of the answer, and how far it was told to be on the way. */
export function put(url, body, type) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const told = [];
    request.open("PUT", url);
    if (type) request.setRequestHeader("content-type", type);
    request.upload.onprogress = ({ loaded }) => told.push(loaded);
    request.onload = () => done({ status: request.status, etag: request.getResponseHeader("etag"), text: request.responseText, told });
    request.onerror = () => fail(new Error("the connection was lost"));
    request.send(body);
  });
}

/** Sends a body in parts, one URL for each; a part that is cut off is sent again. Gives ETags and how often that was. */
export async function putInParts(urls, body, size) {
  const etags = [];
  let losses = 0;
  while (etags.length < urls.length) {
    const at = etags.length * size;
    try {
      const { status, etag, text } = await put(urls[etags.length], body.subarray(at, at + size));
      if (status !== 200) throw new Error(text);
      etags.push(etag);
    } catch (error) {
      losses += 1;
      if (losses > 50 || error.message !== "the connection was lost") throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  return { etags, losses };
}

/** Submits a form with a file, the file last. */
export async function submit({ url, fields }, content, name, type) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", new Blob([content], { type }), name);
  const answer = await fetch(url, { method: "POST", body: form });
  return { status: answer.status, etag: answer.headers.get("etag"), text: await answer.text() };
}

/** Fetches something; gives status and text, or nothing if the browser does not let the page see the answer. */
export async function look(url, options) {
  try {
    const answer = await fetch(url, options);
    return { status: answer.status, text: await answer.text() };
  } catch {
    return null;
  }
}
