import { connect, type Socket } from "node:net";

/** A client on a plain socket, which sees what HTTP libraries hide. */
export interface RawClient {
  readonly socket: Socket;
  /** What came so far, head included. */
  readonly received: () => string;
  /** Resolves when this text has come. */
  readonly until: (text: string) => Promise<void>;
  /** Resolves to everything when the connection has ended. */
  readonly ended: Promise<string>;
}

/** Opens a connection and sends a request. */
export function openClient(
  port: number,
  request = "POST /api/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
): RawClient {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  const received = (): string => Buffer.concat(chunks).toString();
  const ended = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(received()));
    socket.on("error", () => undefined);
  });
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.write(request);
  const until = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!received().includes(text)) return;
        socket.removeListener("data", look);
        resolve();
      };
      socket.on("data", look);
      socket.once("close", () => reject(new Error(`the connection ended before '${text}' came: ${received()}`)));
      look();
    });
  return { socket, received, until, ended };
}

/** The body of an answer in chunks, put together; `isWhole` when the closing chunk came. */
export function chunkedBody(answer: string): { readonly text: string; readonly isWhole: boolean } {
  let rest = answer.slice(answer.indexOf("\r\n\r\n") + 4);
  let text = "";
  for (;;) {
    const end = rest.indexOf("\r\n");
    if (end < 0) return { text, isWhole: false };
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (size === 0) return { text, isWhole: true };
    text += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 2 + size + 2);
  }
}
