import { setTimeout as pause } from "node:timers/promises";
import type { FleetStatus } from "@herd/shared";
import type { Fault } from "@herd/simulated-ollama";
import { expect, test } from "vitest";
import { withCleanup } from "../support/cleanup.ts";
import { streamEndOf } from "../support/clients/crowd.ts";
import { askJson, type OpenCall, openCall, type Reply, type Target } from "../support/clients/http-call.ts";
import { type LocalNode, laneLimit, startLocalFleet } from "../support/fleets/local-fleet.ts";
import { untilQueue } from "../support/fleets/queue.ts";
import { smallModel } from "../support/fleets/small-model.ts";
import { untilTraces } from "../support/fleets/stored-traces.ts";

const SEED = 7;
const SECONDS = 5;
const models = ["one:3b", "two:3b", "three:3b"].map(smallModel);
/** Room for two of the three models, so that they come and go. */
const node = { models, timeScale: 0.02, numParallel: 2, machine: { vramBytes: 5 * 2 ** 30, memoryBytes: 6 * 2 ** 30 } };

const faults: readonly (Fault | undefined)[] = [
  undefined,
  undefined,
  undefined,
  { kind: "refuse" },
  { kind: "refuse", times: 2 },
  { kind: "http-500", times: 2 },
  { kind: "busy-503", times: 2 },
  { kind: "load-failure", failure: "out-of-memory", times: 1 },
  { kind: "cut-mid-stream", afterRecords: 0 },
  { kind: "cut-mid-stream", afterRecords: 3, how: "reset" },
  { kind: "error-record-mid-stream", afterRecords: 2 },
  { kind: "end-without-done", afterRecords: 2 },
  { kind: "slow-first-byte", milliseconds: 150 },
  { kind: "odd-chunks" },
];

/** How an end, as its client saw it, may be stored. Whoever leaves at the last moment may have had everything. */
const storedAs: Readonly<Record<string, readonly string[]>> = {
  whole: ["completed", "no_output"],
  "told-error": ["incomplete"],
  // An answer in one piece whose node dies while it is sent can only be cut.
  cut: ["incomplete"],
  "500": ["failed"],
  "503": ["failed"],
  left: ["client_disconnected", "completed", "no_output", "incomplete", "failed"],
};

interface Member {
  readonly dialect: "ollama" | "openai";
  readonly isStream: boolean;
  readonly call: OpenCall;
  hasLeft: boolean;
}

test(
  "whatever befalls nodes and clients, every request ends once, in the open, and leaves nothing behind",
  {
    timeout: 60_000,
  },
  () =>
    withCleanup(async (cleanup) => {
      const random = seeded(SEED);
      const environment = { ...laneLimit(2), FLEET_HOLDING_S: "3", FLEET_START_GRACE_S: "0" };
      const fleet = await startLocalFleet(cleanup, { nodes: [node, node, node], heartbeatS: 0.5, environment });
      const { target, dataDir } = fleet;
      const deadline = performance.now() + SECONDS * 1_000;
      const isOver = () => performance.now() > deadline;
      const mischief = makeMischief(fleet.nodes, random, isOver);
      const members: Member[] = [];
      while (!isOver()) {
        await pause(random() * 15);
        members.push(ask(target, members.length, random));
      }
      await mischief;
      const replies = await Promise.all(members.map(({ call }) => call.reply));
      const ends = replies.map((reply, at) => endOf(members[at] as Member, reply));
      expect(ends.filter((end) => !(end in storedAs))).toEqual([]);
      expect(ends.filter((end) => end === "whole").length).toBeGreaterThan(ends.length / 3);

      await untilQueue(target, { queue_depth: 0, in_flight: 0, pending: 0, held: 0 });
      const traces = await untilTraces(dataDir, members.length);
      const statusOf = new Map(traces.map(({ request_id, status }) => [request_id, status]));
      expect([traces.length, statusOf.size]).toEqual([members.length, members.length]);
      const untrue = ends.flatMap((end, at) => {
        const status = statusOf.get(`chaos-${at}`) ?? "none";
        return storedAs[end]?.includes(status) ? [] : [`${end} is stored as ${status}`];
      });
      expect(untrue).toEqual([]);
      const { queues } = await askJson<FleetStatus>(target, { path: "/fleet/status" });
      for (const { in_flight, pending } of Object.values(queues)) expect([in_flight, pending]).toEqual([0, 0]);
    }),
);

/** Faults come and go, and now and then an Ollama dies and is started again; in the end all is well. */
async function makeMischief(nodes: readonly LocalNode[], random: () => number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await pause(40 + random() * 120);
    const { ollama } = oneOf(nodes, random);
    ollama.setFault(oneOf(faults, random));
    if (random() > 0.15) continue;
    await ollama.kill();
    await pause(random() * 600);
    await ollama.listenAgain();
  }
  for (const { ollama } of nodes) ollama.setFault(undefined);
}

/** One request of any kind, whose client leaves in one of five cases. */
function ask(target: Target, number: number, random: () => number): Member {
  const model = oneOf(models, random).name;
  const dialect = oneOf(["ollama", "openai"] as const, random);
  const isStream = random() < 0.7;
  const tokens = 1 + Math.floor(random() * 30);
  const request = { model, messages: [{ role: "user", content: `Question ${number}` }], stream: isStream };
  const headers = { "x-request-id": `chaos-${number}` };
  const call =
    dialect === "ollama"
      ? openCall(target, { path: "/api/chat", headers, body: { ...request, options: { num_predict: tokens } } })
      : openCall(target, { path: "/v1/chat/completions", headers, body: { ...request, max_tokens: tokens } });
  const member: Member = { dialect, isStream, call, hasLeft: false };
  const leave = () => {
    // Whoever has everything has not left, though the connection may still be open.
    member.hasLeft = !call.isOver();
    call.leave();
  };
  if (random() < 0.2) setTimeout(leave, random() * 300);
  return member;
}

function endOf({ hasLeft, isStream, dialect }: Member, reply: Reply): string {
  if (hasLeft) return "left";
  if (reply.status !== 200) return String(reply.status);
  if (isStream) return streamEndOf(dialect, reply);
  return reply.endedBy === "complete" ? "whole" : "cut";
}

const oneOf = <Item>(items: readonly Item[], random: () => number): Item =>
  items[Math.floor(random() * items.length)] as Item;

/** Numbers from 0 up to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
