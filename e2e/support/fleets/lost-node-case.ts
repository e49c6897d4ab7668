import type { FleetNodeView } from "@herd/shared";
import type { Cleanup } from "../cleanup.ts";
import { begunOn, type Member, startCrowd, streamEndOf } from "../clients/crowd.ts";
import { ask } from "../clients/http-call.ts";
import { until } from "../until.ts";
import type { Places } from "./places.ts";
import { type FleetNode, nodeView, type ProcessFleet, startProcessFleet } from "./process-fleet.ts";

/** Which programs of the node are killed. */
export interface LostNodeCase {
  readonly kills: readonly ("agent" | "ollama")[];
}

/** A fleet of two, the node that is lost, and the crowd that was there when it happened. */
export interface LostNodeStory {
  readonly fleet: ProcessFleet;
  readonly lost: FleetNode;
  readonly crowd: readonly Member[];
  /** Members that had begun there at the moment of the loss. */
  readonly begun: readonly Member[];
  /** ms on `performance.now()` at which the programs were dead. */
  readonly lostAt: number;
}

export const MODEL = "demo-chat:8b";
const CROWD = 50;
const TOKENS = 30;

/** Starts a fleet of two, opens fifty requests, and kills a node while some of them stream and others wait. */
export async function loseNode(
  cleanup: Cleanup,
  { places, folder, kills }: LostNodeCase & { readonly places: Places; readonly folder: string },
): Promise<LostNodeStory> {
  const fleet = await startProcessFleet(cleanup, {
    places,
    folder,
    parallel: 4,
    // Four at a time share the machine: 20 tokens/s each, and a first byte after about a quarter of a second.
    ollamaFlags: ["--model", `${MODEL}:4.9`, "--load", MODEL, "--decode", "40", "--prefill", "80"],
  });
  const [lost] = fleet.nodes;
  if (lost === undefined) throw new Error("a fleet of two has a first node");
  const crowd = startCrowd(fleet.target, { size: CROWD, model: MODEL, tokens: TOKENS });
  cleanup.add(() => {
    for (const { call } of crowd) call.leave();
  });
  await until({
    what: "answers have begun on both nodes",
    look: () => fleet.nodes.every(({ id }) => begunOn(crowd, id).length >= 2),
    withinMs: 20_000,
  });
  const begun = begunOn(crowd, lost.id);
  await Promise.all(kills.map((name) => lost[name].kill()));
  return { fleet, lost, crowd, begun, lostAt: performance.now() };
}

/** How every member of the crowd ended. */
export async function endsOf(crowd: readonly Member[]) {
  return Promise.all(
    crowd.map(async ({ dialect, call }) => {
      const reply = await call.reply;
      return { dialect, node: call.node(), end: streamEndOf(dialect, reply), status: reply.status, text: reply.text };
    }),
  );
}

/** Starts what was killed again and waits until the node answers requests; resolves to the time that took, ms. */
export async function revive({ fleet, lost }: LostNodeStory, { kills }: LostNodeCase): Promise<number> {
  const since = performance.now();
  if (kills.includes("ollama")) await lost.startOllama();
  if (kills.includes("agent")) await lost.startAgent();
  await until({ what: `${lost.id} serves again`, look: () => isServedBy(fleet, lost), withinMs: 15_000 });
  return performance.now() - since;
}

/** Two requests for each slot of one node: the other must take some, if it is there. */
async function isServedBy({ target }: ProcessFleet, { id }: FleetNode): Promise<boolean> {
  const body = { model: MODEL, prompt: "Hello", stream: false, options: { num_predict: 2 } };
  const replies = await Promise.all(Array.from({ length: 8 }, () => ask(target, { path: "/api/generate", body })));
  return replies.some(({ status, headers }) => status === 200 && headers["x-fleet-node"] === id);
}

/** Waits until the lost node is shown as expected. */
export function untilShown(
  { fleet, lost }: LostNodeStory,
  { what, isShown, withinMs }: AwaitedView,
): Promise<FleetNodeView> {
  return until({
    what: `${lost.id} is shown as ${what}`,
    look: async () => {
      const view = await nodeView(fleet.target, lost.id);
      return view !== undefined && isShown(view) ? view : undefined;
    },
    withinMs,
  });
}

/** A state of the node that is waited for. */
export interface AwaitedView {
  readonly what: string;
  readonly isShown: (view: FleetNodeView) => boolean;
  readonly withinMs: number;
}
