import type { ModelWish } from "../steps/step.ts";
import { bodyOf, type WireAnswer } from "../wire/message.ts";
import { sendWire } from "../wire/send.ts";
import { ConformanceProblem } from "./problem.ts";

/** A model of the backend. */
export interface KnownModel {
  readonly name: string;
  readonly sizeBytes: number;
  readonly capabilities: readonly string[];
}

/** Chooses models for steps. */
export interface ModelChoice {
  /** The model asked for where it fits, else the smallest that does; undefined when none does. */
  readonly modelFor: (wish: ModelWish) => string | undefined;
}

/** A look at a list takes no longer, ms. */
const LIST_MS = 10_000;

/**
 * Reads the models of a backend and what they can do.
 * @throws ConformanceProblem when nobody answers there, or no Ollama does
 */
export async function readModels(url: URL): Promise<readonly KnownModel[]> {
  const names = await listOf(url);
  const known = await Promise.all(
    names.map(async ({ name, size }) => ({ name, sizeBytes: size, capabilities: await shown(url, name) })),
  );
  return known.toSorted((one, other) => one.sizeBytes - other.sizeBytes);
}

/** Chooses among the models that both sides have. @throws ConformanceProblem when there is none, or not the one asked for. */
export function chooseModels(models: readonly KnownModel[], wanted: string | undefined): ModelChoice {
  const chosen = wanted === undefined ? undefined : models.find(({ name }) => isSameName(name, wanted));
  if (wanted !== undefined && chosen === undefined) {
    throw new ConformanceProblem(
      `Not both sides have the model ${wanted}; they both have: ${models.map(({ name }) => name).join(", ") || "none"}.`,
    );
  }
  const inOrder = chosen === undefined ? models : [chosen, ...models];
  const modelFor = (wish: ModelWish): string | undefined =>
    inOrder.find((model) => fits(model, wish))?.name ?? (wish.orElse === undefined ? undefined : modelFor(wish.orElse));
  return { modelFor };
}

/** The models that both sides have. */
export const sharedModels = (direct: readonly KnownModel[], router: readonly KnownModel[]): readonly KnownModel[] =>
  direct.filter(({ name }) => router.some((other) => isSameName(other.name, name)));

const isSameName = (one: string, other: string): boolean => withTag(one) === withTag(other);
const withTag = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();

const fits = ({ capabilities }: KnownModel, { has, lacks = [] }: ModelWish): boolean =>
  has.every((one) => capabilities.includes(one)) && !lacks.some((one) => capabilities.includes(one));

interface Listed {
  readonly name: string;
  readonly size: number;
}

async function listOf(url: URL): Promise<readonly Listed[]> {
  const answer = await sendWire(url, { method: "GET", path: "/api/tags", headers: [] }, LIST_MS);
  if (answer.status === undefined)
    throw new ConformanceProblem(`Nobody answers at ${url.origin}: is it running there?`);
  const models = (parsed(answer) as { models?: readonly Listed[] } | undefined)?.models;
  if (answer.status !== 200 || !Array.isArray(models)) {
    const said = bodyOf(answer).toString("utf8").slice(0, 100);
    throw new ConformanceProblem(
      `What answers at ${url.origin} is no Ollama: GET /api/tags gave ${answer.status}${said === "" ? "" : ` and ${JSON.stringify(said)}`}.`,
    );
  }
  return models;
}

async function shown(url: URL, model: string): Promise<readonly string[]> {
  const body = Buffer.from(JSON.stringify({ model }));
  const answer = await sendWire(url, { method: "POST", path: "/api/show", headers: [], body }, LIST_MS);
  return (parsed(answer) as { capabilities?: readonly string[] } | undefined)?.capabilities ?? [];
}

function parsed(answer: WireAnswer): unknown {
  try {
    return JSON.parse(bodyOf(answer).toString("utf8"));
  } catch {
    // No JSON: the caller says what is wrong with it.
    return undefined;
  }
}
