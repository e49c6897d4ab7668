import { RUN_IDS } from "./history.ts";

/** One way to ask. */
export interface Asked {
  /** As it is shown. */
  readonly name: string;
  readonly path: string;
}

interface Description {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}

const API = "/dashboard/api/";

/** A request that is stored, and where a page deep in the history begins. */
export interface Known {
  readonly requestId: string;
  readonly cursor: string;
}

/** Every GET route below `/dashboard/api` of a description, once as it is; ids are those of things that exist. @throws Error for a needed parameter that nobody gave a value */
export function describedRoutes({ paths }: Description, { requestId }: Known): readonly Asked[] {
  const [before, after] = RUN_IDS;
  const values: Readonly<Record<string, string>> = { id: requestId, run_id: after, before, after };
  const textFor = (route: string, name: string): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`the bench knows no value for ${name} of ${route}`);
    return encodeURIComponent(value);
  };
  return Object.entries(paths).flatMap(([route, { get }]) => {
    if (get === undefined || !route.startsWith(API)) return [];
    const needed = (get.parameters ?? []).filter((one) => one.in === "query" && one.required === true);
    const query = needed.map(({ name }) => `${name}=${textFor(route, name)}`).join("&");
    const path = route.replace(/\{(\w+)\}/g, (_, name: string) => textFor(route, name));
    return [{ name: route.slice(API.length), path: query === "" ? path : `${path}?${query}` }];
  });
}

/** The questions that look at most: long spans, full pages, filters that find little. */
export function hardQuestions({ requestId, cursor }: Known): readonly Asked[] {
  const now = Math.floor(Date.now() / 1000);
  return [
    "trends?hours=8760",
    ...["models", "usage", "tags", "tags/daily", "context-usage", "energy"].map((route) => `${route}?days=365`),
    "usage?days=30",
    `usage?start_ts=${now - 20 * 86_400}&end_ts=${now - 3 * 86_400}`,
    "health/history?days=3660&limit=500",
    "model-events?days=3650&limit=1000",
    "logs?lines=10000",
    "traces?limit=1000",
    "traces?limit=1000&failed=true",
    "traces?limit=1000&slow=true",
    "traces?limit=1000&model=phi4:14b",
    "traces?limit=1000&node_id=x1",
    "traces?limit=1000&tag=cli",
    "traces?limit=1000&kind=embed&dialect=ollama",
    "traces?limit=1000&error_code=HERD_MODEL_NOT_FOUND",
    "traces?status=client_disconnected,failed,incomplete&node_id=nowhere",
    "traces?model=nowhere",
    "traces?tag=nowhere",
    "traces?min_latency_ms=1000000",
    `traces?limit=1000&since=${now - 3 * 86_400}&until=${now - 2 * 86_400}`,
    `traces?limit=1000&cursor=${cursor}`,
    `traces?model=nowhere&cursor=${cursor}`,
    `traces?request_id=${requestId.slice(0, 1)}`,
    `traces?request_id=${requestId.slice(0, 6)}`,
    `traces?request_id=${requestId}`,
    "traces?request_id=nowhere",
  ].map((text) => ({ name: shown(text), path: `${API}${text}` }));
}

/** Without what differs from run to run. */
const shown = (text: string): string => text.replace(/(cursor|start_ts|end_ts|since|until)=[^&]+/g, "$1=…");
