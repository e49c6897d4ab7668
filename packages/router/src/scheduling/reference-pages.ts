import { filters } from "./filters.ts";
import { signalsProfile } from "./profile.ts";
import { signals } from "./signals.ts";

/** The page docs/reference/signals.md: Markdown without an end of line. */
export function describeSignals(): string {
  const rows = signals.map(({ name, meaning, formula }) => {
    const weight = signalsProfile.weights[name] ?? 0;
    return `| \`${name}\` | ${weight > 0 ? `+${weight}` : `−${Math.abs(weight)}`} | ${meaning} | ${formula} |`;
  });
  return `# Signals

Every candidate (one machine with the model) that no [filter](filters.md) removed is measured by these signals. Each gives a score from −1 to
1; score × weight are its points, their sum is the candidate's total, and the highest total wins. A negative weight is a penalty. Totals less
than 0.1 points apart count as equal: then the machine that was chosen least recently wins, so equal machines share the work.

What is not known never excludes a machine; it counts as average or a little less. \`GET /fleet/decisions/REQUEST_ID\` shows every candidate
with its points and the numbers behind them. The weights are settings (\`weights\` in [configuration](configuration.md)).

| Signal | Weight | What it measures | Score |
|---|---|---|---|
${rows.join("\n")}`;
}

/** The page docs/reference/filters.md: Markdown without an end of line. */
export function describeFilters(): string {
  const rows = filters.map(
    ({ name, meaning, canYield }) => `| \`${name}\` | ${meaning} | ${canYield ? "yes" : "no"} |`,
  );
  return `# Filters

A filter removes candidates that cannot or must not serve a request; the [signals](signals.md) rank the rest. They are applied in this order, and
a candidate is shown with the first one that removed it. Nothing is removed by guessing: an unknown size, capability or state stays.

A filter that yields is skipped for a request when it would leave no candidate at all; the decision lists it among the skipped ones.

| Filter | Whom it removes | Yields |
|---|---|---|
${rows.join("\n")}`;
}
