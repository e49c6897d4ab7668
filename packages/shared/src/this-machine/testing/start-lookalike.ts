import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a lookalike answers, by path with its query: a text as it is, anything else as JSON. */
export type LookalikeAnswers = Readonly<Record<string, unknown>>;

/** How a lookalike behaves otherwise. */
export interface LookalikeManners {
  readonly headers?: Readonly<Record<string, string>>;
  /** Status of an answer, by path. Default 200, and 404 for other paths. */
  readonly statuses?: Readonly<Record<string, number>>;
  /** Default: any free one. */
  readonly port?: number;
}

/** A server on loopback that answers as another program does. */
export interface Lookalike {
  readonly port: number;
  readonly origin: string;
  /** Method and path of every call. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

/** Starts a server that looks like another program. */
export async function startLookalike(answers: LookalikeAnswers, manners: LookalikeManners = {}): Promise<Lookalike> {
  const calls: string[] = [];
  const server: Server = createServer(({ method, url = "" }, response) => {
    calls.push(`${method} ${url}`);
    const answer = answers[url];
    const isKnown = url in answers;
    response.writeHead(manners.statuses?.[url] ?? (isKnown ? 200 : 404), manners.headers);
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer ?? { detail: "Not Found" }));
  }).listen(manners.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, origin: `http://127.0.0.1:${port}`, calls, close };
}
