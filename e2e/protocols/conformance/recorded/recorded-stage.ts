import { startReplay } from "@herd/simulated-ollama";
import type { Cleanup } from "../../../support/cleanup.ts";
import { startLocalAgent, startLocalRouter } from "../../../support/fleets/local-fleet.ts";
import type { RecordedExchange } from "./recorded-exchange.ts";
import { type ReplayFront, startReplayFront } from "./replay-front.ts";
import { listsOf, type ServedLists } from "./served-lists.ts";

/** A router whose only node replays recordings. */
export interface RecordedStage {
  readonly router: URL;
  readonly front: ReplayFront;
}

/** Waiting for a node that comes back is no business of one answer, and num_ctx is to arrive as it was sent. */
const environment = {
  FLEET_START_GRACE_S: "0",
  FLEET_HOLDING_S: "0",
  FLEET_MAX_RETRIES: "0",
  FLEET_MDNS: "false",
  FLEET_CONTEXT_PROTECTION: "passthrough",
} as const;

/** Starts the replay of a folder, a node in front of it, and a router. */
export async function startRecordedStage(
  cleanup: Cleanup,
  folder: string,
  exchanges: readonly RecordedExchange[],
): Promise<RecordedStage> {
  const replay = await startReplay({ folder });
  cleanup.add(() => replay.close());
  const front = await startReplayFront(cleanup, replay.port, listsOf(modelsIn(exchanges)));
  const router = await startLocalRouter(cleanup, environment);
  await startLocalAgent(cleanup, { id: "replay", routerUrl: router.url, ollamaUrl: front.url, beatS: 1 });
  return { router: new URL(router.url), front };
}

/** Starts a router whose only node says this of its models; one without nodes when there are none. */
export async function startListStage(cleanup: Cleanup, lists: ServedLists): Promise<URL> {
  const router = await startLocalRouter(cleanup, environment);
  const hasModels = JSON.stringify(lists["/api/tags"]).includes('"name"');
  if (hasModels) {
    const front = await startReplayFront(cleanup, 0, lists);
    await startLocalAgent(cleanup, { id: "lists", routerUrl: router.url, ollamaUrl: front.url, beatS: 1 });
  }
  return new URL(router.url);
}

/** Every model that a recorded request names and that was there. */
function modelsIn(exchanges: readonly RecordedExchange[]): readonly string[] {
  const names = exchanges.flatMap(({ request, answer }) => {
    const text = request.body?.toString("utf8") ?? "";
    const named = [...text.matchAll(/"(?:model|name|source)"\s*:\s*"([^"]+)"/gi)].map(([, name = ""]) => name.trim());
    return answer.status === 404
      ? []
      : named.filter((name) => /^[\w.:/-]+$/.test(name) && !/^nope|cloud|^https:/.test(name));
  });
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
