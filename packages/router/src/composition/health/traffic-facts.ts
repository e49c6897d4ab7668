import type { RoutingSettings, TrafficFacts } from "../../health/facts/traffic-facts.ts";
import type { MissingName } from "../../health/facts/use-facts.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { Ask } from "../../traces/questions.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";
import { createAskedFacts } from "./traffic/asked-facts.ts";
import { embeddersOf, lanesOf } from "./traffic/current-facts.ts";

/** What the facts of requests are gathered from. */
export interface TrafficSources {
  readonly settings: RouterSettings;
  readonly stores: { readonly ask: Ask };
  readonly fleet: Pick<FleetParts, "registry" | "clock">;
  readonly serving: Pick<ServingParts, "book" | "admission" | "views">;
  /** Names in `fallback_models` that no node had. */
  readonly missingFallbacks: () => readonly MissingName[];
  /** URL of the router for programs on its own machine. */
  readonly routerUrl: () => string;
  /** What operators pinned; absent while pins are not kept. */
  readonly pins?: (() => NonNullable<TrafficFacts["pins"]>) | undefined;
}

/** Gives the facts at once, of the last answers; old ones are asked for anew meanwhile. */
export interface TrafficFactsSource {
  (): TrafficFacts;
  /** Resolves when what requests told is no older than this, ms; never rejects. */
  refresh(olderThanMs: number): Promise<void>;
  /** Resolves when answers are in that are not old; never rejects. */
  ready(): Promise<void>;
}

/** Builds what tells the facts of requests and models to the checks. It has no timer: who asks keeps it fresh. */
export function createTrafficFacts(sources: TrafficSources): TrafficFactsSource {
  const { settings, fleet, serving, routerUrl, missingFallbacks, pins } = sources;
  const asked = createAskedFacts({ ask: sources.stores.ask, now: fleet.clock.now });
  const slotMs = (laneKey: string): number | undefined => serving.views.learnedOf(laneKey).slotMs;
  const gather = (): TrafficFacts => {
    const answers = asked.latest();
    return {
      ...answers,
      requests24h: answers.uses?.reduce((sum, { day }) => sum + day.requests, 0) ?? 0,
      lanes: lanesOf({ book: serving.book, registry: fleet.registry, slotMs }),
      missingFallbacks: missingFallbacks(),
      waits: serving.admission.queues(),
      embedders: embeddersOf(fleet.registry),
      settings: routingSettings(settings, routerUrl()),
      ...(pins === undefined ? {} : { pins: pins() }),
    };
  };
  return Object.assign(gather, { ready: asked.ready, refresh: asked.refresh });
}

const routingSettings = (settings: RouterSettings, routerUrl: string): RoutingSettings => ({
  routerUrl,
  queueLimit: settings.queueLimit,
  modelAliases: settings.modelAliases,
  anthropicModelMap: settings.anthropicModelMap,
  anthropicAutoRoute: settings.anthropicAutoRoute,
  contextProtection: settings.contextProtection,
  dynamicNumCtx: settings.dynamicNumCtx,
  numCtxOverrides: settings.numCtxOverrides,
});
