import { setTimeout as pause } from "node:timers/promises";
import { anonymousMibOf, openFilesOf, residentMibOf } from "../processes/process-costs.ts";
import type { SoakFleet } from "./fleet.ts";
import { makeMischief } from "./mischief.ts";
import { nextRequest, type SoakRequest } from "./mix.ts";
import { seededRandom } from "./random.ts";
import { type Expectation, ID_PREFIX } from "./rows.ts";
import { type End, send } from "./send.ts";

/** One look at the router and its agents. */
export interface Sight {
  readonly minutes: number;
  readonly residentMib: number;
  readonly anonymousMib: number;
  readonly openFiles: number;
  /** The agents together, MiB. */
  readonly agentsMib: number;
}

/** What a soak gave. */
export interface Driven {
  readonly sights: readonly Sight[];
  /** By the number of the request. */
  readonly expected: readonly Expectation[];
  /** How often which kind of request ended how. */
  readonly ends: ReadonlyMap<string, number>;
  /** Of these, those that no fault excuses. */
  readonly outOfOrder: ReadonlyMap<string, number>;
  /** Some of them, with their last bytes. */
  readonly examples: readonly string[];
  readonly mishaps: ReadonlyMap<string, number>;
  /** Requests that were not sent because too many were under way. */
  readonly skipped: number;
}

/** How a fleet is driven. */
export interface Drive {
  readonly minutes: number;
  /** Requests per second. */
  readonly rate: number;
  readonly mishapEveryMs: number;
  /** Nodes' processes are killed and started again, too. */
  readonly withDeaths: boolean;
  readonly lookEveryMs: number;
  readonly say: (line: string) => void;
}

const MOST_AT_ONCE = 200;
const MOST_EXAMPLES = 5;
const SEED = 11;

/** Sends the mix at a fixed rate while things go wrong, and watches. Resolves when the last request has ended. */
export async function driveFleet(fleet: SoakFleet, drive: Drive): Promise<Driven> {
  const begunAt = performance.now();
  const isOver = (): boolean => performance.now() - begunAt > drive.minutes * 60_000;
  const random = seededRandom(SEED);
  const mischief = makeMischief({
    nodes: fleet.nodes,
    everyMs: drive.mishapEveryMs,
    withDeaths: drive.withDeaths,
    random: seededRandom(SEED + 1),
    isOver,
  });
  const watched = watch(fleet, drive, isOver);
  const tally = new Tally();
  const underWay = new Set<Promise<void>>();
  let skipped = 0;
  for (let at = 0; !isOver(); at += 1) {
    await pause(Math.max(0, begunAt + (at * 1000) / drive.rate - performance.now()));
    if (underWay.size >= MOST_AT_ONCE) skipped += 1;
    else {
      const sending = tally.send(fleet.router.port, nextRequest(random)).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
  }
  const [mishaps, sights] = await Promise.all([mischief, watched]);
  await Promise.all(underWay);
  return {
    sights,
    skipped,
    mishaps,
    expected: tally.expected,
    ends: tally.ends,
    outOfOrder: tally.outOfOrder,
    examples: tally.examples,
  };
}

/** Counts how requests end. */
class Tally {
  readonly expected: Expectation[] = [];
  readonly ends = new Map<string, number>();
  readonly outOfOrder = new Map<string, number>();
  readonly examples: string[] = [];

  async send(port: number, request: SoakRequest): Promise<void> {
    const id = `${ID_PREFIX}${this.expected.length}`;
    this.expected.push(expectationOf(request));
    const end = await send(port, request, id);
    this.#note(request, end);
    if (end.isInOrder || this.examples.length >= MOST_EXAMPLES) return;
    this.examples.push(`${id} (${request.name}: ${end.what}) ended in \`${(end.tail ?? "").trim()}\``);
  }

  #note({ name }: SoakRequest, { what, isInOrder }: End): void {
    const key = `${name}: ${what}`;
    this.ends.set(key, (this.ends.get(key) ?? 0) + 1);
    if (!isInOrder) this.outOfOrder.set(key, (this.outOfOrder.get(key) ?? 0) + 1);
  }
}

/** A client that leaves before its request is whole may leave nothing behind. */
function expectationOf({ isRecorded, leaving }: SoakRequest): Expectation {
  if (!isRecorded) return "none";
  return leaving === "before-body" || leaving === "before-answer" ? "one-or-none" : "one";
}

async function watch(fleet: SoakFleet, drive: Drive, isOver: () => boolean): Promise<readonly Sight[]> {
  const begunAt = performance.now();
  const sights: Sight[] = [];
  while (!isOver()) {
    const sight = look(fleet, (performance.now() - begunAt) / 60_000);
    sights.push(sight);
    if (sights.length % 12 === 1) drive.say(`${sight.minutes.toFixed(1)} min: ${sight.residentMib.toFixed(0)} MiB`);
    await pause(drive.lookEveryMs);
  }
  return sights;
}

function look({ router, nodes }: SoakFleet, minutes: number): Sight {
  const { pid } = router;
  return {
    minutes,
    residentMib: residentMibOf(pid),
    anonymousMib: anonymousMibOf(pid),
    openFiles: openFilesOf(pid),
    agentsMib: nodes.reduce((total, { agent }) => total + memoryOrNone(agent.pid), 0),
  };
}

/** An agent may just have been killed. */
function memoryOrNone(pid: number): number {
  try {
    return residentMibOf(pid);
  } catch {
    // The process is gone; its follower is counted next time.
    return 0;
  }
}
