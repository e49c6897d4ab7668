import type { LearnedSpeedsBook } from "../../fleet/speeds/learned-speeds.ts";
import type { TokenEstimate } from "../../models/token-estimate.ts";
import type { EndedAttempt } from "../../pipeline/parts.ts";
import { trafficOf } from "../../traces/traffic.ts";

/** Where what is learned is kept. */
export interface SpeedSources {
  readonly speeds: LearnedSpeedsBook;
  readonly tokens: TokenEstimate;
}

/** Takes from an attempt that went well how fast its node is; the demo, benchmarks and briefings teach nothing. */
export function learnSpeeds({ speeds, tokens }: SpeedSources, ended: EndedAttempt): void {
  const { result, candidate, startedAt, endedAt, prompt, kind, isStream } = ended;
  const isSimulated = candidate.node.isSimulated;
  if (result.kind !== "completed" || trafficOf({ tags: ended.tags, isSimulated }) !== null) return;
  const { usage, firstByteAt } = result;
  const wasLoaded = candidate.model.loaded !== undefined;
  // A load or unload takes no time on a loaded model, and an answer in one piece begins when it is done.
  const isPlainUse = wasLoaded && (kind === "chat" || kind === "generate" || kind === "embed");
  speeds.observe({
    laneKey: candidate.laneKey,
    slotMs: isPlainUse ? endedAt - startedAt : undefined,
    firstTokenMs: isPlainUse && isStream ? firstByteAt - startedAt : undefined,
    loadMs: wasLoaded ? undefined : ended.loadMs,
    loadedBytes: candidate.model.sizeBytes,
    prefillTokensPerS: perSecond(usage.promptTokens, usage.prefillMs),
    decodeTokensPerS: perSecond(usage.outputTokens, usage.decodeMs),
    outputTokens: usage.outputTokens,
  });
  if (usage.promptTokens !== undefined) tokens.learn(ended.modelKey, { ...prompt, tokens: usage.promptTokens });
}

const perSecond = (tokens: number | undefined, ms: number | undefined): number | undefined =>
  tokens === undefined || ms === undefined || ms <= 0 ? undefined : (tokens / ms) * 1000;
