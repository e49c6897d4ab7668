import { tellRefusal } from "../answers/answer.ts";
import type { Incoming, RouteVoice } from "../incoming.ts";
import type { DiskParts } from "./disk-parts.ts";
import { factsOfDiskRequest, readOrRefuse } from "./facts-of.ts";
import { findHolders } from "./find-holders.ts";
import { runProgress } from "./run-progress.ts";
import { tellProblem } from "./whole-answer.ts";

/** A push and everything that serves it. */
export interface Pushing {
  readonly parts: DiskParts;
  readonly incoming: Incoming;
  readonly voice: RouteVoice;
}

/** Lets a node that has a model push it, loaded or not, and relays its progress; the next one where it cannot be reached. */
export async function servePush(pushing: Pushing): Promise<void> {
  const { parts, incoming, voice } = pushing;
  const read = readOrRefuse(pushing);
  if (read === undefined) return;
  const facts = factsOfDiskRequest(pushing, read);
  const { nodeId, body } = parts.takeNodeId(incoming.body);
  const holders = await findHolders(parts, { modelKey: facts.modelKey, nodeId });
  switch (holders.kind) {
    case "nobody": {
      const about = { isStream: facts.isStream, code: "HERD_MODEL_NOT_FOUND" } as const;
      tellRefusal(pushing, parts.failedPush(voice.unknownModel(facts.model), about));
      return;
    }
    case "unknown-node":
      tellProblem(pushing, { code: "HERD_UNKNOWN_NODE", subject: nodeId ?? "" });
      return;
    case "others":
      tellProblem(pushing, { code: "HERD_ROUTE_MISSING", subject: facts.model });
      return;
    case "holders": {
      const work = { what: "push", cutCode: "HERD_STREAM_CUT", changesDisk: false } as const;
      await runProgress({ ...pushing, facts, body, ...work }, holders.reachable);
    }
  }
}
