import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a node got, whole. */
export interface NodeCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly response: ServerResponse;
}

/** A real HTTP server that answers as a test tells it. */
export interface ScriptedNode {
  readonly port: number;
  /** Requests in the order in which their bodies were whole. */
  readonly calls: readonly NodeCall[];
  /** How further requests are answered. */
  answer: (call: NodeCall) => void;
  /** The nth request for a path, counted from 1, once it has come. */
  call(path: string, count?: number): Promise<NodeCall>;
  /** Listens no more and cuts every connection. */
  kill(): Promise<void>;
  /** Listens again on the same port. */
  revive(): Promise<void>;
}

/** Starts a node that leaves every request open until it is told how to answer. */
export async function startScriptedNode(answer: ScriptedNode["answer"] = () => undefined): Promise<ScriptedNode> {
  const calls: NodeCall[] = [];
  const watchers = new Set<() => void>();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    response.on("error", () => undefined);
    request.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const { method = "", url = "", headers } = request;
      const call = { method, path: url, headers, body: Buffer.concat(chunks).toString(), response };
      calls.push(call);
      for (const look of watchers) look();
      node.answer(call);
    });
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const node: ScriptedNode = {
    port,
    calls,
    answer,
    call: (path, count = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = calls.filter((call) => call.path === path)[count - 1];
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    kill: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    revive: () => listen(port),
  };
  return node;
}

/** Answers at once with a status and a JSON body. */
export const jsonAnswer =
  (status: number, content: unknown, headers: Readonly<Record<string, string>> = {}): ScriptedNode["answer"] =>
  ({ response }) => {
    const body = Buffer.from(JSON.stringify(content));
    response.writeHead(status, {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": body.length,
      ...headers,
    });
    response.end(body);
  };

/** Answers at once with a chat in one record, or in a stream of records when the request asks for none other. */
export const chatAnswer: ScriptedNode["answer"] = (call) => {
  if (call.path.startsWith("/api/generate")) jsonAnswer(200, { done: true, done_reason: "load" })(call);
  else if (call.method !== "POST") jsonAnswer(404, { error: "not scripted" })(call);
  else if (call.path.startsWith("/v1/")) jsonAnswer(200, OPENAI_CHAT)(call);
  else if ((JSON.parse(call.body) as { stream?: boolean }).stream === false) jsonAnswer(200, LAST_RECORD)(call);
  else {
    call.response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    call.response.write(`${JSON.stringify(FIRST_RECORD)}\n`);
    call.response.end(`${JSON.stringify(LAST_RECORD)}\n`);
  }
};

export const FIRST_RECORD = {
  model: "m",
  created_at: "now",
  message: { role: "assistant", content: "Hi" },
  done: false,
};

export const LAST_RECORD = {
  model: "m",
  created_at: "now",
  message: { role: "assistant", content: "!" },
  done: true,
  done_reason: "stop",
  total_duration: 400_000_000,
  load_duration: 10_000_000,
  prompt_eval_count: 11,
  prompt_eval_duration: 50_000_000,
  eval_count: 2,
  eval_duration: 80_000_000,
};

const OPENAI_CHAT = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 },
};
