import type { ModelKey } from "@herd/shared";
import type { FleetSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { isCloudKey } from "../domain/model-name.ts";

/** What a model name means to the fleet now; `holdMs`: how long a request for it may stay without any candidate. */
export type NameMeaning =
  | { readonly kind: "known"; readonly holdMs: number }
  | { readonly kind: "maybe"; readonly holdMs: number }
  | { readonly kind: "unknown" };

/** What the book needs from outside. */
export interface NameBookDependencies {
  /** The fleet with or without the machines of the demo. */
  readonly fleet: (withDemo: boolean) => FleetSnapshot;
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Whether some node had the name at this instant or later, Unix epoch ms. */
  readonly wasHeld: (key: ModelKey, since: number) => boolean;
  /** Asks the nodes that can be reached for their models; resolves within a short bound. */
  readonly askNodes: () => Promise<void>;
  readonly rules: NameRules;
}

/** Times of the holding area, ms. */
export interface NameRules {
  readonly startedAt: number;
  readonly graceMs: number;
  readonly holdMs: number;
  readonly knownForMs: number;
}

/** An answer of the nodes is good for this long, ms. */
const ASKED_HOLDS_MS = 5_000;

const hasOllama = ({ backends, status, isSimulated }: NodeSnapshot): boolean =>
  status !== "offline" && !isSimulated && backends.some(({ kind }) => kind === "ollama");

/** Tells whether a name is worth waiting for, so that a model on a sleeping node, or a router just started, gives no false 404. */
export class NameBook {
  readonly #dependencies: NameBookDependencies;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(dependencies: NameBookDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * The meaning of a name. Only a name that nobody is known to have costs a question to the nodes.
   * @param seesDemo the caller may use the demo; to others its models do not exist.
   */
  meaningOf(key: ModelKey, seesDemo = true): NameMeaning | Promise<NameMeaning> {
    return this.#knownMeaning(key, seesDemo) ?? this.#afterAsking(key, seesDemo);
  }

  #knownMeaning(key: ModelKey, seesDemo: boolean): NameMeaning | undefined {
    const { fleet, now, wasHeld, rules } = this.#dependencies;
    const present = fleet(seesDemo);
    if (present.holders.has(key) || (isCloudKey(key) && present.nodes.some(hasOllama)))
      return { kind: "known", holdMs: rules.holdMs };
    if (wasHeld(key, now() - rules.knownForMs)) return { kind: "known", holdMs: rules.holdMs };
    const graceLeft = rules.startedAt + rules.graceMs - now();
    return graceLeft > 0 ? { kind: "maybe", holdMs: graceLeft } : undefined;
  }

  async #afterAsking(key: ModelKey, seesDemo: boolean): Promise<NameMeaning> {
    const { now, askNodes } = this.#dependencies;
    if (now() - this.#askedAt > ASKED_HOLDS_MS) {
      this.#asking ??= askNodes().finally(() => {
        this.#asking = undefined;
        this.#askedAt = now();
      });
      await this.#asking;
    }
    return this.#knownMeaning(key, seesDemo) ?? { kind: "unknown" };
  }
}
