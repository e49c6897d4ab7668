import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Cleanup, createCleanup } from "../support/cleanup.ts";
import { createLan, type Lan, type Machine, whyNoNamespaces } from "../support/fleets/lan.ts";
import { type Program, startProgram } from "../support/programs/start-program.ts";
import { tempFolder } from "../support/temp-folder.ts";

const whyNot = whyNoNamespaces();
const PORT = 11_435;

describe.skipIf(whyNot !== undefined)(
  `agents without a router's URL${whyNot === undefined ? "" : ` (${whyNot})`}`,
  { timeout: 90_000 },
  () => {
    let cleanup: Cleanup;
    let folder: string;
    let lan: Lan;
    beforeEach(async () => {
      cleanup = createCleanup();
      folder = tempFolder(cleanup);
      lan = await createLan(cleanup);
    });
    afterEach(() => cleanup.run());

    const startRouter = async (machine: Machine, keptIn: string, port = PORT): Promise<Program> => {
      const router = startProgram({
        name: "herd",
        flags: ["--port", String(port), "--data-dir", join(folder, keptIn), "--log-level", "INFO"],
        environment: { FLEET_MDNS: "true" },
        prefix: machine.prefix,
      });
      cleanup.add(router.kill);
      await router.printed(/API {2,}http/);
      return router;
    };
    const startAgent = (machine: Machine, keptIn: string, ...flags: readonly string[]): Program => {
      const agent = startProgram({
        name: "herd-node",
        flags: ["--node-id", "mini", "--data-dir", join(folder, keptIn), ...flags],
        prefix: machine.prefix,
      });
      cleanup.add(agent.kill);
      return agent;
    };
    const timed = async (event: Promise<unknown>): Promise<number> => {
      const since = performance.now();
      await event;
      return performance.now() - since;
    };

    test("find the router, and join it", async () => {
      const router = await lan.machine(1);
      await startRouter(router, "router");
      const agent = startAgent(await lan.machine(11), "agent");
      await agent.printed(/looking for a router by mDNS; to name it: herd-node --router-url/);
      await agent.printed(/Router found by mDNS: "Fleet Manager Router" on \S+ at http:\/\/10\.77\.0\.1:11435/);
      await agent.printed(/Joined as mini at http:\/\/10\.77\.0\.1:11435/);
    });

    test("find a router that is started after them", async () => {
      const router = await lan.machine(1);
      const agent = startAgent(await lan.machine(11), "agent");
      await agent.printed(/looking for a router/);
      await startRouter(router, "router");
      await agent.printed(/Joined as mini at http:\/\/10\.77\.0\.1:11435/);
    });

    test("choose among two by the rule that they print, and name the other with the line to join it", async () => {
      const machines = [await lan.machine(1), await lan.machine(2)];
      const routers = await Promise.all(machines.map((machine, at) => startRouter(machine, `router-${at}`)));
      await Promise.all(routers.map((router) => router.printed(/announced by mDNS as/)));
      const [here, there] = [await lan.machine(11), await lan.machine(12)];
      const agents = [startAgent(here, "a"), startAgent(there, "b", "--node-id", "maxi")];
      const joined = await Promise.all(agents.map((agent) => agent.printed(/Joined as m..i at (\S+)/)));
      const urls = joined.map(([, url]) => url);
      expect(urls[0]).toBe(urls[1]);
      const [, text] = await (agents[0] as Program).printed(/(2 routers found by mDNS.*)\n/);
      expect(text).toMatch(/Joining "Fleet Manager Router( \(2\))?" on .* since its fleet id is the lowest/);
      const other = urls[0]?.includes("10.77.0.1:") ? "10.77.0.2" : "10.77.0.1";
      expect(text).toContain(`herd-node --router-url http://${other}:11435`);
      expect(routers.map((router) => /announced by mDNS as "(.*)"/.exec(router.output())?.[1]).sort()).toEqual([
        "Fleet Manager Router",
        "Fleet Manager Router (2)",
      ]);
    });

    test("follow the router to another address", async () => {
      const router = await lan.machine(1);
      await startRouter(router, "router");
      const agent = startAgent(await lan.machine(11), "agent");
      await agent.printed(/Joined as mini at http:\/\/10\.77\.0\.1:/);
      await router.readdress(5);
      const ms = await timed(agent.printed(/Joined again as mini at http:\/\/10\.77\.0\.5:11435/));
      process.stdout.write(`    found again after a change of address: ${Math.round(ms)} ms\n`);
    });

    test("follow the router to another port, and wait while it is away", async () => {
      const machine = await lan.machine(1);
      const router = await startRouter(machine, "router");
      const agent = startAgent(await lan.machine(11), "agent");
      await agent.printed(/Joined as mini/);
      await router.kill();
      await agent.printed(/was lost/);
      await startRouter(machine, "router", 11_500);
      const ms = await timed(agent.printed(/Joined again as mini at http:\/\/10\.77\.0\.1:11500/));
      process.stdout.write(`    found again after a change of port: ${Math.round(ms)} ms\n`);
    });

    test("stay with their fleet: another router is named, not joined, while theirs is away", async () => {
      const [one, two] = [await lan.machine(1), await lan.machine(2)];
      const own = await startRouter(one, "own");
      const agent = startAgent(await lan.machine(11), "agent");
      await agent.printed(/Joined as mini at http:\/\/10\.77\.0\.1:/);
      await startRouter(two, "other");
      await own.kill();
      await agent.printed(
        /no other fleet is joined by itself\. Also there: .*herd-node --router-url http:\/\/10\.77\.0\.2:11435/,
        60_000,
      );
      await startRouter(one, "own");
      await agent.printed(/Joined again as mini at http:\/\/10\.77\.0\.1:/);
      expect(agent.output()).not.toContain("at http://10.77.0.2:11435\n");
    });

    test("come back to their fleet after a restart, and change it when its URL is given once", async () => {
      const machines = [await lan.machine(1), await lan.machine(2)];
      await startRouter(machines[0] as Machine, "one");
      await startRouter(machines[1] as Machine, "two");
      const place = await lan.machine(11);
      for (const host of [1, 2]) {
        const url = `http://10.77.0.${host}:11435`;
        const told = startAgent(place, "agent", "--router-url", url);
        await told.printed(/Joined as mini/);
        await told.kill();
        const again = startAgent(place, "agent");
        expect((await again.printed(/Joined as mini at (\S+)/))[1]).toBe(url);
        await again.kill();
      }
    });

    test("find the router from a machine, and on a machine, with two interfaces", async () => {
      const second = await createLan(cleanup, "10.78.0");
      const router = await lan.machine(1);
      await second.connect(router, 1);
      await startRouter(router, "router");
      const onFirst = startAgent(await lan.machine(11), "first");
      const onSecond = startAgent(await second.machine(12), "second", "--node-id", "far");
      const both = await lan.machine(13);
      await second.connect(both, 13);
      const onBoth = startAgent(both, "both", "--node-id", "both");
      await onFirst.printed(/Joined as mini at http:\/\/10\.77\.0\.1:/);
      await onSecond.printed(/Joined as far at http:\/\/10\.78\.0\.1:/);
      await onBoth.printed(/Joined as both at http:\/\/10\.7[78]\.0\.1:/);
    });

    test("prefer the router of their own machine", async () => {
      const machines = [await lan.machine(1), await lan.machine(2)];
      const routers = await Promise.all(machines.map((machine, at) => startRouter(machine, `router-${at}`)));
      await Promise.all(routers.map((router) => router.printed(/announced by mDNS as/)));
      const agents = machines.map((machine, at) => startAgent(machine, `agent-${at}`));
      for (const agent of agents) {
        await agent.printed(/2 routers found by mDNS\. Joining .*since it runs on this machine/);
        await agent.printed(/Joined as mini at http:\/\/127\.0\.0\.1:11435/);
      }
    });

    test("are neither lured away nor kept from their router by somebody who announces what is not there", async () => {
      const [router, place, evil] = [await lan.machine(1), await lan.machine(11), await lan.machine(66)];
      const attacker = startProgram({ name: "hostile-announcer", flags: [], prefix: evil.prefix });
      cleanup.add(attacker.kill);
      await attacker.printed(/announcing/);
      const agent = startAgent(place, "agent");
      await agent.printed(/is in no private network: it is not used/);
      await startRouter(router, "router");
      await agent.printed(/Joined as mini at http:\/\/10\.77\.0\.1:11435/, 60_000);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not come through.
      expect(agent.output()).not.toMatch(/[\u0007\u001b]/);
      expect(agent.output()).not.toContain("http://127.0.0.1:9 ");
      expect(agent.output().split("\n").length).toBeLessThan(100);
    });

    test("hear a router leave, and find it when both come back", async () => {
      const machine = await lan.machine(1);
      const router = await startRouter(machine, "router");
      const place = await lan.machine(11);
      const agent = startAgent(place, "agent");
      await agent.printed(/Joined as mini/);
      router.signal("SIGTERM");
      await router.ended;
      await agent.printed(/was lost/);
      await place.unplug();
      await startRouter(machine, "router");
      await place.plug();
      await agent.printed(/Joined again as mini/);
    });
  },
);
