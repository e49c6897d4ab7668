import { join } from "node:path";
import type { FleetStatus } from "@herd/shared";
import { createIdentity, deriveLinkSecret, linkHeaders, loadOrCreateIdentity, signCall } from "@herd/shared/link";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { ask, askJson, openCall, type Target } from "../support/clients/http-call.ts";
import { createForgedAgent, postHeartbeat } from "../support/fleets/forged-agent.ts";
import { whyNoNamespaces } from "../support/fleets/lan.ts";
import { type MachinePlaces, onMachines, type Standpoint } from "../support/fleets/places.ts";
import { fleetStatus, type ProcessFleet, startProcessFleet } from "../support/fleets/process-fleet.ts";
import { setFault, simulatedState } from "../support/fleets/simulated-control.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const whyNot = whyNoNamespaces();
const MODEL = "demo-chat:8b";
const chat = { model: MODEL, messages: [{ role: "user", content: "Hello" }], options: { num_predict: 3 } };

describe.skipIf(whyNot !== undefined)(
  `a fleet on machines of its own${whyNot === undefined ? "" : ` (${whyNot})`}`,
  () => {
    const cleanup = createCleanup();
    let places: MachinePlaces;
    let fleet: ProcessFleet;
    beforeAll(async () => {
      const folder = tempFolder(cleanup);
      places = await onMachines(cleanup, { nodes: 1, folder, withStranger: true });
      const ollamaFlags = ["--model", `${MODEL}:4.9`, "--load", MODEL, "--time-scale", "0"];
      fleet = await startProcessFleet(cleanup, { places, folder, ollamaFlags });
    }, 90_000);
    afterAll(() => cleanup.run());

    const node = () => places.nodes[0]?.address ?? "";
    const router = (from: Standpoint, address = places.router.address) => places.reach(from, address, 11_435);
    const gateway = (from: Standpoint) => places.reach(from, node(), 11_433);

    describe("the gateway of a node", () => {
      const path = "/ollama/api/tags";
      const secret = async () => {
        const agent = loadOrCreateIdentity(join(fleet.dataDir, "..", "node-a", "agent-key.pem"));
        return deriveLinkSecret(loadOrCreateIdentity(join(fleet.dataDir, "router-key.pem")), agent.publicKey);
      };
      const signed = async (call: { readonly nonce: string; readonly time?: number; readonly path?: string }) => {
        const time = call.time ?? Date.now();
        const signature = signCall(await secret(), { method: "GET", path: call.path ?? path, time, nonce: call.nonce });
        return {
          [linkHeaders.time]: String(time),
          [linkHeaders.nonce]: call.nonce,
          [linkHeaders.signature]: signature,
        };
      };

      test("is the way of every request, since Ollama itself listens on the node's loopback only", async () => {
        const { status, headers } = await ask(fleet.target, { path: "/api/chat", body: chat });
        expect([status, headers["x-fleet-node"]]).toEqual([200, "node-a"]);
        expect(headers["x-herd-gateway"]).toBeUndefined();
        const { nodes } = await fleetStatus(fleet.target);
        expect(nodes[0]).toMatchObject({ reached_by: "gateway", ollama_url: `http://${node()}:11433/ollama` });
        expect((await ask(await places.reach("router", node(), 11_434), { path: "/api/tags" })).status).toBe(0);
      });

      test("refuses every call from another machine than the router's, signed or not", async () => {
        const answers = await Promise.all([
          ask(await gateway("client"), { path }),
          ask(await gateway("client"), { path, headers: await signed({ nonce: "from-elsewhere" }) }),
          ask(await gateway("client"), { path: "/", method: "OPTIONS" }),
        ]);
        expect(answers.map(({ status, headers }) => [status, headers["x-herd-gateway"]])).toEqual(
          Array.from({ length: 3 }, () => [403, "refused"]),
        );
        expect(answers.map(({ text }) => text).join()).not.toContain(MODEL);
      });

      test("takes a call from the router's machine only with a signature that fits it and was never used", async () => {
        const target = await gateway("router");
        const mark = async (headers: Readonly<Record<string, string>>, callPath = path) => {
          const reply = await ask(target, { path: callPath, headers });
          return [reply.status, reply.headers["x-herd-gateway"]];
        };
        const once = await signed({ nonce: "once" });
        expect(await mark(once)).toEqual([200, undefined]);
        const unauthorised = [401, "unauthorised"];
        expect(await mark(once)).toEqual(unauthorised);
        expect(await mark({})).toEqual(unauthorised);
        expect(await mark(await signed({ nonce: "for another path", path: "/ollama/api/ps" }))).toEqual(unauthorised);
        expect(await mark(await signed({ nonce: "late", time: Date.now() - 120_000 }))).toEqual(unauthorised);
        expect(await mark(await signed({ nonce: "early", time: Date.now() + 120_000 }))).toEqual(unauthorised);
        expect(await mark({ ...(await signed({ nonce: "x" })), [linkHeaders.nonce]: "y" })).toEqual(unauthorised);
        expect(await mark({ ...once, [linkHeaders.signature]: "0".repeat(64) })).toEqual(unauthorised);
      });
    });

    test("a client that leaves ends the node's work through the gateway at once", async () => {
      const ollama = await places.reach(0, "127.0.0.1", 11_434);
      await setFault(ollama, { kind: "hang", afterRecords: 1 });
      const call = openCall(fleet.target, { path: "/api/chat", body: chat });
      await call.firstByte;
      // The first record has passed both on the way, while the second never comes.
      expect(call.received().toString()).toMatch(/"done":false\}\n$/);
      const leftAt = Date.now();
      call.leave();
      const look = async () =>
        (await simulatedState(ollama)).received.find(({ closedByClientAt }) => closedByClientAt !== null);
      const seen = await until({ what: "the node sees the end", look, withinMs: 2_000 });
      expect((seen.closedByClientAt ?? 0) - leftAt).toBeLessThan(200);
      await setFault(ollama, null);
    });

    describe("a heartbeat", () => {
      const heartbeatAt = async (from: Standpoint) => {
        const target = await router(from);
        return { target, agent: createForgedAgent(target) };
      };
      const refusal = { error: expect.any(String), hint: expect.any(String), router_time_ms: expect.any(Number) };
      const known = async () => (await fleetStatus(fleet.target)).nodes.map(({ node_id }) => node_id);

      test("counts once: sent again, it is refused as a replay, from wherever", async () => {
        const { target, agent } = await heartbeatAt("client");
        const sealed = await agent.seal({ node_id: "forged" });
        expect((await postHeartbeat(target, sealed)).status).toBe(200);
        const again = await postHeartbeat(target, sealed);
        expect(again.status).toBe(403);
        expect(JSON.parse(again.text)).toEqual({ ...refusal, code: "HERD_REPLAYED", field: "node_id" });
        expect((await postHeartbeat(await router(0), sealed)).status).toBe(403);
        const { nodes } = await fleetStatus(fleet.target);
        expect(nodes.find(({ node_id }) => node_id === "forged")?.address).toBe("10.77.0.200");
      });

      test("is refused when its time is far from the router's, with the router's time in the answer", async () => {
        const { target, agent } = await heartbeatAt("client");
        for (const aheadMs of [-120_000, 120_000]) {
          const reply = await postHeartbeat(target, await agent.seal({ node_id: "late" }, { aheadMs }));
          expect(reply.status).toBe(403);
          expect(JSON.parse(reply.text)).toMatchObject({ code: "HERD_REPLAYED" });
        }
        expect(await known()).not.toContain("late");
      });

      test("signed with another key than the node's first one is refused, and so is one without any", async () => {
        const { target } = await heartbeatAt("client");
        const other = await createForgedAgent(target, createIdentity()).seal({ node_id: "node-a" });
        for (const sealed of [other, { body: other.body, headers: {} }]) {
          const reply = await postHeartbeat(target, sealed);
          expect(reply.status).toBe(403);
          expect(JSON.parse(reply.text)).toEqual({ ...refusal, code: "HERD_NODE_KEY_MISMATCH", field: "node_id" });
        }
        const { nodes } = await fleetStatus(fleet.target);
        expect(nodes.find(({ node_id }) => node_id === "node-a")).toMatchObject({ address: node(), status: "online" });
      });

      test("whose body was changed on the way is refused", async () => {
        const { target, agent } = await heartbeatAt("client");
        const { body, headers } = await agent.seal({ node_id: "bent" });
        const reply = await postHeartbeat(target, {
          body: body.replace('"pressure":"normal"', '"pressure":"warn"'),
          headers,
        });
        expect(reply.status).toBe(403);
        expect(JSON.parse(reply.text)).toMatchObject({ code: "HERD_BAD_SIGNATURE" });
        expect(await known()).not.toContain("bent");
      });

      test("cannot send requests to an address that it only claims", async () => {
        const { target, agent } = await heartbeatAt("client");
        const claims = { node_id: "liar", ollama_host: `http://${node()}:11434`, lan_ip: node() };
        expect((await postHeartbeat(target, await agent.seal(claims))).status).toBe(200);
        const { nodes } = await fleetStatus(fleet.target);
        expect(nodes.find(({ node_id }) => node_id === "liar")?.ollama_url).toBe("http://10.77.0.200:11433/ollama");
      });
    });

    describe("the router's doors", () => {
      const codeOf = async (target: Target, call: Parameters<typeof ask>[1]) => {
        const { status, headers } = await ask(target, call);
        return [status, headers["x-herd-error"]];
      };

      test("let the private network use the fleet, and see it", async () => {
        const lan = await router("client");
        expect((await ask(lan, { path: "/api/chat", body: chat })).status).toBe(200);
        expect((await ask(lan, { path: "/api/tags" })).status).toBe(200);
        expect((await askJson<FleetStatus>(lan, { path: "/fleet/status" })).fleet.nodes_total).toBeGreaterThan(0);
      });

      test("let only the router's own machine change the fleet", async () => {
        const change = { method: "DELETE", path: "/fleet/nodes/nobody" };
        expect(await codeOf(await router("client"), change)).toEqual([403, "HERD_ADMIN_ONLY"]);
        const local = await router("router", "127.0.0.1");
        expect(await codeOf(local, change)).toEqual([404, "HERD_UNKNOWN_NODE"]);
        const forwarded = { ...change, headers: { "x-forwarded-for": "127.0.0.1" } };
        expect(await codeOf(local, forwarded)).toEqual([403, "HERD_ADDRESS_REFUSED"]);
        expect(await codeOf(await router("client"), forwarded)).toEqual([403, "HERD_ADMIN_ONLY"]);
      });

      test("stay closed to public addresses", async () => {
        const stranger = await router("stranger");
        for (const path of ["/", "/api/tags", "/fleet/status", "/fleet/identity"]) {
          expect(await codeOf(stranger, { path })).toEqual([403, "HERD_ADDRESS_REFUSED"]);
        }
        expect(await codeOf(stranger, { path: "/api/chat", body: chat })).toEqual([403, "HERD_ADDRESS_REFUSED"]);
        expect(await codeOf(stranger, { path: "/heartbeat", body: {} })).toEqual([403, "HERD_ADDRESS_REFUSED"]);
      });

      test.each([
        ["evil.example.com", 403],
        ["evil.example.com:11435", 403],
        ["127.0.0.1.nip.io", 403],
        ["10.77.0.1:11435", 200],
        ["router", 200],
        ["router.local:11435", 200],
        ["localhost", 200],
        ["[::1]:11435", 200],
      ])("answer the Host %s with %i", async (host, status) => {
        for (const from of ["client", "router"] as const) {
          const reply = await ask(await router(from), { path: "/api/tags", headers: { host } });
          expect(reply.status).toBe(status);
          expect(reply.headers["x-herd-error"]).toBe(status === 200 ? undefined : "HERD_HOST_REFUSED");
        }
      });
    });
  },
);
