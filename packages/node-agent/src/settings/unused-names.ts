/** Settings of the predecessor that have a place in this product but no effect in this version. */
const LATER = [
  "ENABLE_CAPACITY_LEARNING",
  "POLL_INTERVAL",
  "MLX_SERVERS",
  "MLX_BIND_HOST",
  "MLX_MEMORY_HEADROOM_GB",
  "MLX_ENABLED",
  "MLX_URL",
  "MLX_AUTO_START",
  "MLX_AUTO_START_MODEL",
  "MLX_KV_BITS",
  "MLX_PROMPT_CACHE_SIZE",
  "MLX_PROMPT_CACHE_BYTES",
  "MLX_DRAFT_MODEL",
  "MLX_NUM_DRAFT_TOKENS",
  "HERD_NICKNAME",
];

/** Settings of the predecessor that send something out: this product never does. */
const IGNORED = [
  "PLATFORM_URL",
  "PLATFORM_TOKEN",
  "PLATFORM_NODE_ID",
  "PLATFORM_CONNECTED_AT",
  "TELEMETRY",
  "TELEMETRY_LOCAL_SUMMARY",
  "TELEMETRY_INCLUDE_TAGS",
];

const whole = (name: string) => `FLEET_NODE_${name}`;

/** Names of settings that this version does not have yet. */
export const laterNames = { env: LATER.map(whole), flags: ["--learn-capacity"] };

/** Names that never mean anything here. */
export const ignoredNames = {
  env: IGNORED.map(whole),
  flags: [
    "--platform-token <text>",
    "--operator-token <text>",
    "--platform-url <url>",
    "--telemetry-local-summary",
    "--telemetry-include-tags",
  ],
};
