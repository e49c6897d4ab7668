import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a stand-in answers to `<method> <path>`: a body with status 200, or a status and a body. */
export type StandInAnswers = Readonly<Record<string, object | readonly [status: number, body: object | string]>>;

/** A real HTTP server that answers the questions an agent asks as a program of some kind does. */
export interface StandInServer {
  readonly url: string;
  readonly port: number;
  /** `<method> <path>` of each request, in order. */
  readonly asked: readonly string[];
  /** Answers from now on. */
  answers: StandInAnswers;
  /** Listens no more and cuts every connection. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

/** Starts a stand-in. @param software its header `Server`; none when empty. */
export async function startStandIn(answers: StandInAnswers, software = ""): Promise<StandInServer> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const name = `${request.method} ${request.url}`;
    asked.push(name);
    void drained(request).then(() => {
      const [status, body] = answerIn(standIn.answers, name);
      if (software !== "") response.setHeader("server", software);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const standIn: StandInServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    answers,
    stop: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
    start: () => listen(port),
  };
  return standIn;
}

function answerIn(answers: StandInAnswers, name: string): readonly [status: number, body: object | string] {
  const answer = answers[name] ?? [404, "not found"];
  return Array.isArray(answer) ? (answer as [number, object | string]) : [200, answer];
}

async function drained(request: IncomingMessage): Promise<void> {
  request.resume();
  await once(request, "end");
}
