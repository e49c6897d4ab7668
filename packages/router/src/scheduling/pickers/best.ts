import type { Picker } from "../contracts.ts";
import { compareRanked } from "../rank-order.ts";

/** Takes the highest total; equal ones by least recently chosen, then node id. */
export const best: Picker = {
  name: "best",
  pick: (ranked) => ranked.reduce((leader, next) => (compareRanked(next, leader) < 0 ? next : leader)),
};
