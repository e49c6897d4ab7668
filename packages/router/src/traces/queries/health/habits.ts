import type { Connection } from "../../../storage/connection.ts";
import { createContextUse } from "./context-use.ts";
import { createPaces } from "./paces.ts";

const HOUR_S = 3600;
const DAY_S = 86_400;
const USUAL_DAYS = 7;

/** What is usual, and the last hour beside it, for the checks of health. @param now Unix epoch ms */
export function createHealthHabits(connection: Connection) {
  const paces = createPaces(connection);
  const contexts = createContextUse(connection);
  return ({ now }: { readonly now: number }) => {
    const hour = Math.floor(now / 1000 / HOUR_S) * HOUR_S;
    const recentSince = hour - HOUR_S;
    return {
      paces: paces({ usualSince: recentSince - USUAL_DAYS * DAY_S, recentSince }),
      contexts: contexts(Math.floor(now / 1000 / DAY_S - USUAL_DAYS) * DAY_S),
    };
  };
}
