import type { Connection } from "../../storage/connection.ts";
import { cellParts } from "./usage/cell-parts.ts";
import { contextParts } from "./usage/context-sizes.ts";
import { tagParts } from "./usage/tag-usage.ts";
import { hourParts } from "./usage/trends.ts";

/**
 * Makes what questions about days will need before they are asked: each call one day, some ms. Returns whether there may
 * be more to do. @throws the database's error
 */
export function createAhead(connection: Connection): (now: number) => boolean {
  const all = [cellParts(connection), hourParts(connection), tagParts(connection), contextParts(connection)];
  return (now) => all.some(({ makeNext }) => makeNext(now));
}
