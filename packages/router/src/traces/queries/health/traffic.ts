import type { Connection } from "../../../storage/connection.ts";
import { createBadEnds } from "./bad-ends.ts";
import { createModelEvents } from "./model-events.ts";
import { createNewestEnds } from "./newest-ends.ts";
import { createUseWindows } from "./use-windows.ts";

const HOUR_S = 3600;
const DAY_S = 86_400;

/** What happened lately, for the checks of health. @param now Unix epoch ms */
export function createHealthTraffic(connection: Connection) {
  const uses = createUseWindows(connection);
  const ends = createBadEnds(connection);
  const newest = createNewestEnds(connection);
  const events = createModelEvents(connection);
  return ({ now }: { readonly now: number }) => {
    const at = now / 1000;
    const since = at - DAY_S;
    return {
      uses: uses({ daySince: since, recentSince: Math.floor(at / HOUR_S - 1) * HOUR_S }),
      ends: ends(since),
      newest: newest(since),
      events: events(since),
    };
  };
}
