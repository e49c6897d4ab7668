import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import type { AdviceFacts } from "./advice-facts.ts";
import type { CatalogueModel } from "./catalogue/catalogue.ts";
import { keysOf } from "./catalogue/model-book.ts";
import { type ExpectedSpeed, expectedSpeed } from "./expected-speed.ts";
import { downloadableBytes, type Hardware, hardwareOf } from "./hardware.ts";
import { activeShareOf, type OwnModel, ownModelsOf, pullingBackendOf, readBytesPerS } from "./own-models.ts";

/** A node as a plan sees it. */
export interface NodeOutlook {
  readonly node: NodeSnapshot;
  readonly hardware: Hardware;
  /** What may still be downloaded, bytes; undefined when nothing is known of the disk. */
  readonly downloadable: number | undefined;
  readonly canPull: boolean;
  readonly own: readonly OwnModel[];
  readonly readBytesPerS: number | undefined;
}

/** A model of the catalogue on one node. */
export interface Fit {
  readonly entry: CatalogueModel;
  readonly own: OwnModel | undefined;
  readonly memoryBytes: number;
  /** 0 when it is there. */
  readonly downloadBytes: number;
  readonly speed: ExpectedSpeed;
}

/** Looks at a node once for a plan. */
export function outlookOf(node: NodeSnapshot, facts: AdviceFacts): NodeOutlook {
  const hardware = hardwareOf(node);
  const own = ownModelsOf(node, facts, hardware);
  return {
    node,
    hardware,
    downloadable: downloadableBytes(facts.diskOf(node)),
    canPull: pullingBackendOf(node) !== undefined,
    own,
    readBytesPerS: readBytesPerS(own),
  };
}

/** What a model of the catalogue needs on a node and how fast it would be. Sizes of real downloads go before the catalogue's. */
export function fitOf(entry: CatalogueModel, outlook: NodeOutlook, facts: AdviceFacts): Fit {
  const own = outlook.own.find((model) => model.entry === entry);
  const real = realCopyOf(entry, facts);
  const weightBytes = own?.weightBytes ?? real?.weightBytes ?? entry.size_bytes;
  return {
    entry,
    own,
    memoryBytes:
      own?.memoryBytes ??
      facts.memoryOf({
        weightBytes,
        digest: real?.digest,
        contextMax: entry.context_length,
        contextTokens: outlook.hardware.contextTokens,
        cacheBytesPerToken: entry.cache_bytes_per_token,
      }),
    downloadBytes: own === undefined ? weightBytes : 0,
    speed: speedOf({ weightBytes, entry, own, outlook }),
  };
}

/** The same model on any node of the fleet. */
function realCopyOf(entry: CatalogueModel, { fleet }: AdviceFacts) {
  for (const key of keysOf(entry)) {
    for (const { model } of fleet.holders.get(key) ?? [])
      if (model.sizeBytes !== undefined) return { weightBytes: model.sizeBytes, digest: model.digest };
  }
  return undefined;
}

interface SpeedOf {
  readonly weightBytes: number;
  readonly entry: CatalogueModel | undefined;
  readonly own: OwnModel | undefined;
  readonly outlook: NodeOutlook;
}

/** Embedding models write no tokens. */
const WRITES_NOTHING: ExpectedSpeed = { tokensPerS: undefined, basis: "unknown", confidence: "low" };

/** How fast a model is, or would be, on a node. */
export function speedOf({ weightBytes, entry, own, outlook }: SpeedOf): ExpectedSpeed {
  const { hardware, readBytesPerS } = outlook;
  if (entry?.category === "embedding" || own?.category === "embedding") return WRITES_NOTHING;
  return expectedSpeed({
    weightBytes,
    activeShare: activeShareOf(entry),
    bandwidth: hardware.bandwidth,
    measured: own?.speed,
    readBytesPerS,
  });
}
