import { counted } from "../domain/text/counted.ts";
import type { BriefingFacts } from "./briefing-facts.ts";
import { listed, shortName } from "./words.ts";

/** Names told of each kind of change. */
const MOST_NAMED = 3;

/** What is different from an earlier look, as halves of sentences; the most important first, at most three. */
export function changesSince(facts: BriefingFacts, previous: BriefingFacts | undefined): readonly string[] {
  if (previous === undefined) return [];
  const before = new Map(previous.nodes.map(({ id, status }) => [id, status]));
  const now = new Map(facts.nodes.map(({ id, status }) => [id, status]));
  const idsWhere = (isSo: (id: string) => boolean): readonly string[] => facts.nodes.map(({ id }) => id).filter(isSo);
  const lost = idsWhere((id) => now.get(id) === "offline" && before.has(id) && before.get(id) !== "offline");
  const back = idsWhere((id) => now.get(id) === "online" && before.get(id) === "offline");
  const joined = idsWhere((id) => !before.has(id));
  const gone = previous.nodes.map(({ id }) => id).filter((id) => !now.has(id));
  const loaded = facts.loaded_models.filter((model) => !previous.loaded_models.includes(model));
  return [
    told(lost, (names) => `${names} went offline`),
    told(back, (names) => `${names} came back`),
    told(joined, (names) => `${names} joined`),
    told(gone, (names) => `${names} left the fleet`),
    told(loaded, (names) => `${names} came into memory`),
  ]
    .filter((change) => change !== "")
    .slice(0, 3);
}

function told(names: readonly string[], sentence: (names: string) => string): string {
  if (names.length === 0) return "";
  const shown = names.slice(0, MOST_NAMED).map(shortName);
  const rest = names.length - shown.length;
  return sentence(listed(rest === 0 ? shown : [...shown, counted(rest, "other")]));
}
