import { createStorage } from "./disk/storage.ts";
import type { Fault } from "./faults/fault.ts";
import { createFaultSwitch } from "./faults/fault-switch.ts";
import { createLibrary, type LibraryModel } from "./models/library.ts";
import type { SimulatedNode } from "./node.ts";
import type { ResolvedOptions } from "./options.ts";
import { createPace } from "./pace.ts";
import { readOptions } from "./requests/inference-options.ts";
import { createScheduler } from "./runners/scheduler.ts";
import type { Surroundings } from "./surroundings.ts";
import { loadFailureTexts } from "./versions/load-failure-texts.ts";
import { featuresOf, type VersionFeatures } from "./versions/version-table.ts";

/** Builds the node behind the port, with the wanted models loaded. Throws when a wanted model is not on the disk. */
export function createNode(options: ResolvedOptions, surroundings: Surroundings): SimulatedNode {
  const library = createLibrary(options.models, surroundings.now());
  const faults = createFaultSwitch();
  const pace = createPace(options.timeScale, surroundings);
  const features = featuresOf(options.version);
  const failLoad = (model: LibraryModel) => loadFailureText(faults.take(model.key, isLoadFailure), features);
  const storage = createStorage(options, library, pace);
  const scheduler = createScheduler({ ...options, pace, failLoad });
  for (const name of options.loaded) {
    const model = library.find(name);
    if (model === undefined) throw new Error(`cannot load ${name}: it is not among the models`);
    const read = readOptions(undefined, model, options.defaultContext);
    if (read.ok) scheduler.preload(model, read.value.plan);
  }
  const { version, defaultContext, machine, speak } = options;
  return {
    version,
    features,
    defaultContext,
    machine,
    library,
    storage,
    scheduler,
    faults,
    pace,
    speak,
    random: surroundings.random,
  };
}

function isLoadFailure(fault: Fault): boolean {
  return fault.kind === "load-failure";
}

function loadFailureText(fault: Fault | undefined, features: VersionFeatures): string | undefined {
  if (fault?.kind !== "load-failure") return undefined;
  return fault.text ?? loadFailureTexts(features)[fault.failure ?? "runner-died"];
}
