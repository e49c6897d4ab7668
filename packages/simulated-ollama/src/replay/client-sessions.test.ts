import { afterEach, describe, expect, test } from "vitest";
import { type SimulatedOllama, startSimulatedOllama } from "../start-simulated-ollama.ts";
import { textOf } from "../testing/post.ts";
import { type RawResponse, sendRaw } from "../testing/raw-client.ts";
import { type ClientRequest, readSessions } from "./testing/client-session.ts";
import { recordedNode } from "./testing/recording.ts";

/** Whatever asks for something that is not there; every other request of the sessions got a 200. */
function expectedStatus({ step, path, body }: ClientRequest): number {
  if (path.startsWith("//")) return 307;
  if (!/"nope(:1b)?"/.test(body ?? "")) return 200;
  if (path !== "/api/pull") return 404;
  // A pull that streams tells its failure in the stream.
  return step.startsWith("ollama") ? 200 : 500;
}

/** The last thing that a client waits for. */
function lastRecord(answer: RawResponse): unknown {
  const text = textOf(answer);
  const last =
    text
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^data: /, "") ?? "";
  return last === "[DONE]" || last === "" || !last.startsWith("{") ? last : (JSON.parse(last) as unknown);
}

/** What the last record of an answered stream is, by path. */
const endings: Readonly<Record<string, unknown>> = {
  "/api/chat": expect.objectContaining({ done: true }),
  "/api/generate": expect.objectContaining({ done: true }),
  "/v1/chat/completions": expect.toSatisfy((last) => last === "[DONE]" || last.object === "chat.completion"),
  "/v1/messages": expect.toSatisfy((last) => ["message_stop", "message"].includes(last.type)),
  "/v1/responses": expect.objectContaining({ type: "response.completed" }),
  "/api/pull": expect.objectContaining({ error: expect.stringContaining("pull model manifest") }),
  "/api/create": { status: "success" },
};

let server: SimulatedOllama | undefined;
afterEach(() => server?.close());

describe("the recorded session of", () => {
  for (const { client, version, requests } of readSessions()) {
    test(`${client} ${version} comes to its end, request by request`, async () => {
      const running = await startSimulatedOllama({ models: recordedNode().slice(0, 3), isOffline: true });
      server = running;
      const answers: RawResponse[] = [];
      for (const request of requests) answers.push(await send(request, running.port));
      expect(answers.map(({ status }) => status)).toEqual(requests.map(expectedStatus));
      const ended = answers.map((answer, index) => ({ path: requests[index]?.path ?? "", answer }));
      const streams = ended.filter(({ path, answer }) => answer.status === 200 && path in endings);
      expect(streams.map(({ answer }) => lastRecord(answer))).toEqual(streams.map(({ path }) => endings[path]));
    });
  }
});

function send(request: ClientRequest, port: number): Promise<RawResponse> {
  const framing = ["content-length", "transfer-encoding", "expect"];
  const headers = request.headers
    .filter(([name]) => !framing.includes(name.toLowerCase()))
    .map(([name, value]) => [name, name.toLowerCase() === "host" ? `127.0.0.1:${port}` : value] as const);
  // The recorder cut a body of blanks: what stood behind them closed the object.
  const body = /^\{[^}]*$/.test(request.body ?? "") ? `${request.body}}` : (request.body ?? "");
  return sendRaw(port, { method: request.method, path: request.path, headers, body: Buffer.from(body) });
}
