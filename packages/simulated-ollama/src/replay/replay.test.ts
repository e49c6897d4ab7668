import { hostname } from "node:os";
import { afterAll, describe, expect, test } from "vitest";
import { startSimulatedOllama } from "../start-simulated-ollama.ts";
import { type RawResponse, sendRaw } from "../testing/raw-client.ts";
import { formsOfBody } from "./testing/form.ts";
import { type Recording, readRecordings, recordedChunks } from "./testing/recording.ts";
import { endsByItself, notReproduced, setupOf } from "./testing/replay-setups.ts";

interface Shape {
  readonly status: number | undefined;
  /** Names and values in wire order; of Date and Content-Length only the names. */
  readonly headers: readonly string[];
  readonly chunks: readonly (readonly unknown[])[];
  readonly endedBy: RawResponse["endedBy"];
}

const recordings = readRecordings();

afterAll(() => {
  const lines = Object.entries(notReproduced).map(([name, reason]) => `not reproduced: ${name}: ${reason}`);
  const loose = endsByItself.map((name) => `compared without the reason and the number of chunks: ${name}`);
  process.stdout.write(`${[...lines, ...loose].join("\n")}\n`);
});

describe("the recorded exchanges of Ollama 0.24.0", () => {
  for (const recording of recordings.filter(({ name }) => !(name in notReproduced))) {
    test(`${recording.name} is answered in the recorded form`, async () => {
      const answer = loosen(recording.name, shapeOfAnswer(await replay(recording)));
      expect(answer).toEqual(loosen(recording.name, shapeOfRecording(recording)));
    });
  }

  test("every name on the lists of exceptions is a recording", () => {
    const names = recordings.map((recording) => recording.name);
    expect([...Object.keys(notReproduced), ...endsByItself].filter((name) => !names.includes(name))).toEqual([]);
  });
});

async function replay(recording: Recording): Promise<RawResponse> {
  const { options, fault } = setupOf(recording);
  const server = await startSimulatedOllama(options);
  server.setFault(fault);
  try {
    const { request, response } = recording;
    return await sendRaw(server.port, {
      method: request.method,
      path: request.path,
      headers: request.headers.map(([name, value]) => [name, adaptHeader(value, server.port)] as const),
      body: request.bodyBase64 ? Buffer.from(request.bodyBase64, "base64") : Buffer.from(request.body ?? ""),
      ...(request.httpVersion === undefined ? {} : { httpVersion: request.httpVersion }),
      ...(response.endedBy === "timeout" ? { leaveAfterChunks: response.chunks.length } : {}),
    });
  } finally {
    await server.close();
  }
}

/** The recorder's address and host name become those of this run. */
function adaptHeader(value: string, port: number): string {
  return value.replace(/(?<=^|\/)127\.0\.0\.1:1152\d$/, `127.0.0.1:${port}`).replace(/^node1\b/, hostname());
}

function shapeOfAnswer(answer: RawResponse): Shape {
  const chunks = answer.chunks.map((chunk) => chunk.toString("utf8"));
  return { status: answer.status, ...shapeOf(answer.headers, chunks), endedBy: answer.endedBy };
}

function shapeOfRecording(recording: Recording): Shape {
  const { status, headers, endedBy } = recording.response;
  const ends = { complete: "complete", reset: "fin", timeout: "client", "client-abort": "client" } as const;
  return { status: status ?? undefined, ...shapeOf(headers, recordedChunks(recording)), endedBy: ends[endedBy] };
}

function shapeOf(headers: readonly (readonly [string, string])[], chunks: readonly string[]) {
  const type = headers.find(([name]) => name === "Content-Type")?.[1] ?? "";
  const changing = ["Date", "Content-Length"];
  return {
    headers: headers.map(([name, value]) => (changing.includes(name) ? name : `${name}: ${value}`)),
    chunks: chunks.map((chunk) => formsOfBody(type, chunk)),
  };
}

/** Forgets how many chunks there were and why the answer ended, where that was the real model's choice. */
function loosen(name: string, shape: Shape): Shape {
  if (!endsByItself.includes(name)) return shape;
  const texts = shape.chunks.map((chunk) => JSON.stringify(chunk).replaceAll(/= (stop|length)\b/g, "= stop or length"));
  return { ...shape, chunks: [...new Set(texts)].map((text) => [text]) };
}
