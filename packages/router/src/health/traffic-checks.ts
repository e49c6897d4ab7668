import type { Check } from "./check.ts";
import { aliasTargetMissing } from "./checks/alias-target-missing.ts";
import { anthropicNoChatModel } from "./checks/anthropic-no-chat-model.ts";
import { anthropicUnroutedConfig } from "./checks/anthropic-unrouted-config.ts";
import { clientDisconnects } from "./checks/client-disconnects.ts";
import { contextProtectionActive } from "./checks/context-protection-active.ts";
import { contextProtectionInsufficient } from "./checks/context-protection-insufficient.ts";
import { contextWaste } from "./checks/context-waste.ts";
import { decodeDegraded } from "./checks/decode-degraded.ts";
import { embedErrorRate } from "./checks/embed-error-rate.ts";
import { emptyGenerations } from "./checks/empty-generations.ts";
import { failedPulls } from "./checks/failed-pulls.ts";
import { fallbackTargetMissing } from "./checks/fallback-target-missing.ts";
import { highErrorRate } from "./checks/high-error-rate.ts";
import { highRetryRate } from "./checks/high-retry-rate.ts";
import { imageGeneration } from "./checks/image-generation.ts";
import { incompleteStreams } from "./checks/incomplete-streams.ts";
import { kvCacheBloat } from "./checks/kv-cache-bloat.ts";
import { mappedModelCold } from "./checks/mapped-model-cold.ts";
import { mappedModelMissing } from "./checks/mapped-model-missing.ts";
import { mfluxExpansion } from "./checks/mflux-expansion.ts";
import { mixedQuantisations } from "./checks/mixed-quantisations.ts";
import { mlxRequestsUnservable } from "./checks/mlx-requests-unservable.ts";
import { modelLoadFailed } from "./checks/model-load-failed.ts";
import { modelLoadTimeout } from "./checks/model-load-timeout.ts";
import { modelOnSlowNode } from "./checks/model-on-slow-node.ts";
import { modelSkew } from "./checks/model-skew.ts";
import { modelThrashing } from "./checks/model-thrashing.ts";
import { nomicLoadedInOllama } from "./checks/nomic-loaded-in-ollama.ts";
import { numCtxOverrideInert } from "./checks/num-ctx-override-inert.ts";
import { numCtxUnmanaged } from "./checks/num-ctx-unmanaged.ts";
import { oneModelBeyondItsHolders } from "./checks/one-model-beyond-its-holders.ts";
import { partialGpuOffload } from "./checks/partial-gpu-offload.ts";
import { pinCannotFit } from "./checks/pin-cannot-fit.ts";
import { pinnedModelNotLoaded } from "./checks/pinned-model-not-loaded.ts";
import { priorityModelNotLoaded } from "./checks/priority-model-not-loaded.ts";
import { queueBacklog } from "./checks/queue-backlog.ts";
import { sttExpansion } from "./checks/stt-expansion.ts";
import { textEmbeddingOllamaBypass } from "./checks/text-embedding-ollama-bypass.ts";
import { transcriptionActivity } from "./checks/transcription-activity.ts";
import { ttftRegression } from "./checks/ttft-regression.ts";
import { unknownModelsAsked } from "./checks/unknown-models-asked.ts";
import { vramFallbackActive } from "./checks/vram-fallback-active.ts";
import { zombieReaperActive } from "./checks/zombie-reaper-active.ts";

/** Checks of what requests and models tell: what clients feel comes first. */
export const trafficChecks = [
  highErrorRate,
  incompleteStreams,
  modelLoadFailed,
  modelLoadTimeout,
  zombieReaperActive,
  highRetryRate,
  embedErrorRate,
  emptyGenerations,
  clientDisconnects,
  queueBacklog,
  oneModelBeyondItsHolders,
  ttftRegression,
  decodeDegraded,
  modelThrashing,
  modelOnSlowNode,
  mappedModelMissing,
  mappedModelCold,
  anthropicNoChatModel,
  anthropicUnroutedConfig,
  aliasTargetMissing,
  unknownModelsAsked,
  fallbackTargetMissing,
  mlxRequestsUnservable,
  pinnedModelNotLoaded,
  pinCannotFit,
  priorityModelNotLoaded,
  partialGpuOffload,
  kvCacheBloat,
  contextProtectionInsufficient,
  contextProtectionActive,
  contextWaste,
  numCtxOverrideInert,
  numCtxUnmanaged,
  modelSkew,
  mixedQuantisations,
  failedPulls,
  vramFallbackActive,
  imageGeneration,
  mfluxExpansion,
  transcriptionActivity,
  sttExpansion,
  nomicLoadedInOllama,
  textEmbeddingOllamaBypass,
] as const satisfies readonly Check[];
