import { type FleetNodeView, type FleetStatus, fleetStatus, fleetStatusExamples } from "@herd/shared";
import { paintFor, plain, textWidth } from "@herd/shared/terminal";
import { describe, expect, test } from "vitest";
import { statusText } from "./status-text.ts";

const example: FleetStatus = fleetStatus.parse(fleetStatusExamples.accepted);
const machine = example.nodes[0] as FleetNodeView;
const page = { url: "http://127.0.0.1:11435", paint: plain, now: 0, width: Number.POSITIVE_INFINITY, typed: String };
const finding = { id: "clock_skew", text: "its clock is off", fix: "Switch on automatic time" };

const textOf = (nodes: readonly Partial<FleetNodeView>[], more: Partial<typeof page> = {}): string =>
  statusText({ ...example, nodes: nodes.map((node) => ({ ...machine, ...node })) }, { ...page, ...more });

describe("the fleet as text", () => {
  test("shows each machine and each lane that was used as a line of a table", () => {
    const text = textOf([{}]);
    expect(text).toContain("1 of 1 machines online · 1 model in memory · requests: 1 running, 0 waiting\n");
    expect(text).toMatch(/\nmac-mini {2}online {2,}1 .* 1 +0 .*ollama 0\.24\.0 +Apple M2, 8 cores\n/);
    expect(text).toMatch(/\ngemma3:4b {2}mac-mini +1 of 1 +0 +3 +0 +0\.81 s\n/);
  });

  test("tells how much memory is used, of machine and graphics processor, and what is loaded", () => {
    const gpus = [{ name: "RTX 4090", vram_total_gb: 24, vram_used_gb: 17.6 }];
    const memory = { ...(machine.memory ?? {}), total_gb: 64, used_gb: 11.4, available_gb: 50 };
    const ollama = { models_loaded: [{ name: "qwen3:32b" }, { name: "bge-m3" }] };
    const text = textOf([{ gpus, memory, ollama } as unknown as Partial<FleetNodeView>]);
    expect(text).toMatch(/qwen3:32b, bge-m3 .*11 of 64 GB +18 of 24 GB .*Apple M2, RTX 4090, 8 cores/);
    expect(textOf([{ gpus: [{ name: "Apple M2", vram_total_gb: 0 }] }])).toMatch(/shared .*Apple M2, 8 cores/);
  });

  test.each<[string, Partial<FleetNodeView>]>([
    ["online", {}],
    ["online, simulated", { simulated: true }],
    ["not seen yet", { status: "offline", last_heartbeat_ago_s: null }],
    ["offline 3 min", { status: "offline", last_heartbeat_ago_s: 180 }],
    ["silent 16 s", { status: "degraded", last_heartbeat_ago_s: 16.2 }],
    ["draining", { is_draining: true }],
    ["no answer", { backends: machine.backends.map((backend) => ({ ...backend, state: "unreachable" as const })) }],
    ["recovering", { backends: machine.backends.map((backend) => ({ ...backend, breaker: "open" })) }],
    ["online", { backends: [] }],
  ])("a machine is %s", (state, node) => {
    expect(textOf([node])).toMatch(new RegExp(`mac-mini {2}${state} {2}`));
  });

  test("tells of every server of a machine, and of an absent Ollama only where there is nothing else", () => {
    const [ollama] = machine.backends;
    if (ollama === undefined) throw new Error("no backend");
    const server = {
      ...ollama,
      ...{ kind: "openai-compatible" as const, path: "/openai-8080", software: "llama-server", version: "b1" },
      ...{ models: ["gemma3:4b", "x:latest"], models_loaded: ["x:latest"] },
    };
    const absent = { ...ollama, version: "", models: [], state: "unreachable" as const };
    expect(textOf([{ backends: [ollama, server] }])).toMatch(/online +2 +x:latest .*ollama 0\.24\.0, llama-server b1 /);
    expect(textOf([{ backends: [absent, server] }])).toMatch(/online +2 .* llama-server b1 /);
    expect(textOf([{ backends: [absent, { ...server, breaker: "open" }] }])).toMatch(/mac-mini {2}recovering {2}/);
    expect(textOf([{ backends: [absent, { ...server, state: "unreachable" }] }])).toMatch(/mac-mini {2}no answer {2}/);
  });

  test("tells what to do while no machine has joined", () => {
    expect(textOf([])).toContain("herd-node --router-url http://ROUTER:11435\n");
    expect(textOf([], { url: "http://studio:12000" })).toContain("--router-url http://studio:12000\n");
  });

  test("tells what is odd about a machine and about the router, with the fix", () => {
    const text = statusText(
      { ...example, fleet: { ...example.fleet, findings: [finding] }, nodes: [{ ...machine, findings: [finding] }] },
      page,
    );
    expect(text).toContain(
      "\n! the router: its clock is off\n  Fix: Switch on automatic time\n! mac-mini: its clock is off\n",
    );
  });

  test("tells of requests that are held only when there are some", () => {
    const held = statusText({ ...example, fleet: { ...example.fleet, requests_held: 2 } }, page);
    expect(held).toContain("2 held until a machine can take them");
  });

  test("fits a narrow terminal, whatever the names, and marks what is cut", () => {
    const nodes = Array.from({ length: 40 }, (_, at) => ({
      node_id: `a-machine-with-a-very-long-name-${at}`,
      ollama: { models_loaded: [{ name: "hf.co/someone/a-model-of-a-thousand-letters-GGUF:Q4_K_M" }] },
    }));
    for (const width of [60, 80, 120]) {
      const text = textOf(nodes as unknown as Partial<FleetNodeView>[], { width });
      const lines = text.split("\n").slice(2);
      expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
      expect(text.match(/a-machine-[^ ]*…/g)).toHaveLength(40);
    }
  });

  test("keeps columns where they are under names of wide signs", () => {
    const lines = textOf([{ node_id: "a" }, { node_id: "書斎のパソコン" }]).split("\n");
    const columnOf = (line = ""): number => textWidth(line.slice(0, line.indexOf("online")));
    expect(columnOf(lines[4])).toBe(columnOf(lines[3]));
  });

  test("does not let names steer the terminal", () => {
    const text = textOf([{ node_id: "a\u001b[2Jb", findings: [{ ...finding, text: "x\u001b]0;y\u0007" }] }]);
    expect(text).not.toMatch(/[^\n\P{Cc}]/u);
  });

  test("shows the busiest lanes and says how many more there are", () => {
    const lane = Object.values(example.queues)[0];
    const queues = Object.fromEntries(
      Array.from({ length: 25 }, (_, at) => [
        `mac-mini:m${at}`,
        { ...lane, model: `m${at}`, pending: at === 24 ? 3 : 0 },
      ]),
    ) as FleetStatus["queues"];
    const text = statusText({ ...example, queues }, page);
    expect(text).toMatch(/MEAN TIME\nm24 /);
    expect(text).toContain("and 5 more");
  });

  test("is coloured only where colours are wanted", () => {
    const paint = paintFor({ isTerminal: true, columns: 80, env: {} });
    expect(textOf([{}], { paint })).toContain("\u001b[32monline\u001b[39m");
    expect(textOf([{}])).not.toContain("\u001b");
  });
});
