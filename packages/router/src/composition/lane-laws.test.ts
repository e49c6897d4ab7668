import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Turn } from "../admission/turn.ts";
import { type Traveller, VirtualFleet, type VirtualRules } from "./testing/virtual-fleet.ts";
import type { VirtualNode } from "./testing/virtual-node.ts";

const MODELS = ["m", "n", "o"];
const TICK_MS = 250;

const arbitraryNode: fc.Arbitrary<Omit<VirtualNode, "id">> = fc.record({
  models: fc.subarray(MODELS, { minLength: 1 }),
  slots: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  status: fc.constantFrom("online", "online", "online", "degraded", "offline"),
  isDraining: fc.constantFrom(false, false, false, true),
  breaker: fc.constantFrom("closed", "closed", "open", "half-open"),
  loaded: fc.subarray(MODELS).map((names) => new Set(names)),
});

const arbitraryNodes = fc
  .array(arbitraryNode, { minLength: 1, maxLength: 4 })
  .map((nodes) => nodes.map((node, at): VirtualNode => ({ ...node, id: `node-${at}`, loaded: new Set(node.loaded) })));

const arbitraryRules: fc.Arbitrary<VirtualRules> = fc.record({
  queueLimit: fc.constantFrom(1, 3, 512),
  waitDeadlineMs: fc.constantFrom(5000, 60_000, 600_000),
  holdMs: fc.constantFrom(0, 2000, 30_000),
});

type Action =
  | { readonly kind: "arrive"; readonly model: string; readonly numCtx: number | undefined }
  | { readonly kind: "finish"; readonly who: number; readonly how: "well" | "failed" | "cancelled" }
  | { readonly kind: "leave"; readonly who: number }
  | { readonly kind: "first-byte" | "end-load" | "busy"; readonly who: number }
  | {
      readonly kind: "change";
      readonly node: number;
      readonly change: Partial<Pick<VirtualNode, "status" | "isDraining" | "breaker">>;
    }
  | { readonly kind: "load" | "unload"; readonly node: number; readonly model: string }
  | { readonly kind: "pass"; readonly ms: number };

const which = fc.nat(20);
const model = fc.constantFrom(...MODELS);
const change = fc.oneof(
  fc.record({ status: fc.constantFrom("online", "degraded", "offline") }),
  fc.record({ isDraining: fc.boolean() }),
  fc.record({ breaker: fc.constantFrom("closed", "open", "half-open") }),
) as fc.Arbitrary<Extract<Action, { kind: "change" }>["change"]>;

const arbitraryAction: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("arrive"), model, numCtx: fc.constantFrom(undefined, undefined, 8192) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("finish"),
      who: which,
      how: fc.constantFrom("well", "well", "failed", "cancelled"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("first-byte", "end-load", "busy", "leave"), who: which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("change"), node: which, change }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("load", "unload"), node: which, model }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass"), ms: fc.constantFrom(1, 300, 3000, 12_000) }) },
) as fc.Arbitrary<Action>;

const pick = <Value>(values: readonly Value[], at: number): Value | undefined =>
  values[at % Math.max(1, values.length)];

function apply(fleet: VirtualFleet, action: Action): void {
  switch (action.kind) {
    case "arrive":
      fleet.now += 1;
      fleet.arrive(action);
      return;
    case "pass":
      fleet.pass(action.ms);
      return;
    case "leave": {
      const traveller = pick(fleet.in("waiting"), action.who);
      if (traveller !== undefined) fleet.leave(traveller);
      return;
    }
    case "finish":
    case "first-byte":
    case "end-load":
    case "busy":
      applyToRunning(fleet, action);
      return;
    case "change":
    case "load":
    case "unload":
      applyToNode(fleet, action);
  }
}

function applyToRunning(
  fleet: VirtualFleet,
  action: Extract<Action, { kind: "finish" | "first-byte" | "end-load" | "busy" }>,
): void {
  const traveller = pick(fleet.in("running"), action.who);
  if (traveller === undefined) return;
  if (action.kind === "finish") fleet.finish(traveller, action.how);
  else if (action.kind === "first-byte") fleet.firstByte(traveller);
  else if (action.kind === "end-load") fleet.endLoad(traveller);
  else traveller.turn?.slot.busy();
}

function applyToNode(fleet: VirtualFleet, action: Extract<Action, { kind: "change" | "load" | "unload" }>): void {
  const node = pick(fleet.nodes, action.node);
  if (node === undefined) return;
  if (action.kind === "change") Object.assign(node, action.change);
  else if (action.kind === "load") node.loaded.add(action.model);
  else node.loaded.delete(action.model);
  fleet.changed();
}

/** What must hold at the moment in which a request starts. */
function checkStart(fleet: VirtualFleet, traveller: Traveller, turn: Turn): void {
  const node = fleet.nodes.find(({ id }) => id === turn.lane.nodeId);
  expect(node).toMatchObject({ isDraining: false, status: expect.stringMatching(/online|degraded/) });
  expect(node?.models).toContain(traveller.model);
  expect(traveller.failedOn.has(turn.lane.key)).toBe(false);
  const { parallelism, inFlight } = turn.lane;
  expect(inFlight).toBeLessThanOrEqual(node?.slots ?? parallelism.provenLimit() + 1);
  const loading = fleet.in("running").filter((other) => other.isLoading && other.turn?.lane.nodeId === node?.id);
  if (turn.needsLoad) expect(loading).toEqual([]);
  const older = fleet
    .in("waiting")
    .filter((other) => isAlike(other, traveller) && other.arrivedAt < traveller.arrivedAt);
  expect(older.map(({ name }) => name)).toEqual([]);
}

const isAlike = (one: Traveller, other: Traveller): boolean =>
  one.model === other.model && one.numCtx === other.numCtx && one.failedOn.size === 0 && other.failedOn.size === 0;

/** What must hold whenever nothing is going on. */
function checkRest(fleet: VirtualFleet): void {
  const { admission, book, rules, now } = fleet;
  const lanes = book.all();
  const sum = (of: (lane: (typeof lanes)[number]) => number): number =>
    lanes.reduce((total, lane) => total + of(lane), 0);
  const waiting = fleet.in("waiting");
  expect(admission.waitingCount() + admission.heldCount()).toBe(waiting.length);
  expect(sum((lane) => lane.waiting)).toBe(admission.waitingCount());
  expect(sum((lane) => lane.inFlight)).toBe(fleet.in("running").length);
  expect(book.inFlight()).toBe(fleet.in("running").length);
  expect(sum((lane) => lane.inFlight + lane.completed + lane.failed) + fleet.slots.cancelled).toBe(fleet.slots.given);
  const turnedAway = fleet.travellers.filter(({ endCode }) => endCode === "HERD_QUEUE_FULL").length;
  expect(sum((lane) => lane.rejected)).toBe(turnedAway);
  for (const { name, told, asked, state } of fleet.travellers) {
    const isOpen = state === "waiting" || state === "left";
    expect([name, told]).toEqual([name, isOpen ? asked - 1 : asked]);
  }
  checkHeld(fleet);
  for (const { arrivedAt } of waiting) expect(now - arrivedAt).toBeLessThan(rules.waitDeadlineMs + TICK_MS);
}

/** Nobody is sent away for want of a candidate while there is one, or before its time. */
function checkHeld({ travellers, rules, nodes }: VirtualFleet): void {
  const known = new Set(nodes.flatMap(({ models }) => models));
  const sentAway = travellers.filter(({ endCode, model }) => endCode === "HERD_NO_CANDIDATE" && known.has(model));
  for (const { name, orphanedMs } of sentAway) expect([name, orphanedMs >= rules.holdMs]).toEqual([name, true]);
}

describe("whatever arrives, fails, leaves and changes", () => {
  test("nobody is lost or served twice, limits and the order hold, and all numbers return to zero", () => {
    fc.assert(
      fc.property(
        arbitraryNodes,
        arbitraryRules,
        fc.array(arbitraryAction, { maxLength: 120, size: "max" }),
        (nodes, rules, actions) => {
          const fleet: VirtualFleet = new VirtualFleet(nodes, rules, (traveller, turn) =>
            checkStart(fleet, traveller, turn),
          );
          for (const action of actions) {
            apply(fleet, action);
            checkRest(fleet);
          }
          checkEnd(fleet);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("nobody stays without a candidate for longer than may be", () => {
    fc.assert(
      fc.property(arbitraryNodes, fc.array(arbitraryAction, { maxLength: 60, size: "max" }), (nodes, actions) => {
        const rules = { queueLimit: 512, waitDeadlineMs: 600_000, holdMs: 5000 };
        const fleet = new VirtualFleet(nodes, rules);
        for (const action of actions) apply(fleet, action);
        for (const node of nodes) node.status = "offline";
        fleet.changed();
        fleet.pass(rules.holdMs + TICK_MS);
        expect(fleet.in("waiting")).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

/** Everything that runs ends, again and again, until nobody is left. */
function checkEnd(fleet: VirtualFleet): void {
  const { book, admission, rules } = fleet;
  for (let round = 0; fleet.in("running").length > 0 && round < 1000; round += 1) {
    for (const traveller of fleet.in("running")) fleet.finish(traveller, "well");
  }
  fleet.pass(rules.waitDeadlineMs + TICK_MS);
  for (const traveller of fleet.in("running")) fleet.finish(traveller, "well");
  admission.evictAll("HERD_SHUTTING_DOWN");
  for (const traveller of fleet.in("running")) fleet.finish(traveller, "well");
  expect(fleet.travellers.filter(({ state }) => state !== "ended" && state !== "left")).toEqual([]);
  expect([admission.waitingCount(), admission.heldCount(), book.inFlight()]).toEqual([0, 0, 0]);
  for (const lane of book.all())
    expect([lane.key, lane.waiting, lane.inFlight, lane.loads]).toEqual([lane.key, 0, 0, 0]);
}

describe("one node with one loaded model", () => {
  test("never idles a slot while somebody waits, and serves in the order of arrival", () => {
    const steps = fc.array(fc.constantFrom("arrive", "arrive", "finish"), { maxLength: 80, size: "max" });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (slots, kinds) => {
        const node: VirtualNode = {
          id: "a",
          models: ["m"],
          slots,
          status: "online",
          isDraining: false,
          breaker: "closed",
          loaded: new Set(["m"]),
        };
        const order: string[] = [];
        const rules = { queueLimit: 512, waitDeadlineMs: 600_000, holdMs: 30_000 };
        const fleet = new VirtualFleet([node], rules, ({ name }) => order.push(name));
        const actions = {
          arrive: { kind: "arrive", model: "m", numCtx: undefined },
          finish: { kind: "finish", who: 0, how: "well" },
        } as const;
        for (const kind of kinds) {
          apply(fleet, actions[kind]);
          const isIdle = fleet.in("running").length < slots;
          expect(isIdle && fleet.in("waiting").length > 0).toBe(false);
        }
        expect(order).toEqual(fleet.travellers.slice(0, order.length).map(({ name }) => name));
      }),
      { numRuns: 60 },
    );
  });
});

describe("a node that comes back while many wait elsewhere", () => {
  const nodes = (): readonly VirtualNode[] =>
    ["hot", "cold"].map((id) => ({
      id,
      models: ["m"],
      slots: 1,
      status: id === "hot" ? "online" : "offline",
      isDraining: false,
      breaker: "closed",
      loaded: new Set(id === "hot" ? ["m"] : []),
    }));

  test("is used at once by those who have waited longest, before any newcomer", () => {
    const order: string[] = [];
    const rules = { queueLimit: 512, waitDeadlineMs: 600_000, holdMs: 30_000 };
    const fleet = new VirtualFleet(nodes(), rules, ({ name }, { lane }) => order.push(`${name} on ${lane.nodeId}`));
    for (let count = 0; count < 20; count += 1) apply(fleet, { kind: "arrive", model: "m", numCtx: undefined });
    expect(order).toEqual(["r-0 on hot"]);
    const [, cold] = fleet.nodes;
    if (cold !== undefined) cold.status = "online";
    fleet.changed();
    apply(fleet, { kind: "arrive", model: "m", numCtx: undefined });
    expect(order).toEqual(["r-0 on hot", "r-1 on cold"]);
  });

  test("costs a few decisions, however many wait", () => {
    const rules = { queueLimit: 512, waitDeadlineMs: 600_000, holdMs: 30_000 };
    const fleet = new VirtualFleet(nodes(), rules);
    for (let count = 0; count < 513; count += 1) apply(fleet, { kind: "arrive", model: "m", numCtx: undefined });
    const [, cold] = fleet.nodes;
    if (cold !== undefined) cold.status = "online";
    fleet.decisions = 0;
    fleet.changed();
    expect(fleet.decisions).toBeLessThanOrEqual(4);
  });
});
