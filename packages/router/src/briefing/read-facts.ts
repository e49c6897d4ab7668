import type { BriefingFacts } from "./briefing-facts.ts";

/** Reads facts as they are stored; undefined when they are those of another program, or were changed by hand. */
export function readFacts(stored: unknown): BriefingFacts | undefined {
  const isOurs = isObject(stored) && PARTS.every(([name, isSo]) => isSo(stored[name]));
  return isOurs ? (stored as unknown as BriefingFacts) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isText = (value: unknown): boolean => typeof value === "string";
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;
const isListOf = (value: unknown, isOne: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isOne);

const isNode = (value: unknown): boolean =>
  isObject(value) && isText(value["id"]) && ["online", "degraded", "offline"].includes(String(value["status"]));

const isFinding = (value: unknown): boolean => isObject(value) && isText(value["severity"]) && isText(value["title"]);

const isTop = (value: unknown): boolean => isObject(value) && isText(value["model"]) && isCount(value["requests"]);

const COUNTS = ["requests", "failed", "tokens", "fallbacks", "requestsBefore", "joules"] as const;

const isTraffic = (value: unknown): boolean =>
  isObject(value) && COUNTS.every((name) => isCount(value[name])) && isListOf(value["topModels"], isTop);

const PARTS: readonly (readonly [name: keyof BriefingFacts, isSo: (value: unknown) => boolean])[] = [
  ["nodes", (value) => isListOf(value, isNode)],
  ["loaded_models", (value) => isListOf(value, isText)],
  ["traffic", isTraffic],
  ["in_flight", isCount],
  ["waiting", isCount],
  ["findings", (value) => value === undefined || isListOf(value, isFinding)],
];
