import { fleetIdOf } from "@herd/shared/link";
import type { LinkNetwork, SeenInstance } from "@herd/shared/mdns";
import type { Delivery } from "../agent/delivery.ts";
import { chooseRouter, type RouterChoice } from "./choose-router.ts";
import { chosenSentence, homeAwaySentence, stillLookingSentence } from "./finder-sentences.ts";
import type { FinderLog, FleetMemory } from "./fleet-memory.ts";
import { type RouterSighting, sightingsOf } from "./router-sighting.ts";
import type { RouterWay } from "./router-way.ts";

/** What looks out for routers. */
export interface Lookout {
  readonly seen: () => readonly SeenInstance[];
  readonly ask: () => void;
  readonly close: () => void;
}

/** What a finder needs. */
export interface RouterFinderDependencies {
  readonly memory: FleetMemory;
  readonly log: FinderLog;
  readonly readNetworks: () => readonly LinkNetwork[];
  /** Starts to look out; `onHeard` is called whenever something may have changed. */
  readonly lookOut: (onHeard: () => void) => Lookout;
  /** The router is to be reached elsewhere, or that is to be found out: the next heartbeat shall go now, over a new connection. */
  readonly onMove: () => void;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
}

/** How long a new agent collects answers before it chooses, ms. */
const SETTLE_MS = 1_000;
/** Pauses between questions while no router accepts, ms; the last one stays. */
const ASK_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;
const LAST_PAUSE_MS = 15_000;
/** A router of the predecessor shows no key to belong to: it is waited for so long before another one is chosen, ms. */
const KEYLESS_PATIENCE_MS = 60_000;
/** When the person is told again that nothing is found, ms; doubled each time up to the longest. */
const FIRST_REMINDER_MS = 10_000;
const LONGEST_REMINDER_MS = 600_000;
/** Bounds of what is remembered about addresses and warnings. */
const MOST_REMEMBERED = 64;

/** Looks for the agent's router without end: chooses it, follows it when its address changes, and never leaves one that answers. */
export class RouterFinder implements RouterWay {
  readonly #dependencies: RouterFinderDependencies;
  readonly #lookout: Lookout;
  readonly #failures = new Map<string, number>();
  readonly #warned = new Set<string>();
  #url: string | undefined;
  #sighting: RouterSighting | undefined;
  #isAccepted = false;
  #wasAccepted = false;
  #lookingSince: number;
  #firstHeardAt: number | undefined;
  #questions = 0;
  #reminderMs = FIRST_REMINDER_MS;
  #doubted = "";
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(dependencies: RouterFinderDependencies) {
    this.#dependencies = dependencies;
    this.#lookingSince = dependencies.monotonic();
    this.#url = dependencies.memory.home()?.url;
    this.#lookout = dependencies.lookOut(() => this.#hear());
    this.#askLater();
  }

  url(): string | undefined {
    return this.#url;
  }

  objectionTo(routerKey: string | undefined): string | undefined {
    const home = this.#dependencies.memory.home();
    if (home !== undefined && routerKey !== home.publicKey)
      return "the router that answers there is not the one of this machine's fleet";
    const announced = this.#fleetsAnnouncedHere();
    const isExpected = announced.length === 0 || announced.includes(undefined);
    if (isExpected || (routerKey !== undefined && announced.includes(fleetIdOf(routerKey)))) return undefined;
    return "the router that answers there is not the one that was announced";
  }

  /** Several may announce one URL, and only one of them be right. */
  #fleetsAnnouncedHere(): readonly (string | undefined)[] {
    const here = this.#sightings().routers.filter(({ urls }) => this.#url !== undefined && urls.includes(this.#url));
    return (here.length === 0 && this.#sighting !== undefined ? [this.#sighting] : here).map(({ fleetId }) => fleetId);
  }

  onAccepted(routerKey: string | undefined): void {
    if (routerKey !== undefined && this.#url !== undefined) this.#dependencies.memory.keep(routerKey, this.#url);
  }

  noteDelivery(delivery: Delivery, url: string): void {
    if (delivery.kind === "accepted") {
      this.#isAccepted = true;
      this.#wasAccepted = true;
      this.#failures.clear();
      this.#questions = 0;
      this.#reminderMs = FIRST_REMINDER_MS;
      this.#doubted = "";
      return;
    }
    // A router that refuses with its reason is there: only a person can change that.
    if (delivery.kind === "unsent" || (delivery.kind === "refused" && delivery.code !== undefined)) return;
    if (this.#failures.size >= MOST_REMEMBERED) this.#failures.clear();
    this.#failures.set(url, (this.#failures.get(url) ?? 0) + 1);
    if (this.#isAccepted) {
      this.#isAccepted = false;
      this.#lookingSince = this.#dependencies.monotonic();
      this.#lookout.ask();
      this.#askLater();
    }
    this.#choose();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#lookout.close();
  }

  #hear(): void {
    if (this.#isClosed) return;
    this.#firstHeardAt ??= this.#dependencies.monotonic();
    if (this.#isAccepted) this.#doubt();
    else this.#choose();
  }

  /** The router announces other addresses than the one in use: whether that one still answers is found out now, not at the next heartbeat. */
  #doubt(): void {
    const fleetId = this.#dependencies.memory.home()?.fleetId;
    const own = this.#sightings().routers.filter((router) => fleetId !== undefined && router.fleetId === fleetId);
    const urls = own.flatMap((router) => router.urls);
    const state = urls.toSorted().join(" ");
    if (urls.length === 0 || state === this.#doubted || this.#url === undefined || urls.includes(this.#url)) return;
    this.#doubted = state;
    this.#dependencies.onMove();
  }

  #choose(): void {
    if (this.#isClosed || this.#isAccepted) return;
    const home = this.#dependencies.memory.home();
    if (home === undefined && this.#isSettling()) return;
    const choice = chooseRouter({ routers: this.#eligible(), home, failures: this.#failures });
    if (choice.kind === "none") return;
    if (choice.url !== this.#url) this.#move(choice);
    else this.#sighting = choice.sighting;
  }

  #move(choice: Extract<RouterChoice, { readonly kind: "chosen" }>): void {
    const { log, onMove } = this.#dependencies;
    const key = `${choice.sighting?.fleetId ?? choice.sighting?.name} ${choice.url} ${choice.others.map(({ name }) => name).join()}`;
    const isAgain = this.#wasAccepted;
    this.#url = choice.url;
    this.#sighting = choice.sighting;
    this.#once(key, () => log.info({ router: choice.url }, chosenSentence(choice, isAgain)));
    onMove();
  }

  /** While a router without a key is waited for, only that one may be chosen, wherever it is now. */
  #eligible(): readonly RouterSighting[] {
    const { monotonic, memory } = this.#dependencies;
    const { routers } = this.#sightings();
    const isOver = monotonic() - this.#lookingSince > KEYLESS_PATIENCE_MS;
    if (!this.#wasAccepted || memory.home() !== undefined || isOver) return routers;
    return routers.filter(({ fleetId, name }) => fleetId === undefined && name === this.#sighting?.name);
  }

  /** A new agent hears all routers of its network before it chooses one. */
  #isSettling(): boolean {
    const heardAt = this.#firstHeardAt;
    if (heardAt === undefined) return false;
    const leftMs = heardAt + SETTLE_MS - this.#dependencies.monotonic();
    if (leftMs <= 0) return false;
    setTimeout(() => this.#choose(), leftMs + 1).unref();
    return true;
  }

  #sightings() {
    const { log, readNetworks } = this.#dependencies;
    const sightings = sightingsOf(this.#lookout.seen(), readNetworks());
    for (const url of sightings.publicUrls)
      this.#once(url, () =>
        log.warn(
          {},
          `A router is announced at ${url}, which is in no private network: it is not used. If it is right: herd-node --router-url ${url}`,
        ),
      );
    for (const name of sightings.unknownProtocols)
      this.#once(name, () =>
        log.warn({}, `The router "${name}" speaks a newer link than this agent. Fix: update herd-node`),
      );
    return sightings;
  }

  #askLater(): void {
    clearTimeout(this.#timer);
    const pauseMs = ASK_AFTER_MS[this.#questions] ?? LAST_PAUSE_MS;
    this.#timer = setTimeout(() => {
      if (this.#isAccepted || this.#isClosed) return;
      this.#questions += 1;
      this.#lookout.ask();
      this.#choose();
      this.#remind();
      this.#askLater();
    }, pauseMs);
    this.#timer.unref();
  }

  #remind(): void {
    const { log, monotonic, memory } = this.#dependencies;
    const lookingForMs = monotonic() - this.#lookingSince;
    if (lookingForMs < this.#reminderMs) return;
    this.#reminderMs = lookingForMs + Math.min(lookingForMs, LONGEST_REMINDER_MS);
    const home = memory.home();
    const others = this.#sightings().routers.filter(({ fleetId }) => fleetId !== home?.fleetId);
    if (home !== undefined && others.length > 0) log.warn({}, homeAwaySentence(home.url, others));
    else if (this.#url === undefined || home !== undefined) log.warn({}, stillLookingSentence(lookingForMs));
  }

  #once(key: string, tell: () => void): void {
    if (this.#warned.has(key) || this.#warned.size >= MOST_REMEMBERED) return;
    this.#warned.add(key);
    tell();
  }
}
