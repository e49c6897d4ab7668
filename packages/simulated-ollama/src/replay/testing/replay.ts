import { hostname } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type SimulatedOllama, startSimulatedOllama } from "../../start-simulated-ollama.ts";
import { type RawRequest, type RawResponse, sendRaw } from "../../testing/raw-client.ts";
import { until } from "../../testing/until.ts";
import { type Recording, recordingNamed } from "./recording.ts";
import { setupOf } from "./replay-setups.ts";

/** Sends a recorded request to a simulated node that is set up as the recorded one was. */
export async function replay(recording: Recording): Promise<RawResponse> {
  const { options, fault, before } = setupOf(recording);
  const server = await startSimulatedOllama(options);
  try {
    for (const name of before) await sendRaw(server.port, rawRequest(recordingNamed(name), server.port));
    server.setFault(fault);
    return await ask(recording, server);
  } finally {
    await server.close();
  }
}

/** Leaves as the recorder did: after the chunks that it got, or, when it got nothing, without an answer. */
async function ask(recording: Recording, server: SimulatedOllama): Promise<RawResponse> {
  const { status, chunks, endedBy } = recording.response;
  const request = rawRequest(recording, server.port);
  if (endedBy !== "timeout" && endedBy !== "client-abort") return await sendRaw(server.port, request);
  if (status !== null) return await sendRaw(server.port, { ...request, leaveAfterChunks: chunks.length });
  const leaver = new AbortController();
  const answer = sendRaw(server.port, { ...request, signal: leaver.signal });
  await until(() => server.inFlight() === 1);
  // An answer that comes at all comes within a few turns, as no time is simulated.
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  leaver.abort();
  return await answer;
}

function rawRequest({ request }: Recording, port: number): RawRequest {
  return {
    method: request.method,
    path: request.path,
    headers: request.headers.map(([name, value]) => [name, adaptHeader(value, port)] as const),
    body: request.bodyBase64 ? Buffer.from(request.bodyBase64, "base64") : Buffer.from(request.body ?? ""),
    ...(request.httpVersion === undefined ? {} : { httpVersion: request.httpVersion }),
  };
}

/** The recorder's address and host name become those of this run. */
function adaptHeader(value: string, port: number): string {
  return value.replace(/(?<=^|\/)127\.0\.0\.1:1152\d$/, `127.0.0.1:${port}`).replace(/^node1\b/, hostname());
}
