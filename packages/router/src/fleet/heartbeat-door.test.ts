import {
  createIdentity,
  createPeerClock,
  createSteadyClock,
  deriveLinkSecret,
  type Identity,
  linkHeaders,
  signaturesMatch,
  signCall,
  signHeartbeat,
} from "@herd/shared/link";
import { beforeEach, describe, expect, test } from "vitest";
import { HerdError } from "../domain/errors.ts";
import { type AcceptedHeartbeat, HeartbeatDoor, type HeartbeatDoorDependencies } from "./heartbeat-door.ts";
import { LinkKeys } from "./link-keys.run.ts";
import { Registry } from "./registry.ts";
import { makeHeartbeat } from "./testing/heartbeats.ts";

const START = 1_790_000_000_000;

let now: number;
let door: HeartbeatDoor;
let registry: Registry;
let keys: LinkKeys;
let routerIdentity: Identity;
let accepted: AcceptedHeartbeat[];
let refused: string[];

beforeEach(() => {
  now = START;
  accepted = [];
  refused = [];
  routerIdentity = createIdentity();
  open();
});

/** Builds door, registry and keys, as a start of the router does. */
function open(wishes: Partial<HeartbeatDoorDependencies> = {}): void {
  const clock = createSteadyClock({ wallAtStart: START, monotonic: () => now - START });
  keys = new LinkKeys({ identity: routerIdentity, clock, start: "run" });
  registry = new Registry({
    now: () => now,
    bounds: { degradedAfterMs: 15_000, offlineAfterMs: 30_000 },
    medianDecodeSpeed: () => undefined,
    onChange: () => undefined,
  });
  door = new HeartbeatDoor({
    registry,
    now: () => now,
    isOwnAddress: (address) => address === "127.0.0.1",
    policy: { allowLegacy: true, timeWindowMs: 60_000 },
    routerVersion: "1.2.3",
    isGenuine: (signature, body) => keys.isGenuine(signature, body),
    mayBeSimulated: (address) => address === "127.0.0.1",
    onAccepted: (one) => accepted.push(one),
    onRefused: ({ error }) => refused.push(error.code),
    ...wishes,
  });
}

/** An agent with a key of its own, on whatever clock it has. */
class Agent {
  readonly identity = createIdentity();
  readonly #clock: ReturnType<typeof createPeerClock>;
  readonly address: string;

  constructor(skewMs = 0, address = "192.168.1.20") {
    this.address = address;
    this.#clock = createPeerClock(() => now + skewMs);
  }

  /** Makes a signed heartbeat. */
  sign(content: object = makeHeartbeat()) {
    const body = Buffer.from(JSON.stringify(content));
    const time = this.#clock.next();
    const secret = deriveLinkSecret(this.identity, keys.publicKey);
    const signature = { publicKey: this.identity.publicKey, time, signature: signHeartbeat(secret, { time, body }) };
    return { body, address: this.address, signature };
  }

  /** Sends one and learns the router's time from the answer. */
  beat(content?: object) {
    const reply = door.enter(this.sign(content));
    this.#clock.learn(reply.router_time_ms ?? 0);
    return reply;
  }

  learn(time: number): void {
    this.#clock.learn(time);
  }
}

/** The code a call is refused with. */
function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof HerdError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("a heartbeat of a simulated machine", () => {
  const simulated = makeHeartbeat({ simulated: true });

  test("enters from where the demo runs", () => {
    new Agent(0, "127.0.0.1").beat(simulated);
    expect(registry.snapshot().nodes).toMatchObject([{ nodeId: "a", isSimulated: true }]);
  });

  test("is refused from anywhere else, signed or not, and pins no key", () => {
    expect(codeOf(() => new Agent().beat(simulated))).toBe("HERD_SIMULATED_REFUSED");
    const body = Buffer.from(JSON.stringify(simulated));
    const unsigned = { body, address: "192.168.1.20", signature: undefined };
    expect(codeOf(() => door.enter(unsigned))).toBe("HERD_SIMULATED_REFUSED");
    expect([registry.snapshot().nodes, refused]).toEqual([[], ["HERD_SIMULATED_REFUSED", "HERD_SIMULATED_REFUSED"]]);
    new Agent(0, "127.0.0.1").beat(simulated);
  });
});

describe("a signed heartbeat", () => {
  test("enters, is answered with the router's time and version, and told on", () => {
    const agent = new Agent();
    const heartbeat = makeHeartbeat({ timestamp: START / 1000 });
    expect(agent.beat(heartbeat)).toEqual({
      status: "ok",
      node_status: "online",
      commands: [],
      router_time_ms: START,
      router_version: "1.2.3",
    });
    expect(accepted).toMatchObject([
      {
        nodeId: "a",
        publicKey: agent.identity.publicKey,
        address: "192.168.1.20",
        isNew: true,
        isDrain: false,
        nodeTime: START,
      },
    ]);
    expect(registry.snapshot().nodes).toMatchObject([{ nodeId: "a", isLegacy: false, status: "online" }]);
  });

  test("is refused when a byte of its body, its time or its key was changed", () => {
    const call = new Agent().sign();
    const body = Buffer.from(call.body.toString().replace('"cores_physical":8', '"cores_physical":9'));
    expect(codeOf(() => door.enter({ ...call, body }))).toBe("HERD_BAD_SIGNATURE");
    const time = call.signature.time + 1;
    expect(codeOf(() => door.enter({ ...call, signature: { ...call.signature, time } }))).toBe("HERD_BAD_SIGNATURE");
    const publicKey = createIdentity().publicKey;
    expect(codeOf(() => door.enter({ ...call, signature: { ...call.signature, publicKey } }))).toBe(
      "HERD_BAD_SIGNATURE",
    );
    expect([codeOf(() => door.enter(call)), refused]).toEqual([
      "accepted",
      ["HERD_BAD_SIGNATURE", "HERD_BAD_SIGNATURE", "HERD_BAD_SIGNATURE"],
    ]);
  });

  test.each(["", "no key", "A".repeat(43), "A".repeat(1000)])(
    "with the key '%s' is refused without harm",
    (publicKey) => {
      const call = new Agent().sign();
      expect(codeOf(() => door.enter({ ...call, signature: { ...call.signature, publicKey } }))).toBe(
        "HERD_BAD_SIGNATURE",
      );
    },
  );

  test("that is sent twice is refused the second time", () => {
    const call = new Agent().sign();
    expect([codeOf(() => door.enter(call)), codeOf(() => door.enter(call))]).toEqual(["accepted", "HERD_REPLAYED"]);
  });

  test("that was overtaken by a later one is refused", () => {
    const agent = new Agent();
    const early = agent.sign();
    now += 10;
    agent.beat();
    expect(codeOf(() => door.enter(early))).toBe("HERD_REPLAYED");
  });

  test("of another machine under the same name is refused, before and after a restart of the router", () => {
    const agent = new Agent();
    agent.beat();
    const intruder = new Agent();
    expect(codeOf(() => intruder.beat())).toBe("HERD_NODE_KEY_MISMATCH");
    const [known] = accepted;
    open();
    door.restore("a", { publicKey: known?.publicKey, address: "192.168.1.20", lastTime: known?.lastTime ?? 0 });
    expect(codeOf(() => intruder.beat())).toBe("HERD_NODE_KEY_MISMATCH");
    now += 1000;
    expect(codeOf(() => agent.beat())).toBe("accepted");
  });

  test("may take a name whose node was removed", () => {
    new Agent().beat();
    door.forget("a");
    expect(codeOf(() => new Agent().beat())).toBe("accepted");
  });

  test("of a machine with a wrong clock enters once that has learned the router's time from the refusal", () => {
    for (const skewMs of [3_600_000, -3_600_000, 90_000]) {
      open();
      const agent = new Agent(skewMs);
      expect(codeOf(() => agent.beat())).toBe("HERD_REPLAYED");
      agent.learn(now);
      expect(codeOf(() => agent.beat())).toBe("accepted");
      now += 5000;
      expect(codeOf(() => agent.beat())).toBe("accepted");
    }
  });

  test("keeps entering a thousand times in a row, several within a millisecond", () => {
    const agent = new Agent();
    for (let count = 0; count < 1000; count += 1) {
      now += count % 3 === 0 ? 1 : 0;
      expect(codeOf(() => agent.beat())).toBe("accepted");
    }
  });
});

describe("an unsigned heartbeat", () => {
  const unsigned = (content: unknown = makeHeartbeat(), address = "192.168.1.30") => ({
    body: Buffer.from(JSON.stringify(content)),
    address,
    signature: undefined,
  });

  test("joins as an agent of the predecessor, bound to its address", () => {
    expect(codeOf(() => door.enter(unsigned()))).toBe("accepted");
    expect(registry.snapshot().nodes).toMatchObject([{ isLegacy: true, address: "192.168.1.30" }]);
    expect(codeOf(() => door.enter(unsigned(makeHeartbeat(), "192.168.1.31")))).toBe("HERD_NODE_KEY_MISMATCH");
  });

  test("is never asked for its inventory, which it would not understand", () => {
    const reply = door.enter(unsigned(makeHeartbeat({}, { models_available: ["m:latest"] })));
    expect(reply.commands).toEqual([]);
  });

  test("cannot drain or speak for a node that signs", () => {
    const agent = new Agent();
    agent.beat();
    expect(codeOf(() => door.enter(unsigned({ node_id: "a", draining: true }, agent.address)))).toBe(
      "HERD_NODE_KEY_MISMATCH",
    );
    expect(registry.snapshot().nodes[0]?.isDraining).toBe(false);
  });
});

describe("a drain notice", () => {
  test("needs nothing but the node's name, and is answered as one", () => {
    const agent = new Agent();
    agent.beat();
    now += 10;
    expect(agent.beat({ node_id: "a", draining: true })).toMatchObject({ status: "draining", node_id: "a" });
    expect(registry.snapshot().nodes[0]?.isDraining).toBe(true);
    expect(accepted.at(-1)).toMatchObject({ isDrain: true, isNew: false });
  });
});

describe("a body that is no heartbeat", () => {
  test.each([
    ["", "(body)"],
    ["{", "(body)"],
    ["null", "(body)"],
    ['"text"', "(body)"],
    ["{}", "node_id"],
    ['{"node_id":""}', "node_id"],
    ['{"node_id":"a b"}', "node_id"],
    ['{"draining":true}', "node_id"],
    ['{"node_id":"a","cpu":1}', "cpu"],
  ])("%s is refused with the field at fault: %s", (text, field) => {
    let error: unknown;
    try {
      door.enter({ body: Buffer.from(text), address: "192.168.1.30", signature: undefined });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "HERD_BAD_HEARTBEAT", field });
    expect(registry.snapshot().nodes).toEqual([]);
  });
});

describe("the inventory", () => {
  test("is asked for by a command while facts are missing", () => {
    const agent = new Agent();
    const lacking = makeHeartbeat({}, { models_available: ["m:latest"] });
    expect(agent.beat(lacking).commands).toMatchObject([{ type: "report_inventory" }]);
    const full = makeHeartbeat(
      {},
      { models_available: ["m:latest"], models_available_meta: { "m:latest": { digest: "d" } } },
    );
    expect(agent.beat(full).commands).toEqual([]);
    expect(agent.beat(lacking).commands).toEqual([]);
  });
});

describe("calls to a node's gateway", () => {
  test("are signed so that the agent can check them, on the agent's own clock", () => {
    const agent = new Agent();
    expect(keys.sign("a" as never, { method: "POST", path: "/x" })).toEqual([]);
    keys.linked("a" as never, { publicKey: agent.identity.publicKey, nodeTime: START + 500_000 });
    const headers = keys.sign("a" as never, { method: "POST", path: "/ollama/api/chat?x=1" });
    const value = (name: string): string => headers[headers.indexOf(name) + 1] ?? "";
    const [time, nonce] = [Number(value(linkHeaders.time)), value(linkHeaders.nonce)];
    expect(time).toBe(START + 500_000);
    const secret = deriveLinkSecret(agent.identity, keys.publicKey);
    const expected = signCall(secret, { method: "POST", path: "/ollama/api/chat?x=1", time, nonce });
    expect(signaturesMatch(expected, value(linkHeaders.signature))).toBe(true);
    expect(
      signaturesMatch(signCall(secret, { method: "POST", path: "/other", time, nonce }), value(linkHeaders.signature)),
    ).toBe(false);
  });

  test("never use a nonce twice", () => {
    keys.linked("a" as never, { publicKey: new Agent().identity.publicKey, nodeTime: undefined });
    const nonces = Array.from({ length: 500 }, () => keys.sign("a" as never, { method: "GET", path: "/" })[3]);
    expect(new Set(nonces).size).toBe(500);
  });

  test("are not signed for a node whose key is none", () => {
    keys.linked("a" as never, { publicKey: "no key", nodeTime: undefined });
    expect(keys.sign("a" as never, { method: "GET", path: "/" })).toEqual([]);
  });
});
