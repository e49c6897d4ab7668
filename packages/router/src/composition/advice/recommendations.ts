import type { UsageFacts } from "../../recommend/advice-facts.ts";
import type { Advice } from "../../recommend/advice-view.ts";
import { recommend } from "../../recommend/recommend.ts";
import { adviceFactsOf, advisedFleet, type FactSources } from "./advice-facts-of.ts";
import type { KnownCatalogue } from "./catalogue-files.ts";

/** The advice as it is answered. */
export interface AdviceAnswer extends Advice {
  readonly catalogue: {
    readonly date: string;
    readonly origin: KnownCatalogue["origin"];
    readonly models: number;
    readonly problem: string | null;
    readonly sources: KnownCatalogue["sources"];
  };
  readonly cached: boolean;
}

/** What recommendations are made from. */
export interface RecommendationSources extends FactSources {
  readonly catalogue: () => Promise<KnownCatalogue>;
  readonly usage: (nowS: number) => Promise<UsageFacts>;
}

/** Recommendations, made when they are asked for and good for a while. */
export interface Recommendations {
  /** @param withDemo the machines of the demo may be shown where there is no real one */
  readonly read: (wish: { readonly isFresh: boolean; readonly withDemo: boolean }) => Promise<AdviceAnswer>;
  /** The next reading makes them anew. */
  readonly forget: () => void;
}

const GOOD_FOR_MS = 300_000;

interface Kept {
  readonly made: Promise<AdviceAnswer>;
  readonly until: number;
  readonly fleet: string;
}

/** Keeps an answer until it is old, or nodes or models have come or gone. */
export function createRecommendations(sources: RecommendationSources): Recommendations {
  const kept = new Map<boolean, Kept>();
  const make = async (withDemo: boolean): Promise<AdviceAnswer> => {
    const { fleet, catalogue: readCatalogue, usage: readUsage } = sources;
    const [catalogue, usage] = await Promise.all([readCatalogue(), readUsage(fleet.clock.now() / 1000)]);
    const seen = advisedFleet(fleet.registry.snapshot(), withDemo);
    const { book, origin, problem = null, sources: told } = catalogue;
    return {
      ...recommend(adviceFactsOf(sources, { fleet: seen, usage, catalogue })),
      catalogue: { date: book.date, origin, models: book.models.length, problem, sources: told },
      cached: false,
    };
  };
  return {
    read: async ({ isFresh, withDemo }) => {
      const now = sources.fleet.clock.now();
      const fleet = signatureOf(sources, withDemo);
      const found = kept.get(withDemo);
      if (!isFresh && found !== undefined && now < found.until && found.fleet === fleet)
        return { ...(await found.made), cached: true };
      const made = make(withDemo);
      kept.set(withDemo, { made, until: now + GOOD_FOR_MS, fleet });
      made.catch(() => kept.delete(withDemo));
      return made;
    },
    forget: () => kept.clear(),
  };
}

/** Changes when a node or a model comes or goes. */
function signatureOf({ fleet }: RecommendationSources, withDemo: boolean): string {
  const { nodes } = advisedFleet(fleet.registry.snapshot(), withDemo);
  return nodes
    .map((node) => {
      const names = node.backends.flatMap(({ models }) => [...models.keys()]);
      return `${node.nodeId} ${node.status} ${node.isDraining} ${names.join(" ")}`;
    })
    .join("\n");
}
