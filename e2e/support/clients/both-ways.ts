import { type Fault, type SimulatedModel, type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterAll, beforeAll } from "vitest";
import { type Cleanup, createCleanup } from "../cleanup.ts";
import { startLocalAgent, startLocalFleet, startLocalRouter } from "../fleets/local-fleet.ts";
import { smallModel } from "../fleets/small-model.ts";
import { until } from "../until.ts";

/** The model that official clients talk to. */
export const MODEL = "demo-chat:3b";
/** A model that sees. */
export const EYES = "demo-eyes:4b";
/** A model that thinks. */
export const THINKER = "demo-thinker:8b";
/** A model for embeddings. */
export const EMBEDDER = "demo-embed:latest";
/** A model for faults of its own. */
export const FRAGILE = "demo-fragile:3b";
/** Every name, as lists show them. */
export const ALL_MODELS: readonly string[] = [MODEL, EYES, THINKER, EMBEDDER, FRAGILE];

/** One way to the same answers: through a router to either of two nodes, or straight to a node. */
export interface Way {
  readonly url: string;
  /** The simulated Ollamas behind it. */
  readonly ollamas: readonly SimulatedOllama[];
}

const models: readonly SimulatedModel[] = [
  smallModel(MODEL),
  { ...smallModel(EYES), capabilities: ["completion", "tools", "vision"] },
  { ...smallModel(THINKER), capabilities: ["completion", "tools", "thinking"] },
  { ...smallModel(EMBEDDER), capabilities: ["embedding"], family: "bert", parameterSize: "22.57M" },
  smallModel(FRAGILE),
];

const node = {
  models,
  loaded: ALL_MODELS,
  maxLoadedModels: 6,
  machine: { networkBytesPerSecond: 1e9 },
  timeScale: 0.05,
};

/** A fleet of two. Unknown names are refused at once. */
export const throughFleet = (cleanup: Cleanup): Promise<Way> => throughOllamas(cleanup, "0.24.0");

/** A fleet of two whose Ollamas have this version. */
export async function throughOllamas(
  cleanup: Cleanup,
  version: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Way> {
  const fleet = await startLocalFleet(cleanup, {
    nodes: [
      { ...node, version },
      { ...node, version },
    ],
    environment: { FLEET_START_GRACE_S: "0", ...environment },
  });
  return { url: fleet.url, ollamas: fleet.nodes.map(({ ollama }) => ollama) };
}

/** Two agents without an Ollama, each of which lends a server that is used by its OpenAI API alone. */
export const throughOpenAiServers = (cleanup: Cleanup): Promise<Way> =>
  throughKinds(cleanup, ["openai-compatible", "openai-compatible"]);

/** A fleet whose nodes lack different things: an Ollama of this year, an old one, and a server with OpenAI's API alone. */
export const throughMixedNodes = (cleanup: Cleanup): Promise<Way> =>
  throughKinds(cleanup, ["0.24.0", "0.12.0", "openai-compatible"]);

/** One node for each: the version of its Ollama, or a server with OpenAI's API in its place. */
async function throughKinds(cleanup: Cleanup, kinds: readonly string[]): Promise<Way> {
  const router = await startLocalRouter(cleanup, { FLEET_START_GRACE_S: "0" });
  const open = async (kind: string, index: number): Promise<SimulatedOllama> => {
    const isOllama = kind !== "openai-compatible";
    const server = await startSimulatedOllama(isOllama ? { ...node, version: kind } : node);
    cleanup.add(() => server.close());
    await startLocalAgent(cleanup, {
      ...{ id: `node-${"abc"[index]}`, routerUrl: router.url, beatS: 5 },
      ...(isOllama ? { ollamaUrl: server.url } : { ollamaUrl: "http://127.0.0.1:9", backends: [server.url] }),
    });
    return server;
  };
  return { url: router.url, ollamas: await Promise.all(kinds.map(open)) };
}

/** One node, without anything between. */
export async function straight(cleanup: Cleanup): Promise<Way> {
  const ollama = await startSimulatedOllama(node);
  cleanup.add(() => ollama.close());
  return { url: ollama.url, ollamas: [ollama] };
}

/** Switches a fault on at every node, or all of them off. */
export function setFault({ ollamas }: Way, fault: Fault | undefined): void {
  for (const ollama of ollamas) ollama.setFault(fault);
}

/** Runs `use` while every node has a fault. */
export async function withFault<Value>(way: Way, fault: Fault, use: () => Promise<Value>): Promise<Value> {
  setFault(way, fault);
  try {
    return await use();
  } finally {
    setFault(way, undefined);
  }
}

/**
 * Runs `leave`, which begins a stream that hangs after its second record and leaves it, and waits until a node has seen
 * that the client left and computes nothing more.
 */
export async function expectWorkEnds(way: Way, leave: () => Promise<void>): Promise<void> {
  const before = way.ollamas.map(({ received }) => received.length);
  const hasSeenTheEnd = (): boolean =>
    way.ollamas.some(({ received }, at) =>
      received.slice(before[at]).some(({ closedByClientAt }) => closedByClientAt !== undefined),
    );
  await withFault(way, { kind: "hang", afterRecords: 2 }, async () => {
    await leave();
    await until({ what: "the node sees the end", look: hasSeenTheEnd, withinMs: 5_000 });
    const isFree = (): boolean => way.ollamas.every((ollama) => ollama.inFlight() === 0);
    await until({ what: "the runners are free", look: isFree, withinMs: 5_000 });
  });
}

/** The body of the newest inference request that reached a node, as text. */
export function newestBody({ ollamas }: Way, path?: string): string {
  const posts = ollamas.flatMap(({ received }) => received.filter((one) => isInference(one.path, path)));
  return (
    posts
      .toSorted((one, other) => one.at - other.at)
      .at(-1)
      ?.body.toString() ?? ""
  );
}

const isInference = (path: string, wanted: string | undefined): boolean =>
  wanted === undefined ? /^\/(v1|api\/(chat|generate|embed))/.test(path) : path === wanted;

/** A title and a way each, for tests that hold on all of them. */
export const bothWays: readonly (readonly [title: string, open: OpenWay])[] = [
  ["through a router", throughFleet],
  ["straight to a node", straight],
];

/** Makes a way, and ends it with the cleanup. */
export type OpenWay = (cleanup: Cleanup) => Promise<Way>;

/** A way and its client, from the beginning of a group's tests to their end. */
export interface Opened<Client> {
  readonly way: Way;
  readonly client: Client;
}

/** Opens a way before the tests of the group that calls this, and ends it after them. */
export function opened<Client>(open: OpenWay, clientOf: (way: Way) => Client): Opened<Client> {
  const cleanup = createCleanup();
  let now: Opened<Client> | undefined;
  const get = (): Opened<Client> => {
    if (now === undefined) throw new Error("the way is open during tests only");
    return now;
  };
  beforeAll(async () => {
    const way = await open(cleanup);
    now = { way, client: clientOf(way) };
  });
  afterAll(() => cleanup.run());
  return {
    get way() {
      return get().way;
    },
    get client() {
      return get().client;
    },
  };
}
