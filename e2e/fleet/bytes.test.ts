import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { ask, type Reply, sha256 } from "../support/clients/http-call.ts";
import { whyNoNamespaces } from "../support/fleets/lan.ts";
import { onLoopback, onMachines } from "../support/fleets/places.ts";
import { fleetStatus, type ProcessFleet, startProcessFleet } from "../support/fleets/process-fleet.ts";
import { type Recording, replyBytes, requestBytes } from "../support/programs/recordings.ts";
import { bodyHashHeader, goodRecordings, recordingHeader } from "../support/programs/replay-node.ts";
import { tempFolder } from "../support/temp-folder.ts";

const MODEL = "smollm2:135m";
const messages = `"messages":[{"role":"user","content":"Hi"}]`;

/** Bodies that say something ordinary in an odd way. */
const oddBodies: readonly (readonly [string, string, string])[] = [
  ["blanks everywhere", "/api/chat", `\n\t { "model"\r\n:\t"${MODEL}" ,\n ${messages} }\n\n`],
  ["a key twice", "/api/chat", `{"model":"nobody","model":"${MODEL}",${messages},${messages}}`],
  ["keys in capitals", "/api/chat", `{"MODEL":"${MODEL}","Messages":[{"ROLE":"user","Content":"Hi"}]}`],
  ["escapes in a name", "/api/chat", `{"mod\\u0065l":"smollm2\\u003a135m",${messages}}`],
  [
    "characters of every length",
    "/api/chat",
    `{"model":"${MODEL}","messages":[{"role":"user","content":"é ß € 漢 😀 \\ud83d\\ude00 \\u0000"}]}`,
  ],
  ["unpaired surrogates", "/api/chat", `{"model":"${MODEL}","messages":[{"role":"user","content":"\\ud800"}]}`],
  [
    "numbers in odd forms",
    "/api/chat",
    `{"model":"${MODEL}",${messages},"options":{"seed":1e0,"temperature":0.10000000000000000000001}}`,
  ],
  ["unknown members", "/api/chat", `{"zzz":{"a":[1,[2,{"b":null}]]},"model":"${MODEL}",${messages},"user":"me"}`],
  ["text after its end", "/api/chat", `{"model":"${MODEL}",${messages}} trailing`],
  ["another spelling of the name", "/api/generate", `{"model":"SMOLLM2:135M","prompt":"Hi"}`],
  ["a query", "/api/generate?a=b&c=%20d", `{"model":"${MODEL}","prompt":"Hi"}`],
  ["a megabyte of text", "/api/generate", `{"model":"${MODEL}","prompt":"${"Zeile \\n é ".repeat(90_000)}"}`],
  ["the other dialect", "/v1/chat/completions", `{ "model" : "${MODEL}" , ${messages}, "n":1, "x":  [ ] }`],
];

const whyNot = whyNoNamespaces();
describe.each([
  ["on the router's own machine", undefined],
  ["behind a gateway", whyNot],
])("bytes to and from a node %s", (title, skipReason) => {
  const cleanup = createCleanup();
  let fleet: ProcessFleet;
  beforeAll(async () => {
    if (skipReason !== undefined) return;
    const folder = tempFolder(cleanup);
    const isBehind = title === "behind a gateway";
    const places = isBehind ? await onMachines(cleanup, { nodes: 1, folder }) : onLoopback(1);
    // The recordings ask for many contexts in turn; here each is to arrive as it was asked.
    const routerEnvironment = { FLEET_CONTEXT_PROTECTION: "passthrough" };
    fleet = await startProcessFleet(cleanup, { places, folder, parallel: 8, routerEnvironment });
    const { nodes } = await fleetStatus(fleet.target);
    expect(nodes[0]?.reached_by).toBe(isBehind ? "gateway" : "loopback");
  }, 60_000);
  afterAll(() => cleanup.run());

  test("every recorded request and answer arrives byte for byte, however the answer is chunked", async (context) => {
    context.skip(skipReason !== undefined, skipReason);
    const recordings = goodRecordings();
    expect(recordings.length).toBeGreaterThan(100);
    const exchanges = recordings.map(async (recording) => {
      const body = requestBytes(recording);
      const headers = { "content-type": "application/json", [recordingHeader]: recording.name };
      const reply = await ask(fleet.target, { path: recording.request.path, headers, body });
      const isSent = reply.status === 200 && reply.headers[bodyHashHeader] === sha256(body);
      return isSent && isFaithful(recording, reply)
        ? []
        : [`${recording.name} ${reply.status} ${reply.text.slice(-300)}`];
    });
    expect((await Promise.all(exchanges)).flat()).toEqual([]);
  });

  test.for(oddBodies)("a body with %s arrives as it was sent", async ([, path, body], context) => {
    context.skip(skipReason !== undefined, skipReason);
    const reply = await ask(fleet.target, { path, body });
    expect([reply.status, reply.headers[bodyHashHeader]]).toEqual([200, sha256(Buffer.from(body))]);
  });
});

/** Ollama ends an event stream whose runner died as if it were whole; there the router adds what it has to tell. */
function isFaithful({ name, ...recording }: Recording, { body, endedBy }: Reply): boolean {
  const expected = replyBytes({ name, ...recording });
  const isUntold = name === "fail-runner-killed-v1-chat-stream";
  const received = isUntold ? body.subarray(0, expected.length) : body;
  const rest = body.subarray(expected.length).toString();
  const isTold = !isUntold || /^data: \{"error":\{.*\}\}\n\n$/.test(rest);
  return endedBy === "complete" && isTold && sha256(received) === sha256(expected);
}
