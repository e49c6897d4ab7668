import type { FleetNodeView } from "@herd/shared";
import { describe, expect, test } from "vitest";
import { type Cleanup, withCleanup } from "../support/cleanup.ts";
import { ask, askJson } from "../support/clients/http-call.ts";
import { whyNoNamespaces } from "../support/fleets/lan.ts";
import {
  endsOf,
  type LostNodeCase,
  type LostNodeStory,
  loseNode,
  MODEL,
  revive,
  untilShown,
} from "../support/fleets/lost-node-case.ts";
import { onLoopback, onMachines, type Places } from "../support/fleets/places.ts";
import { nodeView } from "../support/fleets/process-fleet.ts";
import { untilQueue } from "../support/fleets/queue.ts";
import { untilTraces } from "../support/fleets/stored-traces.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until } from "../support/until.ts";

const TIMEOUT_MS = 150_000;
/** 30 s after the last heartbeat, which was at most 5 s before the loss; looked at every second. */
const OFFLINE = { earliestMs: 24_000, latestMs: 38_000 };
const AT_ONCE_MS = 3_000;

type Arrange = (cleanup: Cleanup, folder: string) => Promise<Places>;
const onOneMachine: Arrange = () => Promise.resolve(onLoopback(2));
const onThreeMachines: Arrange = (cleanup, folder) => onMachines(cleanup, { nodes: 2, folder });
const arrangements: readonly (readonly [string, Arrange, string | undefined])[] = [
  ["on machines of their own, behind gateways", onThreeMachines, whyNoNamespaces()],
  ["on the router's own machine", onOneMachine, undefined],
];

describe.concurrent.each(arrangements)(
  "a node that is lost under fifty open requests, nodes %s",
  (_title, arrange, whyNot) => {
    const isBehindGateway = arrange === onThreeMachines;

    test(
      "agent and Ollama killed together: degraded at once, offline after 30 s, back within 10 s",
      (context) => {
        context.skip(whyNot !== undefined, whyNot);
        return tell(arrange, ["agent", "ollama"], async (story) => {
          await untilShown(story, { what: "degraded", isShown: isDegraded, withinMs: AT_ONCE_MS });
          await expectHonestEnds(story, { broken: "all" });
          await expectOffline(story);
        });
      },
      TIMEOUT_MS,
    );

    test(
      "only Ollama killed: the node stays online, its backend is unreachable and no candidate",
      (context) => {
        context.skip(whyNot !== undefined, whyNot);
        return tell(arrange, ["ollama"], async (story) => {
          const statuses = watchStatus(story);
          await untilShown(story, {
            what: "online with an unreachable backend",
            isShown: ({ status, backends }) => status === "online" && backends[0]?.is_reachable === false,
            withinMs: AT_ONCE_MS,
          });
          await expectHonestEnds(story, { broken: "all" });
          await expectNoCandidate(story, "backend-unreachable");
          expect(await statuses.end()).toEqual(["online"]);
        });
      },
      TIMEOUT_MS,
    );

    test(
      "only the agent killed: offline after 30 s, back within 10 s",
      (context) => {
        context.skip(whyNot !== undefined, whyNot);
        return tell(arrange, ["agent"], async (story) => {
          // Without a gateway in between, the router reaches the Ollama as before: nothing breaks, and only silence tells.
          const withinMs = isBehindGateway ? AT_ONCE_MS : 20_000;
          await untilShown(story, { what: "degraded", isShown: isDegraded, withinMs });
          await expectHonestEnds(story, { broken: isBehindGateway ? "all" : "none" });
          await expectOffline(story);
          await expectNoCandidate(story, "offline");
        });
      },
      TIMEOUT_MS,
    );
  },
);

const isDegraded = ({ status }: FleetNodeView): boolean => status === "degraded";

/** Tells the story from the loss to the return of the node, and looks afterwards whether every request is accounted for. */
function tell(arrange: Arrange, kills: LostNodeCase["kills"], happens: (story: LostNodeStory) => Promise<void>) {
  return withCleanup(async (cleanup) => {
    const folder = tempFolder(cleanup);
    const story = await loseNode(cleanup, { places: await arrange(cleanup, folder), folder, kills });
    await happens(story);
    expect(await revive(story, { kills })).toBeLessThan(10_000);
    // Every slot is free again, nobody waits.
    await untilQueue(story.fleet.target, { in_flight: 0, pending: 0, held: 0 });
  });
}

/** Who had begun on the lost node is told so; everybody else has a whole answer. */
async function expectHonestEnds(story: LostNodeStory, { broken }: { readonly broken: "all" | "none" }): Promise<void> {
  const ends = await endsOf(story.crowd);
  expect(ends.filter(({ end }) => end === "dishonest")).toEqual([]);
  const told = ends.filter(({ end }) => end === "told-error");
  expect(new Set(told.map(({ node }) => node))).toEqual(new Set(broken === "all" ? [story.lost.id] : []));
  const begun = new Set(story.begun.map(({ call }) => call));
  const endsOfBegun = ends.filter((_, index) => begun.has(story.crowd[index]?.call as never)).map(({ end }) => end);
  expect(endsOfBegun).toEqual(story.begun.map(() => (broken === "all" ? "told-error" : "whole")));
  const traces = await untilTraces(story.fleet.dataDir, story.crowd.length);
  const statuses = Object.groupBy(traces, ({ status }) => status);
  expect(statuses["completed"]).toHaveLength(story.crowd.length - told.length);
  expect(statuses["incomplete"] ?? []).toHaveLength(told.length);
}

async function expectOffline(story: LostNodeStory): Promise<void> {
  const isShown = ({ status }: FleetNodeView): boolean => status === "offline";
  await untilShown(story, { what: "offline", isShown, withinMs: OFFLINE.latestMs });
  expect(performance.now() - story.lostAt).toBeGreaterThan(OFFLINE.earliestMs);
  expect(performance.now() - story.lostAt).toBeLessThan(OFFLINE.latestMs);
}

/** The decision of a new request names the lost node among those it turned down, and why. */
async function expectNoCandidate({ fleet, lost }: LostNodeStory, filter: string): Promise<void> {
  const body = { model: MODEL, prompt: "Hello", stream: false, options: { num_predict: 2 } };
  const { status, headers } = await ask(fleet.target, { path: "/api/generate", body });
  expect(status).toBe(200);
  expect(headers["x-fleet-node"]).not.toBe(lost.id);
  const path = `/fleet/decisions/${headers["x-request-id"]}`;
  const { attempts } = await askJson<{ attempts: readonly { rejected: readonly object[] }[] }>(fleet.target, { path });
  expect(attempts[0]?.rejected).toEqual([expect.objectContaining({ node_id: lost.id, filter })]);
}

/** Collects every status that the lost node is shown with, until it is told to end. */
function watchStatus({ fleet, lost }: LostNodeStory) {
  const seen = new Set<string>();
  let isOver = false;
  const watching = until({
    what: "the watch was ended",
    look: async () => {
      seen.add((await nodeView(fleet.target, lost.id))?.status ?? "unknown");
      return isOver;
    },
    withinMs: TIMEOUT_MS,
  });
  return {
    end: async (): Promise<readonly string[]> => {
      isOver = true;
      await watching;
      return [...seen];
    },
  };
}
