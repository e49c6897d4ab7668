import type { ModelKey } from "@herd/shared";
import type { FleetSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import type { ModelBook } from "./catalogue/model-book.ts";
import type { QualityOf } from "./catalogue/quality.ts";
import type { DiskRoom } from "./hardware.ts";

/** Real work of one node and model. */
export interface UseOfModel {
  readonly nodeId: string;
  readonly model: string;
  readonly requests7d: number;
  readonly requests24h: number;
  /** Sum of the times these requests of seven days waited, ms. */
  readonly queueWaitMs7d: number;
}

/** When a model was last used on a node, Unix epoch seconds: the day's beginning. */
export interface LastUse {
  readonly nodeId: string;
  readonly model: string;
  readonly day: number;
}

/** What was used; benchmarks, briefings and the demo are not in it. */
export interface UsageFacts {
  readonly used: readonly UseOfModel[];
  /** Of the last thirty days. */
  readonly lastUses: readonly LastUse[];
  /** Since when anything is recorded, Unix epoch seconds; undefined when nothing is. */
  readonly since: number | undefined;
}

/** A download, or a model on a disk, whose size in memory is wanted. */
export interface SizedModel {
  readonly weightBytes: number;
  readonly digest: string | undefined;
  readonly contextMax: number | undefined;
  /** Context it would be loaded with, tokens. */
  readonly contextTokens: number;
  /** What one token of context takes, bytes; undefined when nobody knows. */
  readonly cacheBytesPerToken: number | undefined;
}

/** Everything that recommendations are made of. */
export interface AdviceFacts {
  /** Unix epoch ms. */
  readonly now: number;
  readonly fleet: FleetSnapshot;
  readonly book: ModelBook;
  readonly qualityOf: QualityOf;
  readonly usage: UsageFacts;
  /** Room on the volume of a node's models; undefined when not told. */
  readonly diskOf: (node: NodeSnapshot) => DiskRoom | undefined;
  /** What a model takes of memory with the context it would be loaded with, bytes. */
  readonly memoryOf: (model: SizedModel) => number;
  /** Decode speed learned of a lane. */
  readonly speedOf: (laneKey: string) => { readonly tokensPerS: number | undefined; readonly samples: number };
  /** Requests that wait for a model now, wherever. */
  readonly waitingFor: (key: ModelKey) => number;
  readonly isPinned: (node: NodeSnapshot, key: ModelKey) => boolean;
}
