import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { makeCandidate, NOW } from "../../scheduling/testing/make-view.ts";
import { fleetStep, type Told } from "./fleet-voice.ts";

const gpus = [{ name: "RTX 4090", vram_total_gb: 24 }];
const node = (wishes: Partial<NodeSnapshot> = {}): NodeSnapshot =>
  makeCandidate("gaming-pc", { node: { gpus, ...wishes } }).node;
const silent = (): NodeSnapshot => makeCandidate("gaming-pc", { backend: { reachability: "unreachable" } }).node;
const offline = node({ status: "offline", lastHeartbeatAt: NOW - 31_000 });
const finding = { id: "clock_skew", text: "its clock is off", fix: "Switch on automatic time" };

/** What is said while a node goes through these states. */
function heard(states: readonly NodeSnapshot[], now = NOW): readonly string[] {
  let told: Told | undefined;
  return states.flatMap((state) => {
    const step = fleetStep(told, state, now);
    told = step.told;
    return step.sentences.map(({ level, text }) => (level === "warn" ? `! ${text}` : text));
  });
}

describe("of a machine it is said once", () => {
  test("that it joined, and what it brings", () => {
    expect(heard([node(), node(), node()])).toEqual(["gaming-pc joined: 1 model, 24 GB GPU, 192.168.1.20"]);
  });

  test("that it is offline, and that it is back", () => {
    expect(heard([node(), offline, offline, node()]).slice(1)).toEqual([
      "gaming-pc is offline: its last report came 31 s ago",
      "gaming-pc is back: 1 model, 24 GB GPU, 192.168.1.20",
    ]);
  });

  test("that it leaves, and that it has left", () => {
    const draining = node({ isDraining: true });
    expect(heard([node(), draining, draining, node({ isDraining: true, status: "offline" })]).slice(1)).toEqual([
      "gaming-pc is leaving: it finishes its work and takes no more",
      "gaming-pc has left",
    ]);
    expect(heard([node(), draining, node()]).at(-1)).toBe("gaming-pc stays: it takes work again");
    expect(heard([draining, offline, draining])).toEqual([]);
  });

  test("that its Ollama stopped answering, and that it answers again", () => {
    expect(heard([node(), silent(), silent(), node()]).slice(1)).toEqual([
      "gaming-pc serves nothing now: its Ollama cannot be reached",
      "gaming-pc serves now: Ollama 0.24.0 with 1 model",
    ]);
    expect(heard([silent()])).toEqual(["gaming-pc joined: no Ollama that answers, 32 GB memory, 192.168.1.20"]);
  });

  test("that the last of its backends stopped answering, and which one answers again", () => {
    const [ollama] = node().backends;
    if (ollama === undefined) throw new Error("no backend");
    const absent = { ...ollama, reachability: "unreachable" } as const;
    const server = {
      ...ollama,
      kind: "openai-compatible",
      id: "openai-8080",
      software: "vLLM",
      version: "0.11.0",
    } as const;
    const states = [
      [ollama, server],
      [absent, server],
      [absent, { ...server, reachability: "unreachable" as const }],
    ];
    expect(heard([...states, [absent, server]].map((backends) => node({ backends }))).slice(1)).toEqual([
      "gaming-pc serves nothing now: none of its backends can be reached",
      "gaming-pc serves now: vLLM 0.11.0 with 1 model",
    ]);
  });

  test("what is odd about it, with the fix, and again only when it came back", () => {
    const odd = node({ findings: [finding] });
    const line = "! gaming-pc: its clock is off. Fix: Switch on automatic time";
    expect(heard([node(), odd, odd, node(), odd]).slice(1)).toEqual([line, line]);
  });
});

describe("nothing is said", () => {
  test("of machines known from an earlier run until they report", () => {
    expect(heard([offline])).toEqual([]);
    expect(heard([offline, node()])).toEqual([expect.stringContaining("joined")]);
  });

  test("of a machine that reports late, and of the demo", () => {
    expect(heard([node(), node({ status: "degraded" }), node()])).toHaveLength(1);
    expect(heard([node({ isSimulated: true }), node({ isSimulated: true, status: "offline" })])).toEqual([]);
  });

  test("of a machine that comes and goes all the time, until it has rested; then as it stands", () => {
    const flaps = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? node() : offline));
    const lines = heard(flaps);
    expect(lines).toHaveLength(6);
    let told: Told | undefined;
    for (const state of flaps) told = fleetStep(told, state, NOW).told;
    expect(fleetStep(told, node(), NOW + 300_000).sentences.map(({ text }) => text)).toEqual([
      expect.stringContaining("is back"),
    ]);
  });
});

test("whatever happens, comings and goings alternate, and no window holds more than six lines", () => {
  const states = fc.constantFrom(node(), offline, silent(), node({ isDraining: true }), node({ findings: [finding] }));
  fc.assert(
    fc.property(fc.array(fc.tuple(states, fc.nat(60_000)), { maxLength: 60 }), (steps) => {
      let told: Told | undefined;
      let now = NOW;
      const lines: { readonly at: number; readonly text: string }[] = [];
      for (const [state, afterMs] of steps) {
        now += afterMs;
        const step = fleetStep(told, state, now);
        told = step.told;
        lines.push(...step.sentences.map(({ text }) => ({ at: now, text })));
      }
      for (const { at } of lines) {
        expect(lines.filter((line) => line.at > at - 300_000 && line.at <= at).length).toBeLessThanOrEqual(6);
      }
      const standings = lines.flatMap(({ text }) => /joined|is back|is offline|has left/.exec(text)?.[0] ?? []);
      const isHere = standings.map((word) => word === "joined" || word === "is back");
      expect(isHere.every((here, at) => here === (at % 2 === 0))).toBe(true);
    }),
  );
});
