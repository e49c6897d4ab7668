import type { AnswerPair, IntendedDifference } from "../intended-difference.ts";
import type { PlainAnswer } from "../plain-answer.ts";

type Entry = Readonly<Record<string, unknown>>;

const listRoutes = new Set(["GET /api/tags", "GET /api/ps", "GET /v1/models", "GET /v1/models/:id"]);
const fleetMembers = /,"(?:fleet_nodes":\[[^\]]*\]|fleet_node":"[^"]*"|simulated":true)/g;

/** Whether a route lists what there is. */
export const isListRoute = (route: string): boolean => listRoutes.has(route);

/** What lists of a fleet have more than those of one machine. */
export const listDifferences: readonly IntendedDifference[] = [
  {
    name: "lists name their nodes",
    reason: "Entries of lists carry fleet_nodes or fleet_node beside every member that Ollama sends.",
    settle: ({ route, direct, router }) => {
      const body = router.body.replaceAll(fleetMembers, "");
      if (!listRoutes.has(route) || body === router.body) return undefined;
      return { router: { ...router, body, framing: direct.framing } };
    },
  },
  {
    name: "no models are an empty list",
    reason:
      "Without any model Ollama's /v1/models has null for its data, over which clients stumble; the router has an empty list.",
    settle: ({ route, direct, router }) => {
      const isEmpty =
        route === "GET /v1/models" && direct.body.includes('"data":null') && router.body.includes('"data":[]');
      return isEmpty ? { router: { ...router, body: router.body.replace('"data":[]', '"data":null') } } : undefined;
    },
  },
  {
    name: "lists tell capabilities",
    reason:
      "Ollama lists what a model can do since 0.30.0; the router knows it from /api/show and tells it whatever the node's version.",
    settle: ({ route, direct, router }) => {
      const body = router.body.replaceAll(/,"capabilities":\[[^\]]*\]/g, "");
      const isMore = route === "GET /api/tags" && !direct.body.includes('"capabilities"') && body !== router.body;
      return isMore ? { router: { ...router, body, framing: direct.framing } } : undefined;
    },
  },
  {
    name: "lists hold the fleet",
    reason:
      "A list holds what any node of the fleet has; every entry of the backend must be in it, unchanged and in the same order.",
    settle: ({ route, direct, router }) => (listRoutes.has(route) ? onlyOwnEntries(direct, router) : undefined),
  },
  {
    name: "herd_version",
    reason: "The version is the lowest of the healthy nodes, numeric, with the router's own beside it.",
    settle: ({ route, direct, router }) => {
      const body = router.body.replace(/,"herd_version":"[^"]*"/, "");
      return route === "GET /api/version" && body !== router.body
        ? { router: { ...router, body, framing: direct.framing } }
        : undefined;
    },
  },
];

/** The router's list without the entries that the backend does not have, when those are as they should be. */
function onlyOwnEntries(direct: PlainAnswer, router: PlainAnswer): Partial<AnswerPair> | undefined {
  if (direct.body === router.body) return undefined;
  const [own, all] = [entriesOf(direct.body), entriesOf(router.body)];
  if (own === undefined || all === undefined) return undefined;
  const wanted = own.map((entry) => JSON.stringify(entry));
  const found = all.map((entry) => JSON.stringify(entry)).filter((entry) => wanted.includes(entry));
  if (found.join() !== wanted.join()) return undefined;
  return { router: { ...router, body: direct.body, framing: direct.framing } };
}

function entriesOf(body: string): readonly Entry[] | undefined {
  try {
    const list = JSON.parse(body.replaceAll("<date>", "0")) as { models?: readonly Entry[]; data?: readonly Entry[] };
    const entries = list.models ?? list.data;
    return Array.isArray(entries) ? entries : undefined;
  } catch {
    // An answer that is no list.
    return undefined;
  }
}
