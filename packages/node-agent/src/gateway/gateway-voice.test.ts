import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createLogs } from "../log/create-logs.ts";
import { createGatewayVoice } from "./gateway-voice.ts";

const server = createServer();
afterEach(() => server.close());

const NAMES = { "/ollama": "Ollama", "/openai-8080": "http://127.0.0.1:8080" };

function voiceAt(port: number) {
  const told: string[] = [];
  let now = 0;
  const print = (sentence: string) => void told.push(sentence);
  const logs = createLogs({ level: "DEBUG", write: () => undefined, printLevel: "INFO", print, clock: () => 0 });
  const voice = createGatewayVoice({ log: logs("gateway"), host: "0.0.0.0", port, names: NAMES, monotonic: () => now });
  return { voice, told, later: (ms: number) => (now += ms) };
}

test("a taken port is told once, with who holds it where the system says so, and the fix", async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const { voice, told } = voiceAt(port);
  const error = Object.assign(new Error("listen EADDRINUSE"), { code: "EADDRINUSE" });
  voice.onBlocked(error);
  voice.onBlocked(error);
  await expect.poll(() => told, { timeout: 5_000 }).toHaveLength(1);
  expect(told[0]).toMatch(/^Error: Port \d+ is taken.*--gateway-port/);
  if (process.platform === "linux") expect(told[0]).toContain(`(process ${process.pid}, `);
});

test("a stranger who keeps calling is told once a minute", () => {
  const { voice, told, later } = voiceAt(11_433);
  const denial = { refusal: "refused", reason: "this address is not the router's" } as const;
  voice.onDenied(denial, "10.0.0.9");
  voice.onDenied(denial, "10.0.0.9");
  voice.onDenied(denial, "10.0.0.10");
  expect(told).toEqual([expect.stringContaining("10.0.0.9"), expect.stringContaining("10.0.0.10")]);
  later(60_000);
  voice.onDenied(denial, "10.0.0.9");
  expect(told).toHaveLength(3);
});

test("each backend that is found not answering is named, once a minute", () => {
  const { voice, told } = voiceAt(11_433);
  voice.onUnreachable(new Error("ECONNREFUSED"), "/openai-8080");
  voice.onUnreachable(new Error("ECONNREFUSED"), "/openai-8080");
  voice.onUnreachable(new Error("ECONNREFUSED"), "/ollama");
  expect(told).toEqual([
    expect.stringContaining("found http://127.0.0.1:8080 not answering"),
    expect.stringContaining("found Ollama not answering"),
  ]);
});

test("an open port says what it leads to", () => {
  const { voice, told } = voiceAt(0);
  voice.onOpen(11_433);
  expect(told).toEqual([expect.stringMatching(/0\.0\.0\.0:11433 .*leads to Ollama, http:\/\/127\.0\.0\.1:8080$/)]);
});
