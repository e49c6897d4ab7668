import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { fleetChanges } from "../fleet/fleet-changes.ts";
import type { FleetKnowledge } from "./fleet-knowledge.ts";

/** The sentence that a screen reader should say now, as news arrive; empty until there is one. */
export function announcementsOf(knowledge: ReadonlySignal<FleetKnowledge>): ReadonlySignal<string> {
  const sentence = signal("");
  let before = knowledge.peek();
  effect(() => {
    const after = knowledge.value;
    const sentences = newsBetween(before, after);
    before = after;
    if (sentences.length > 0) sentence.value = `${sentences.join(". ")}.`;
  });
  return sentence;
}

/** The news between two states of knowledge: whether the router answers, and what changed in the fleet. */
export function newsBetween(before: FleetKnowledge, after: FleetKnowledge): readonly string[] {
  if (after.kind === "asking") return [];
  if (after.kind !== "live") return before.kind === after.kind ? [] : ["No news from the router"];
  const changes = "status" in before ? fleetChanges(before.status, after.status) : [];
  return before.kind === "live" || before.kind === "asking" ? changes : ["The router is back", ...changes];
}
