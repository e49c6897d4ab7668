import type { NodeId } from "@herd/shared";
import type { Logger } from "pino";
import { pullModel } from "../../benchmark/pull-model.run.ts";
import { Briefing, type MadeBriefing } from "../../briefing/briefing.run.ts";
import type { FindingInBrief } from "../../briefing/briefing-facts.ts";
import { chooseWriter } from "../../briefing/choose-writer.ts";
import { plainBriefing } from "../../briefing/plain-briefing.ts";
import { readFacts } from "../../briefing/read-facts.ts";
import { visibleFleet } from "../../fleet/demo/visible-fleet.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { HealthPart } from "../health/health-part.ts";
import type { OwnPort } from "../measuring/own-port.ts";
import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import type { FactSources } from "./advice-facts-of.ts";
import { briefingFactsOf } from "./briefing-facts-of.ts";
import type { KnownCatalogue } from "./catalogue-files.ts";
import { PlanPulls, type PullItem } from "./plan-pulls.run.ts";
import { createPullRoom } from "./pull-room.ts";
import { createRecommendations } from "./recommendations.ts";

/** What advice is made from. */
export interface AdviceSources {
  readonly settings: RouterSettings;
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly stores: Stores;
  readonly ownPort: OwnPort;
  readonly log: Logger;
  readonly health: Pick<HealthPart, "view">;
  /** The models that may be recommended. */
  readonly catalogue: () => Promise<KnownCatalogue>;
  /** Models that are to stay. */
  readonly pins: FactSources["pins"];
}

/** Builds recommendations, their downloads and the briefing. Nothing runs until somebody asks. */
export function createAdvicePart(sources: AdviceSources) {
  const { fleet, serving, stores, catalogue, pins } = sources;
  const usage = (nowS: number) => stores.ask("adviceUsage", { nowS });
  const recommendations = createRecommendations({ fleet, serving, catalogue, usage, pins });
  const pulls = createPlanPulls(sources, recommendations.forget);
  const briefing = createBriefing(sources);
  return {
    catalogue,
    recommendations,
    pulls,
    briefing,
    /** A machine of the demo takes no real model. */
    kindOf: (id: string): "real" | "demo" | "unknown" => {
      const node = fleet.registry.snapshot().nodes.find(({ nodeId }) => nodeId === id);
      if (node === undefined) return "unknown";
      return node.isSimulated ? "demo" : "real";
    },
    /** Ends downloads and writing; nobody waits for either. */
    close: async (): Promise<void> => {
      await Promise.all([pulls.close(), briefing.close()]);
    },
  };
}

function createPlanPulls({ fleet, ownPort, log, catalogue }: AdviceSources, onDone: () => void): PlanPulls {
  let sizes: ReadonlyMap<string, number> = new Map();
  const learnSizes = async (): Promise<void> => {
    const { book } = await catalogue();
    sizes = new Map(book.models.map(({ ollama_name, size_bytes }) => [ollama_name, size_bytes]));
  };
  const roomFor = createPullRoom(fleet, (model) => sizes.get(model));
  return new PlanPulls({
    prepare: learnSizes,
    roomFor,
    pull: async (item, signal, onProgress) => {
      const own = ownPort.url();
      if (own === undefined) throw new Error("the router does not listen yet");
      await pullModel({ url: own, target: targetOf(item), signal, onProgress });
      log.info({ node_id: item.node_id, model: item.model }, "a recommended model was pulled");
    },
    onDone,
    now: fleet.clock.now,
  });
}

const targetOf = ({ node_id, model }: PullItem) => ({
  nodeId: node_id,
  model,
  type: "llm" as const,
  wasLoaded: false,
  mustPull: true,
  sizeGb: 0,
});

function createBriefing(sources: AdviceSources): Briefing {
  const { settings, fleet, serving, stores, ownPort, health, log } = sources;
  const { admission, book } = serving;
  const inFlightOn = (node: NodeId): number =>
    book.all().reduce((sum, lane) => (lane.nodeId === node ? sum + lane.inFlight : sum), 0);
  const waiting = (): number => admission.waitingCount() + admission.heldCount();
  const traffic = (nowS: number) => stores.ask("briefingTraffic", { nowS });
  return new Briefing({
    mayImprove: () => settings.fleetIntelligence,
    facts: () => briefingFactsOf({ fleet, serving, traffic, findings: () => standingFindings(health) }),
    latest: () => latestOf(stores),
    save: ({ at, text, model, facts }) => stores.briefings.save({ at, text, model, facts }),
    writer: () =>
      chooseWriter({
        fleet: visibleFleet(fleet.registry.snapshot(), false),
        wanted: settings.fleetIntelligenceModel,
        waiting: waiting(),
        inFlightOn,
      }),
    // One of the requests there is its own.
    mustYield: (node) => waiting() > 0 || inFlightOn(node) > 1,
    url: ownPort.url,
    now: fleet.clock.now,
    onProblem: (error, what) => log.warn({ reason: error instanceof Error ? error.message : String(error) }, what),
  });
}

/** What is wrong and nobody has said to know. */
const standingFindings = (health: Pick<HealthPart, "view">): readonly FindingInBrief[] =>
  health
    .view(false)
    .report.findings.filter(({ isResolved, mark }) => !isResolved && mark === undefined)
    .slice(0, MOST_FINDINGS)
    .map(({ severity, title }) => ({ severity, title }));

const MOST_FINDINGS = 20;

/** The newest briefing of ours; one of another program tells nothing that could be compared. */
async function latestOf(stores: Stores): Promise<MadeBriefing | undefined> {
  const [newest] = await stores.ask("briefings", { limit: 1 });
  const facts = readFacts(newest?.fleet_data);
  if (newest === undefined || facts === undefined) return undefined;
  return {
    text: newest.briefing,
    plain: plainBriefing(facts, undefined),
    model: newest.model ?? undefined,
    at: newest.generated_at * 1000,
    facts,
  };
}
