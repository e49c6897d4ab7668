import { randomUUID } from "node:crypto";
import type { ModelKey } from "@herd/shared";
import type { Logger } from "pino";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { RequestFacts } from "../../domain/request.ts";
import type { Registry } from "../../fleet/registry.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { OwnPort } from "../measuring/own-port.ts";
import { diskFreeGbOf } from "./disk-free.ts";
import type { PullList } from "./pull-list.ts";
import { watchPull } from "./watch-pull.ts";

/** Lets a node pull what a request wants and nobody has; undefined when the settings or the caller do not allow that. */
export type AutoPull = (facts: RequestFacts) => Promise<boolean> | undefined;

/** What pulling unasked works on. */
export interface AutoPullSources {
  readonly settings: RouterSettings;
  readonly registry: Registry;
  /** The pull is a call of the router to itself: placed, relayed and listed like anybody's. */
  readonly ownPort: OwnPort;
  readonly pullList: Pick<PullList, "expect">;
  /** ms, never going back. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Share of a disk's free room that a model may take without being asked for. */
const DISK_SHARE = 0.25;
/** A pull that has failed is not tried again for so long, ms. */
const REST_MS = 60_000;

/** One pull serves all who wait for the same model. */
export function createAutoPull(sources: AutoPullSources): AutoPull {
  const { settings, now } = sources;
  const running = new Map<ModelKey, Promise<boolean>>();
  const failedAt = new Map<ModelKey, number>();
  const begin = (key: ModelKey, model: string): Promise<boolean> => {
    const pulling = pull(sources, model).then((hasCome) => {
      running.delete(key);
      if (!hasCome) failedAt.set(key, now());
      return hasCome;
    });
    running.set(key, pulling);
    return pulling;
  };
  return (facts) => {
    const { modelKey: key, model } = facts;
    if (!isAllowed(settings, facts)) return undefined;
    const underway = running.get(key);
    if (underway === undefined && now() - (failedAt.get(key) ?? Number.NEGATIVE_INFINITY) < REST_MS) return undefined;
    return within(underway ?? begin(key, model), settings.autoPullTimeout * 1000);
  };
}

function isAllowed(settings: RouterSettings, { modelKey: key, kind, client }: RequestFacts): boolean {
  if (settings.autoPull === "off" || kind === "unload" || kind === "show") return false;
  const named = [...Object.values(settings.modelAliases), ...Object.values(settings.anthropicModelMap)];
  if (named.some((name) => modelKeyOf(name) === key)) return true;
  return settings.autoPull === "on" && client.isLoopback && kind !== "embed";
}

async function pull({ settings, registry, ownPort, pullList, log }: AutoPullSources, model: string): Promise<boolean> {
  const url = ownPort.url();
  if (url === undefined) return false;
  const freeGb = diskFreeGbOf(registry);
  const mostGb = (nodeId: string): number => {
    const node = registry.snapshot().nodes.find((one) => one.nodeId === nodeId);
    const free = node === undefined ? undefined : freeGb(node);
    return Math.min(settings.autoPullMaxGb, (free ?? Number.POSITIVE_INFINITY) * DISK_SHARE);
  };
  log.info({ model }, "a model that no machine has is asked for: it is pulled (auto_pull)");
  const requestId = `auto-pull-${randomUUID()}`;
  const forget = pullList.expect(requestId, { origin: "auto" });
  const trouble = await watchPull({ url, model, mostGb, requestId }).finally(forget);
  if (trouble === undefined) log.info({ model }, "the model has come");
  else log.warn({ model, reason: trouble }, "the model could not be pulled");
  return trouble === undefined;
}

/** The answer, or false when it takes longer. */
function within(answer: Promise<boolean>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    void answer.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
