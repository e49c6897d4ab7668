import { emptyInventory, type Inventory, inventoryOf } from "./model-facts.ts";
import type { OllamaCalls } from "./ollama-calls.ts";
import type { StoredEntry } from "./ollama-wire.ts";
import { createTraitsLearner } from "./traits-learner.ts";

/** What reading the inventory needs. */
export interface InventoryReaderDependencies {
  readonly calls: OllamaCalls;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  readonly onTrouble: (sentence: string, error: unknown) => void;
}

/** Keeps version and models on disk up to date, and learns each model's traits once. */
export interface InventoryReader {
  /**
   * Reads anew what is old; the list also when a loaded name is not in it.
   * @throws BackendCallError
   */
  refresh(loadedNames: readonly string[]): Promise<void>;
  /** The same, but what was read before stays when it cannot be read anew: the trouble is told, never thrown. */
  refreshIfPossible(loadedNames: readonly string[]): Promise<void>;
  version(): string;
  inventory(): Inventory;
  /** Reads everything anew with the next refresh; traits by digest stay. */
  forget(): void;
  close(): void;
}

const VERSION_HOLDS_MS = 30_000;
const LIST_HOLDS_MS = 10_000;
/** Least time between two readings of the list when a loaded model is missing in it: it may stay missing. */
const LIST_REST_MS = 2_000;
const NEVER = Number.NEGATIVE_INFINITY;

/** Traits come in the background, so that no poll and no request waits for them. */
export function createInventoryReader({ calls, monotonic, onTrouble }: InventoryReaderDependencies): InventoryReader {
  let version = "";
  let versionReadAt = NEVER;
  let listReadAt = NEVER;
  let stored: readonly StoredEntry[] = [];
  let inventory: Inventory = emptyInventory;
  const compose = (): void => {
    inventory = inventoryOf(stored, traits.of);
  };
  const traits = createTraitsLearner({ calls, monotonic, onTrouble, onLearned: compose });

  const isListOld = (loadedNames: readonly string[]): boolean => {
    const age = monotonic() - listReadAt;
    return age >= LIST_HOLDS_MS || (age >= LIST_REST_MS && loadedNames.some((name) => !(name in inventory.facts)));
  };
  const refresh = async (loadedNames: readonly string[]): Promise<void> => {
    if (monotonic() - versionReadAt >= VERSION_HOLDS_MS) {
      version = await calls.version();
      versionReadAt = monotonic();
    }
    if (!isListOld(loadedNames)) return;
    stored = await calls.stored();
    listReadAt = monotonic();
    compose();
    traits.learn(stored);
  };
  let isTroubled = false;
  const refreshIfPossible = async (loadedNames: readonly string[]): Promise<void> => {
    try {
      await refresh(loadedNames);
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) onTrouble("The list of models could not be read anew; the last one stays", error);
      isTroubled = true;
    }
  };
  const forget = (): void => {
    versionReadAt = NEVER;
    listReadAt = NEVER;
  };
  return {
    refresh,
    refreshIfPossible,
    version: () => version,
    inventory: () => inventory,
    forget,
    close: traits.close,
  };
}
