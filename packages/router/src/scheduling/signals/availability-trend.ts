import type { Reading } from "../../domain/decision.ts";
import type { Signal } from "../contracts.ts";

/** A machine without history counts as average: neither a bonus for it nor a penalty. */
const AVERAGE = 0.5;

/** What a use that rises as fast as it can takes away. */
const TREND_SHARE = 0.15;

/** How likely is the machine to stay available? */
export const availabilityTrend: Signal = {
  name: "availability_trend",
  meaning: "How available the machine usually is at this hour of the week, and whether its owner's use rises or falls",
  formula:
    "a − 0.15 t, within 0 and 1: a = learned availability, mixed with 0.5 by how little is known (confidence 0 gives 0.5), t = trend of the owner's use " +
    "from −1 to 1; 0.5 without history; a mode set by hand counts in full",
  measure({ node }): Reading {
    const { capacity } = node;
    if (capacity === undefined) return { score: AVERAGE, facts: {} };
    const confidence = capacity.override_active ? 1 : capacity.learning_confidence;
    const trend = capacity.override_active ? 0 : (capacity.trend ?? 0);
    const availability = AVERAGE + confidence * (capacity.availability_score - AVERAGE);
    return {
      score: Math.min(1, Math.max(0, availability - TREND_SHARE * trend)),
      facts: {
        availability: capacity.availability_score,
        confidence,
        trend,
        observed_days: capacity.days_observed,
      },
    };
  },
  explain({ facts }): string {
    const { availability, confidence = 0, trend = 0 } = facts;
    if (availability === undefined || confidence === 0) return "No history yet: counts as average";
    const usual = `Usually ${Math.round(100 * availability)} % available at this hour`;
    return `${usual}${trendInWords(trend)}${confidence < 0.5 ? " (little is known yet)" : ""}`;
  },
};

function trendInWords(trend: number): string {
  if (trend > 0.1) return ", and its owner's use is rising";
  return trend < -0.1 ? ", and its owner's use is falling" : "";
}
