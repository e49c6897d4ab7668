/** Settings of the predecessor that have a place in this product but no effect in this version. */
const LATER = [
  "SCORE_MODEL_WARM",
  "SCORE_MODEL_COLD",
  "SCORE_QUEUE_DEPTH_PENALTY_PER",
  "BANDWIDTH_AWARE_SCORING",
  "QUEUE_PENALTY_BANDWIDTH_NORMALIZE",
  "REBALANCE_INTERVAL",
  "REBALANCE_THRESHOLD",
  "REBALANCE_MAX_PER_CYCLE",
  "PRE_WARM_THRESHOLD",
  "PRE_WARM_MIN_AVAILABILITY",
  "VRAM_FALLBACK",
  "IMAGE_TIMEOUT",
  "TRANSCRIPTION_TIMEOUT",
  "VISION_EMBEDDING",
  "VISION_EMBEDDING_TIMEOUT",
  "EMBEDDING_USE_COREML",
  "DISABLE_MODEL_PRELOADER",
  "DEBUG_REQUEST_BODIES",
  "DEBUG_REQUEST_RETENTION_DAYS",
  "ANTHROPIC_REQUIRE_KEY",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_DEFAULT_MAX_TOKENS",
  "ANTHROPIC_MAX_PROMPT_TOKENS",
  "ANTHROPIC_VISION_MODEL",
  "ANTHROPIC_SIZE_ESCALATION_TOKENS",
  "ANTHROPIC_SIZE_ESCALATION_MODEL",
  "ANTHROPIC_TOOL_SCHEMA_FIXUP",
  "ANTHROPIC_TOOLS_DENY",
  "ANTHROPIC_AUTO_CLEAR_TOOL_USES_TRIGGER_TOKENS",
  "ANTHROPIC_AUTO_CLEAR_TOOL_USES_KEEP_RECENT",
  "CONTEXT_COMPACTION_ENABLED",
  "CONTEXT_COMPACTION_BUDGET_TOKENS",
  "CONTEXT_COMPACTION_MODEL",
  "CONTEXT_COMPACTION_PRESERVE_TURNS",
  "CONTEXT_COMPACTION_CURATOR_TIMEOUT_S",
  "CONTEXT_COMPACTION_IDLE_WINDOW_S",
  "CONTEXT_COMPACTION_CURATOR_MIN_PARAMS_B",
  "CONTEXT_COMPACTION_FORCE_TRIGGER_TOKENS",
  "MLX_ENABLED",
  "MLX_URL",
  "MLX_MAX_QUEUE_DEPTH",
  "MLX_MAX_INFLIGHT_PER_MODEL",
  "MLX_RETRY_AFTER_SECONDS",
  "MLX_READ_TIMEOUT_S",
  "MLX_WALL_CLOCK_TIMEOUT_S",
  "CLIENT_MAX_IN_FLIGHT",
  "CLIENT_CONCURRENCY_RETRY_AFTER",
  "HERD_NICKNAME",
];

/** Settings of the predecessor for parts that it removed itself, or that send something out: this product never does. */
const IGNORED = ["TELEMETRY", "TELEMETRY_URL", "MLX_AUTO_START", "MLX_AUTO_START_MODEL", "MLX_KV_BITS"];

/** Of those, the predecessor's toggles whose absence is the same as off. */
export const absentToggles: ReadonlySet<string> = new Set(["vram_fallback"]);

const whole = (name: string) => `FLEET_${name}`;

/** Names of settings that this version does not have yet. */
export const laterNames = { env: LATER.map(whole), flags: [] };

/** Names that never mean anything here. */
export const ignoredNames = {
  env: [...IGNORED.map(whole), "CLOUD_FLEET_TOKEN"],
  flags: ["--cloud", "--token <text>", "--cloud-url <url>"],
};
