import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Cleanup } from "../cleanup.ts";

/** A call that computes something. */
export interface OpenAiCall {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** A server with OpenAI's API and one model, which answers as a llama-server does. */
export interface OpenAiServer {
  readonly port: number;
  readonly calls: readonly OpenAiCall[];
  /** Listens no more and cuts every connection. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

/** Starts it on a loopback port. @param model its id there, which may be a path */
export async function startOpenAiServer(cleanup: Cleanup, model: string): Promise<OpenAiServer> {
  const calls: OpenAiCall[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((text) => {
      const { method, url: path = "", headers } = request;
      response.setHeader("server", "llama.cpp");
      if (method === "GET") answer(response, informationOf(model)[path]);
      else if (path === "/v1/embeddings") answer(response, undefined, 501);
      else {
        const body = JSON.parse(text) as Record<string, unknown>;
        calls.push({ path, headers, body });
        answer(response, chatOf(model, body["model"]));
      }
    });
  });
  const start = async (port = 0): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  await start();
  cleanup.add(stop);
  const { port } = server.address() as AddressInfo;
  return { port, calls, stop, start: () => start(port) };
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

function answer(response: ServerResponse, body: object | undefined, status = body === undefined ? 404 : 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body ?? { error: { message: "not here", code: status } }));
}

const informationOf = (model: string): Readonly<Record<string, object>> => ({
  "/v1/models": {
    object: "list",
    data: [
      { id: model, object: "model", owned_by: "llamacpp", meta: { n_ctx: 2048, n_ctx_train: 8192, size: 96_576_768 } },
    ],
  },
  "/props": { build_info: "b11434", total_slots: 3, default_generation_settings: { n_ctx: 2048 }, modalities: {} },
});

const chatOf = (model: string, asked: unknown) =>
  asked !== model
    ? undefined
    : {
        id: "chatcmpl-1",
        object: "chat.completion",
        created: 1,
        model,
        choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 },
      };
