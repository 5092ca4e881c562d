// The page of the upload example. It sends exactly what the issuer said to send, and knows nothing about signatures.

const $ = (selector) => document.querySelector(selector);
/** Parts that are under way at the same time, and how often one is tried. */
const AT_ONCE = 3;
const TRIES = 4;

const say = (text) => ($("#said").textContent = text);

/** Asks the application; gives its JSON or throws what it says. */
async function ask(path, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error);
  return json;
}

/** Sends a body where the issuer said; `told` hears how many bytes are on their way. Gives the ETag. */
function send({ method, url, headers }, body, told, signal) {
  return new Promise((done, fail) => {
    if (signal.aborted) return fail(new Error("stopped"));
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const { name, value } of headers) {
      // The browser writes these itself, the same.
      if (!/^(host|content-length)$/i.test(name)) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded }) => told(loaded);
    request.onload = () => {
      if (request.status < 300) return done(request.getResponseHeader("etag"));
      const [, why] = /<Message>(.*?)<\/Message>/s.exec(request.responseText) ?? [];
      fail(Object.assign(new Error(why ?? `refused: ${request.status}`), { status: request.status }));
    };
    request.onerror = () => fail(new Error("the connection was lost"));
    request.onabort = () => fail(new Error("stopped"));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

/** Sends one part, and again if the network or the server was the trouble. */
async function sendPart(part, body, told, signal) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send({ method: "PUT", ...part }, body, told, signal);
    } catch (error) {
      const isFinal = signal.aborted || (error.status && error.status < 500);
      if (isFinal || attempt === TRIES) throw error;
      await new Promise((done) => setTimeout(done, 500 * 2 ** attempt));
    }
  }
}

/** Sends a file in its parts, a few at a time, and completes the upload. */
async function sendParts(link, file, told, signal) {
  const etags = [];
  const loaded = new Array(link.parts.length).fill(0);
  const left = link.parts.map((part, index) => ({ part, index }));
  const from = (index) => link.parts.slice(0, index).reduce((sum, { size }) => sum + size, 0);
  async function worker() {
    for (let next; (next = left.shift()); ) {
      const { part, index } = next;
      const body = file.slice(from(index), from(index) + part.size);
      const tell = (bytes) => {
        loaded[index] = bytes;
        told(loaded.reduce((sum, bytes) => sum + bytes, 0));
      };
      etags[index] = await sendPart(part, body, tell, signal);
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } catch (error) {
    // What was sent is not kept any longer than this.
    await send(link.abort, null, () => {}, new AbortController().signal).catch(() => {});
    throw error;
  }
  const parts = link.parts.map(({ number }, index) => `<Part><PartNumber>${number}</PartNumber><ETag>${etags[index]}</ETag></Part>`);
  const document = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
  await send(link.complete, document, () => {}, signal);
}

/** Uploads a file. */
async function upload(file, told, signal) {
  const link = await ask("/uploads", { type: file.type, size: file.size });
  if (link.shape === "multipart") await sendParts(link, file, told, signal);
  else await send(link, file, told, signal);
  await ask("/uploaded", { key: link.key });
  return link.key;
}

$("#login").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await ask("/login", Object.fromEntries(new FormData(event.target)));
    $("#login").hidden = true;
    $("#upload").hidden = false;
    say("");
  } catch (error) {
    say(error.message);
  }
});

$("#upload").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = $("[name=file]").files;
  if (!file) return;
  const [progress, stop, controller] = [$("progress"), $("#stop"), new AbortController()];
  const end = () => controller.abort();
  stop.addEventListener("click", end);
  progress.hidden = stop.hidden = false;
  try {
    const key = await upload(file, (bytes) => (progress.value = bytes / file.size), controller.signal);
    say(`uploaded: ${key}`);
  } catch (error) {
    say(`not uploaded: ${error.message}`);
  } finally {
    stop.removeEventListener("click", end);
    progress.hidden = stop.hidden = true;
  }
});
