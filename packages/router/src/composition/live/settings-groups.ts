import { hostname } from "node:os";
import type { Heartbeat } from "@herd/shared";
import type { SettingsView } from "../../dashboard-api/settings.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { namesIn } from "../live-feed/live-picture-of.ts";

/** The settings in the predecessor's groups and under its names; null where this product has nothing of the kind. */
export function groupsOf(values: RouterSettings): SettingsView["config"] {
  const { contextProtection } = values;
  return {
    toggles: togglesOf(values),
    auto_pull_config: { auto_pull_timeout: values.autoPullTimeout, auto_pull_max_gb: values.autoPullMaxGb },
    context: {
      context_protection: contextProtection,
      dynamic_num_ctx: values.dynamicNumCtx,
      num_ctx_overrides: values.numCtxOverrides,
      num_ctx_auto_calculate: values.numCtxAutoCalculate,
    },
    context_protection: { context_protection: contextProtection },
    server: { host: values.host, port: values.port, data_dir: values.dataDir, max_retries: values.maxRetries },
    heartbeat: {
      heartbeat_interval: values.heartbeatInterval,
      heartbeat_timeout: values.heartbeatTimeout,
      heartbeat_offline: values.heartbeatOffline,
    },
    scoring: scoringOf(values),
    rebalancer: { rebalance_interval: null, rebalance_threshold: null, rebalance_max_per_cycle: null },
    pre_warm: { pre_warm_threshold: null, pre_warm_min_availability: null },
    reaper: { stale_timeout: values.stallCapS },
  };
}

const togglesOf = (values: RouterSettings) => ({
  auto_pull: values.autoPull !== "off",
  auto_pull_mode: values.autoPull,
  vram_fallback: false,
  image_generation: values.imageGeneration,
  transcription: values.transcription,
  dynamic_num_ctx: values.dynamicNumCtx,
  num_ctx_auto_calculate: values.numCtxAutoCalculate,
  fleet_intelligence: values.fleetIntelligence,
});

/** Its penalties have no sign. */
const scoringOf = ({ weights, roleLargeThresholdGb, roleSmallThresholdGb }: RouterSettings) => ({
  score_model_hot: weights.thermal,
  score_model_warm: null,
  score_model_cold: null,
  score_memory_fit_max: weights.memory_fit,
  score_queue_depth_max_penalty: Math.abs(weights.queue_depth),
  score_queue_depth_penalty_per: null,
  score_wait_time_max_penalty: Math.abs(weights.wait_time),
  score_role_large_threshold_gb: roleLargeThresholdGb,
  score_role_small_threshold_gb: roleSmallThresholdGb,
  score_role_affinity_max: weights.role_affinity,
  score_availability_trend_max: weights.availability_trend,
  score_context_fit_max: weights.context_fit,
});

/** A machine as the page of settings shows it. */
export const nodeOf = (node: NodeSnapshot, heartbeat: Heartbeat | undefined) => ({
  node_id: node.nodeId,
  status: node.status,
  agent_version: node.agentVersion,
  ip: node.backends[0]?.route.origin ?? "",
  models_loaded_count: node.backends
    .flatMap(({ models }) => [...models.values()])
    .filter(({ loaded }) => loaded !== undefined).length,
  is_router: node.nodeId === hostname(),
  image_models: namesIn(heartbeat?.image),
  image_port: heartbeat?.image_port ?? 0,
  stt_models: namesIn(heartbeat?.transcription),
  transcription_port: heartbeat?.transcription_port ?? 0,
  embed_models: [
    ...new Set(node.backends.flatMap(({ models }) => [...models.values()].map(({ name }) => name))),
  ].filter((name) => name.includes("embed")),
  vision_embed_models: namesIn(heartbeat?.vision_embedding),
  vision_embedding_port: heartbeat?.vision_embedding_port ?? 0,
  ...(node.isSimulated ? { simulated: true } : {}),
});
