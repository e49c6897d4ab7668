import { Agent, request as openRequest } from "node:http";

/** One HTTP call to a program on this machine. */
export interface Call {
  readonly port: number;
  readonly path: string;
  /** Posted as it is; absent: a GET. */
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back; status 0 when no answer came. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

const agent = new Agent({ keepAlive: true });

/** Makes a call on a connection that is used again. Never rejects. */
export function ask({ port, path, body, headers }: Call): Promise<Answer> {
  return new Promise((resolve) => {
    const method = body === undefined ? "GET" : "POST";
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const request = openRequest({ host: "127.0.0.1", port, path, method, agent, headers: { ...length, ...headers } });
    const none = (): void => resolve({ status: 0, text: "" });
    request.once("error", none);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", none);
      response.once("close", none);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    request.end(body);
  });
}
