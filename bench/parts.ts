import { endpoints } from "./endpoints/endpoints-part.ts";
import { health } from "./health/health.ts";
import { chunks } from "./parts/chunks.ts";
import { decision } from "./parts/decision.ts";
import { gateway } from "./parts/gateway.ts";
import { heartbeats } from "./parts/heartbeats.ts";
import { listeners } from "./parts/listeners.ts";
import { memory } from "./parts/memory.ts";
import type { Part } from "./parts/part.ts";
import { relay } from "./parts/relay.ts";
import { soak } from "./parts/soak.ts";
import { startUp } from "./parts/start-up.ts";
import { streams } from "./parts/streams.ts";
import { traces } from "./parts/traces.ts";
import { translation } from "./parts/translation.ts";
import { uploads } from "./parts/uploads.ts";
import { records } from "./records/records-part.ts";

/** All parts, in the order of the results page. */
export const parts = [
  gateway,
  streams,
  relay,
  chunks,
  translation,
  uploads,
  decision,
  traces,
  records,
  endpoints,
  heartbeats,
  health,
  listeners,
  memory,
  startUp,
  soak,
] as const satisfies readonly Part[];
