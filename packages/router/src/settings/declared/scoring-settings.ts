import { choiceSetting, numberSetting, settingGroup } from "@herd/shared";

const WEIGHT_LIMIT = 1000;

interface WeightNotes {
  readonly meaning: string;
  readonly default: number;
  /** The predecessor's name for the same weight. */
  readonly predecessor: string;
}

/** A signal whose high reading speaks for a candidate. */
function merit({ predecessor, ...notes }: WeightNotes) {
  return numberSetting({ ...notes, aliases: [predecessor], min: 0, max: WEIGHT_LIMIT, isLive: true });
}

/** A signal whose high reading speaks against a candidate; the predecessor states the same weight without its sign. */
function penalty({ predecessor, ...notes }: WeightNotes) {
  return numberSetting({ ...notes, mirroredAliases: [predecessor], min: -WEIGHT_LIMIT, max: 0, isLive: true });
}

/** How candidates are ranked, and what other names models have. */
export const scoringSettings = {
  profile: choiceSetting({
    meaning: "How candidates are ranked; signals: by the weighted sum of the signals.",
    choices: ["signals"],
    default: "signals",
    isLive: true,
  }),
  /** Each member is named after its signal, so that a signal finds its weight by its own name. */
  weights: settingGroup({
    thermal: merit({
      meaning: "Weight of the model's state on the node: hot, warm or cold.",
      default: 50,
      predecessor: "FLEET_SCORE_MODEL_HOT",
    }),
    memory_fit: merit({
      meaning: "Weight of the memory left after loading the model.",
      default: 20,
      predecessor: "FLEET_SCORE_MEMORY_FIT_MAX",
    }),
    queue_depth: penalty({
      meaning: "Weight of the work waiting and running on the node; negative, because work counts against it.",
      default: -30,
      predecessor: "FLEET_SCORE_QUEUE_DEPTH_MAX_PENALTY",
    }),
    wait_time: penalty({
      meaning: "Weight of the predicted wait; negative, because waiting counts against the node.",
      default: -25,
      predecessor: "FLEET_SCORE_WAIT_TIME_MAX_PENALTY",
    }),
    role_affinity: merit({
      meaning: "Weight of sending big models to big machines and keeping small ones off them.",
      default: 15,
      predecessor: "FLEET_SCORE_ROLE_AFFINITY_MAX",
    }),
    availability_trend: merit({
      meaning: "Weight of how available the node usually is at this hour of the week.",
      default: 10,
      predecessor: "FLEET_SCORE_AVAILABILITY_TREND_MAX",
    }),
    context_fit: merit({
      meaning: "Weight of how well the loaded context fits the request.",
      default: 15,
      predecessor: "FLEET_SCORE_CONTEXT_FIT_MAX",
    }),
  }),
  roleLargeThresholdGb: numberSetting({
    meaning: "From this size on a model counts as big.",
    unit: "GiB",
    aliases: ["FLEET_SCORE_ROLE_LARGE_THRESHOLD_GB"],
    default: 20,
    min: 0,
    max: 10_000,
    isLive: true,
  }),
  roleSmallThresholdGb: numberSetting({
    meaning: "Up to this size a model counts as small.",
    unit: "GiB",
    aliases: ["FLEET_SCORE_ROLE_SMALL_THRESHOLD_GB"],
    default: 8,
    min: 0,
    max: 10_000,
    isLive: true,
  }),
};
