import type { RouterSighting } from "./router-sighting.ts";

/** The fleet that this agent belongs to: the one whose router accepted it last. */
export interface HomeFleet {
  readonly fleetId: string;
  /** Where its router was reached last. */
  readonly url: string;
}

/** Why a router was chosen. */
export type ChoiceReason = "home" | "only" | "answering" | "own-machine" | "newer" | "lowest";

/** Which router an agent should report to. */
export type RouterChoice =
  | {
      readonly kind: "chosen";
      readonly url: string;
      readonly reason: ChoiceReason;
      /** What it announces; undefined where it is only remembered. */
      readonly sighting: RouterSighting | undefined;
      readonly others: readonly RouterSighting[];
    }
  | { readonly kind: "none" };

/** What a choice depends on. */
export interface ChoiceSituation {
  readonly routers: readonly RouterSighting[];
  readonly home: HomeFleet | undefined;
  /** Failed heartbeats in a row, by URL. */
  readonly failures: ReadonlyMap<string, number>;
}

/**
 * The rule, in this order:
 * 1. An agent that belongs to a fleet looks for that one alone, where it is announced or where it was reached last. It never joins
 *    another by itself.
 * 2. Otherwise: a router that did not fail before one that did, one of this machine, one with a fleet id before one of the predecessor,
 *    then the lowest fleet id, so that all new agents of a network come to the same fleet, whatever they hear first.
 * Among the addresses of one router: one that did not fail before one that did, then the order of the sighting.
 */
export function chooseRouter(situation: ChoiceSituation): RouterChoice {
  return situation.home === undefined ? chooseFleet(situation) : lookForHome(situation, situation.home);
}

function lookForHome({ routers, failures }: ChoiceSituation, home: HomeFleet): RouterChoice {
  const own = routers.filter(({ fleetId }) => fleetId === home.fleetId).toSorted((a, b) => compare(a, b, failures));
  const urls = [...new Set([...own.flatMap((sighting) => sighting.urls), home.url])];
  const url = leastFailed(urls, failures) ?? home.url;
  const sighting = own.find((candidate) => candidate.urls.includes(url));
  return { kind: "chosen", url, reason: "home", sighting, others: routers.filter((router) => !own.includes(router)) };
}

function chooseFleet({ routers, failures }: ChoiceSituation): RouterChoice {
  const ranked = routers.toSorted((a, b) => compare(a, b, failures));
  const [sighting, ...others] = ranked;
  const url = sighting && leastFailed(sighting.urls, failures);
  if (sighting === undefined || url === undefined) return { kind: "none" };
  return { kind: "chosen", url, reason: reasonFor(sighting, others[0], failures), sighting, others };
}

/** What set it apart from the next best. */
function reasonFor(
  sighting: RouterSighting,
  next: RouterSighting | undefined,
  failures: ReadonlyMap<string, number>,
): ChoiceReason {
  if (next === undefined) return "only";
  if (fewest(sighting, failures) !== fewest(next, failures)) return "answering";
  if (sighting.isOnThisMachine !== next.isOnThisMachine) return "own-machine";
  return next.fleetId === undefined && sighting.fleetId !== undefined ? "newer" : "lowest";
}

function compare(a: RouterSighting, b: RouterSighting, failures: ReadonlyMap<string, number>): number {
  const failed = fewest(a, failures) - fewest(b, failures);
  const place = Number(b.isOnThisMachine) - Number(a.isOnThisMachine);
  return failed || place || byText(a.fleetId ?? "~", b.fleetId ?? "~") || byText(identityOf(a), identityOf(b));
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const identityOf = ({ name, urls }: RouterSighting): string => `${name} ${urls.join(" ")}`;

const fewest = ({ urls }: RouterSighting, failures: ReadonlyMap<string, number>): number =>
  Math.min(...urls.map((url) => failures.get(url) ?? 0));

/** The first of those that failed least. */
function leastFailed(urls: readonly string[], failures: ReadonlyMap<string, number>): string | undefined {
  return urls.toSorted((a, b) => (failures.get(a) ?? 0) - (failures.get(b) ?? 0))[0];
}
