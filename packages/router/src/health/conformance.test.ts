import { describe, expect, it } from "vitest";
import { allChecks } from "./all-checks.ts";
import { fleetChecks } from "./fleet-checks.ts";
import { describeHealthChecks } from "./reference-page.ts";
import { makeFacts, NOW } from "./testing/make-facts.ts";
import { trafficChecks } from "./traffic-checks.ts";

declare global {
  interface ImportMeta {
    glob(pattern: string, options?: object): Readonly<Record<string, unknown>>;
  }
}

const sources = Object.keys(import.meta.glob("./checks/*.ts")).filter((path) => !path.endsWith(".test.ts"));
const tests = import.meta.glob("./checks/*.test.ts", { query: "?raw", import: "default", eager: true });
const pages = import.meta.glob("../../../../docs/reference/health-checks.md", {
  query: "?raw",
  import: "default",
  eager: true,
});
const page = String(pages["../../../../docs/reference/health-checks.md"]);
const fileOf = (id: string): string => `./checks/${id.replaceAll("_", "-")}`;

describe("the list of checks", () => {
  it("has one file per listed check, named after it, and no other file", () => {
    expect(sources.toSorted()).toEqual(allChecks.map(({ id }) => `${fileOf(id)}.ts`).toSorted());
    expect(new Set(allChecks.map(({ id }) => id)).size).toBe(allChecks.length);
    expect(allChecks).toHaveLength(fleetChecks.length + trafficChecks.length);
  });

  it("is the one that the reference page describes now", () => {
    expect(page).toContain(`\n${describeHealthChecks()}\n`);
  });

  it("holds at least the predecessor's checks", () => {
    const ids = new Set(allChecks.map(({ id }) => id));
    expect(PREDECESSORS.filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe.each(allChecks.map((check) => ({ id: check.id, check })))("the check $id", ({ id, check }) => {
  it("has a test beside it with something that it finds and something that leaves it silent", () => {
    const text = String(tests[`${fileOf(id)}.test.ts`]);
    expect(text).toMatch(/\bit(\.each\([\s\S]*?\))?\(\s*["'`](finds|tells|warns)/);
    expect(text).toMatch(/\bit\(\s*["'`]stays silent/);
  });

  it("finds nothing in a healthy fleet, and nothing in an empty one but that it is empty", () => {
    const healthy = makeFacts();
    expect(check.appliesTo(healthy) ? check.inspect(healthy) : []).toEqual([]);
    const empty = makeFacts({ nodes: [], router: { startedAt: NOW } });
    expect(check.appliesTo(empty) ? check.inspect(empty) : []).toEqual([]);
  });

  it("says what it looks for and when it finds something", () => {
    expect(id).toMatch(/^[a-z0-9_]+$/);
    expect(check.title).toMatch(/^[A-Z].*[^.]$/);
    expect(check.meaning.length).toBeGreaterThan(10);
    expect(page).toContain(`| \`${id}\` |`);
  });
});

const PREDECESSORS =
  `node_offline node_degraded memory_pressure underutilized_memory kv_cache_bloat vram_fallback_active
  version_mismatch version_unknown context_protection_insufficient context_protection_active context_waste zombie_reaper_active
  image_generation mflux_expansion transcription_activity stt_expansion connection_failures mlx_backend_active
  mlx_memory_blocked mlx_server_quarantined mlx_server_down vision_backend_missing mapped_model_missing mapped_model_cold
  client_disconnects incomplete_streams model_thrashing model_load_timeout high_error_rate high_retry_rate
  priority_model_not_loaded anthropic_no_chat_model anthropic_unrouted_config backend_bypass_clients decode_degraded
  duplicate_runners embed_error_rate empty_generations herd_process_memory mlx_requests_unservable mlx_routing_disabled
  nomic_loaded_in_ollama text_embedding_ollama_bypass text_embedding_backend_missing num_ctx_override_inert
  num_ctx_unmanaged pin_cannot_fit swap_usage trace_store_write_failures`.split(/\s+/);
