import { createIdentity, deriveLinkSecret } from "@herd/shared/link";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FakeRouter, startFakeRouter } from "../testing/fake-router.ts";
import { createMembership, type Membership } from "./membership.ts";
import { createRouterCalls, type RouterCalls } from "./router-calls.ts";

const identity = createIdentity();
let router: FakeRouter;
let calls: RouterCalls;

beforeEach(async () => {
  router = await startFakeRouter();
});
afterEach(async () => {
  await calls.close();
  await router.stop();
});

function meet(now: () => number = Date.now, url = router.url): Membership {
  calls = createRouterCalls(() => url);
  return createMembership({ identity, calls, now });
}
const beat = Buffer.from(
  JSON.stringify({
    node_id: "mini",
    cpu: { cores_physical: 1, utilization_pct: 0 },
    memory: { total_gb: 1, used_gb: 0, available_gb: 1 },
    ollama: {},
  }),
);
const statuses = () => router.beats.map(({ status }) => status);

test("the first heartbeat is signed with the secret of both keys, and the router may call from then on", async () => {
  const membership = meet();
  expect(membership.peers()).toEqual([]);
  expect(await membership.deliver(beat)).toMatchObject({ kind: "accepted", isLegacy: false });
  const secret = deriveLinkSecret(router.behaviour.identity, identity.publicKey);
  expect(membership.peers()).toMatchObject([{ address: "127.0.0.1", isLocal: true }]);
  expect(membership.peers()[0]?.secret.equals(secret)).toBe(true);
});

test("many heartbeats at one instant each have a later time", async () => {
  const membership = meet(() => 1_000_000);
  router.behaviour.now = () => 2_000_000_000_000;
  for (let count = 0; count < 5; count += 1) await membership.deliver(beat);
  expect(statuses()).toEqual([200, 200, 200, 200, 200]);
});

const aDay = 86_400_000;
test.each([
  ["ahead", aDay],
  ["behind", -aDay],
])("a clock that is a day %s breaks nothing", async (_how, skew) => {
  const membership = meet(() => Date.now() + skew);
  expect((await membership.deliver(beat)).kind).toBe("accepted");
  expect((await membership.deliver(beat)).kind).toBe("accepted");
  expect(statuses()).toEqual([200, 200]);
});

test("a clock that jumps between two heartbeats is corrected by the refusal, within the same delivery", async () => {
  let skew = 0;
  const membership = meet(() => Date.now() + skew);
  await membership.deliver(beat);
  skew = aDay;
  expect((await membership.deliver(beat)).kind).toBe("accepted");
  expect(statuses()).toEqual([200, 403, 200]);
});

test("a router that comes back with another key is met anew", async () => {
  const membership = meet();
  await membership.deliver(beat);
  router.behaviour.identity = createIdentity();
  expect((await membership.deliver(beat)).kind).toBe("accepted");
  const secret = deriveLinkSecret(router.behaviour.identity, identity.publicKey);
  expect(membership.peers().map((peer) => peer.secret.equals(secret))).toEqual([true]);
});

test("a router that is away is a failure with its reason, and is found again on the same port", async () => {
  const membership = meet();
  await membership.deliver(beat);
  await router.stop();
  expect(await membership.deliver(beat)).toEqual({
    kind: "failed",
    reason: expect.stringMatching(/ECONNREFUSED|closed/),
  });
  expect(membership.peers()).toHaveLength(1);
  await router.listenAgain();
  expect((await membership.deliver(beat)).kind).toBe("accepted");
});

test("after a router was away its key is read anew before anything is signed", async () => {
  const membership = meet();
  await membership.deliver(beat);
  await router.stop();
  await membership.deliver(beat);
  router.behaviour.identity = createIdentity();
  await router.listenAgain();
  await membership.deliver(beat);
  expect(statuses()).toEqual([200, 200]);
});

test("a router of the predecessor gets unsigned heartbeats and may not call", async () => {
  router.behaviour.isLegacy = true;
  const membership = meet();
  expect(await membership.deliver(beat)).toMatchObject({ kind: "accepted", isLegacy: true });
  expect(router.beats[0]?.isSigned).toBe(false);
  expect(membership.peers()).toEqual([]);
});

test("a predecessor's router that is replaced by a new one is noticed by its refusal", async () => {
  router.behaviour.isLegacy = true;
  const membership = meet();
  await membership.deliver(beat);
  router.behaviour.isLegacy = false;
  expect(await membership.deliver(beat)).toMatchObject({ kind: "accepted", isLegacy: false });
});

test("to a predecessor's router anything but 200 is a failure", async () => {
  Object.assign(router.behaviour, { isLegacy: true, answer: { status: 500, body: { detail: "no" } } });
  expect(await meet().deliver(beat)).toEqual({ kind: "failed", reason: "the router answered 500" });
});

test("a refusal that no key and no time can cure comes back with its code after one try", async () => {
  const body = { error: "node id 'mini' belongs to another key", code: "HERD_NODE_KEY_MISMATCH", hint: "rename it" };
  router.behaviour.answer = { status: 403, body };
  expect(await meet().deliver(beat)).toMatchObject({
    kind: "refused",
    code: body.code,
    message: body.error,
    hint: body.hint,
  });
  expect(router.beats).toHaveLength(1);
});

test("a bad heartbeat is refused with the field, once", async () => {
  const body = { error: "cpu must be an object", code: "HERD_BAD_HEARTBEAT", field: "cpu" };
  router.behaviour.answer = { status: 400, body };
  expect(await meet().deliver(beat)).toMatchObject({ kind: "refused", status: 400, field: "cpu" });
  expect(router.beats).toHaveLength(1);
});

test("an answer that is no JSON, or a key that is none, is a failure and no crash", async () => {
  router.behaviour.answer = { status: 200, body: "hello" };
  expect(await meet().deliver(beat)).toEqual({ kind: "failed", reason: "the answer is not a router's" });
  await calls.close();
  router.behaviour.identity = { ...createIdentity(), publicKey: "A".repeat(43) };
  expect(await meet().deliver(beat)).toEqual({ kind: "failed", reason: "the router's public key cannot be used" });
});

test("a path in the router's URL leads the way", async () => {
  const membership = meet(Date.now, `${router.url}/behind/a/proxy/`);
  expect(await membership.deliver(beat)).toMatchObject({ kind: "failed" });
  expect(router.beats).toEqual([]);
});
