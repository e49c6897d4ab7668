import { z } from "zod";
import { askRouter } from "../asking/ask-router.ts";

/** Kinds of names that only the router knows. */
export type NameKind = "models" | "nodes" | "settings" | "requests" | "runs";

/** Whoever types waits for no longer. */
const LONGEST_MS = 500;
const MOST_NAMES = 200;

const listOf = (member: string, name: string) =>
  z
    .object({ [member]: z.array(z.object({ [name]: z.string() })) })
    .transform((told) => (told[member] ?? []).flatMap((one) => one[name] ?? []));

const SOURCES = {
  models: { path: "/api/tags", form: listOf("models", "name") },
  nodes: { path: "/fleet/status", form: listOf("nodes", "node_id") },
  settings: { path: "/dashboard/api/settings", form: listOf("settings", "key") },
  requests: { path: "/dashboard/api/traces?limit=20", form: listOf("traces", "request_id") },
  runs: { path: "/dashboard/api/benchmarks?limit=20", form: listOf("data", "run_id") },
} as const;

/** The router's names of one kind; none when it does not tell them in time. */
export async function namesOf(kind: NameKind, url: string): Promise<readonly string[]> {
  const { path, form } = SOURCES[kind];
  const answer = await askRouter({ url, path, withinMs: LONGEST_MS, signal: AbortSignal.timeout(LONGEST_MS) });
  const read = answer.kind === "answer" ? form.safeParse(answer.content) : undefined;
  return read?.success === true ? read.data.slice(0, MOST_NAMES) : [];
}
