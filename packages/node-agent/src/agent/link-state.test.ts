import { expect, test } from "vitest";
import type { Delivery } from "./delivery.ts";
import { type LinkState, nextLinkState } from "./link-state.ts";

const names = { nodeId: "mini", routerUrl: "http://router:11435" };
const accepted: Delivery = { kind: "accepted", reply: { status: "ok" }, isLegacy: false };
const legacy: Delivery = { ...accepted, isLegacy: true };
const failed: Delivery = { kind: "failed", reason: "ECONNREFUSED" };
const refused = (code: string): Delivery => ({
  kind: "refused",
  status: 403,
  code,
  message: "cpu must be an object",
  field: "cpu",
  hint: "Update herd-node",
});

function told(deliveries: readonly Delivery[]): string[] {
  let state: LinkState = { kind: "new" };
  return deliveries.flatMap((delivery) => {
    const step = nextLinkState(state, delivery, names);
    state = step.state;
    return step.announcement === undefined ? [] : [step.announcement.text];
  });
}

test("joining, losing and joining again are each told once", () => {
  expect(told([accepted, accepted, failed, failed, { kind: "failed", reason: "other" }, accepted, accepted])).toEqual([
    "Joined as mini at http://router:11435",
    "The router at http://router:11435 was lost (ECONNREFUSED); trying again until it answers",
    "Joined again as mini at http://router:11435",
  ]);
});

test("a router that is not there at the start is told once, and joining later is a first joining", () => {
  const [first, second, ...more] = told([failed, failed, accepted]);
  expect(first).toContain("cannot be reached yet");
  expect(second).toBe("Joined as mini at http://router:11435");
  expect(more).toEqual([]);
});

test("a router of an older kind is named with what it cannot do and the fix", () => {
  expect(told([legacy, legacy])).toEqual([expect.stringMatching(/older kind.*OLLAMA_HOST=0\.0\.0\.0/)]);
});

test("a node id that another machine owns is told with the fix", () => {
  expect(told([refused("HERD_NODE_KEY_MISMATCH"), refused("HERD_NODE_KEY_MISMATCH")])).toEqual([
    expect.stringMatching(/Another machine has joined as 'mini'.*--node-id/),
  ]);
});

test("each other kind of refusal is told once with field and hint", () => {
  expect(told([refused("HERD_BAD_HEARTBEAT"), refused("HERD_BAD_HEARTBEAT"), refused("HERD_HOST_REFUSED")])).toEqual([
    "The router refuses this node's heartbeats: cpu must be an object (field cpu). Fix: Update herd-node",
    "The router refuses this node's heartbeats: cpu must be an object (field cpu). Fix: Update herd-node",
  ]);
});
