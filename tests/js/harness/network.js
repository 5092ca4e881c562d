// A network between client and server that breaks when it is told to, and stays broken until it is mended.

import { connect, createServer } from "node:net";

/** Puts one before the server of `url`. */
export async function startNetwork(url) {
  const { hostname, port, protocol } = new URL(url);
  const sockets = new Set();
  let left = Infinity;
  const cut = () => sockets.forEach((socket) => socket.destroy());
  const network = createServer((near) => {
    if (left <= 0) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const [end, other] of [[near, far], [far, near]]) {
      sockets.add(end);
      end.on("error", () => end.destroy());
      end.on("close", () => {
        sockets.delete(end);
        other.destroy();
      });
    }
    near.on("data", (piece) => {
      left -= piece.length;
      if (left <= 0) cut();
    });
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise((done) => network.listen(0, "127.0.0.1", done));
  return {
    url: `${protocol}//127.0.0.1:${network.address().port}`,
    /** Lets so many bytes of requests through, then none. */
    breakAfter(bytes) {
      left = bytes;
    },
    mend() {
      left = Infinity;
    },
    get isBroken() {
      return left <= 0;
    },
    async stop() {
      cut();
      await new Promise((done) => network.close(done));
    },
  };
}
