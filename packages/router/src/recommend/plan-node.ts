import type { AdviceFacts } from "./advice-facts.ts";
import type { Category } from "./catalogue/catalogue.ts";
import { isPullable } from "./catalogue/model-book.ts";
import type { Quality } from "./catalogue/quality.ts";
import { type Fit, fitOf, type NodeOutlook, speedOf } from "./node-outlook.ts";
import type { OwnModel } from "./own-models.ts";

/** One model of a plan. */
export type PlannedModel =
  | { readonly kind: "kept"; readonly own: OwnModel; readonly speed: Fit["speed"] }
  | {
      readonly kind: "chosen";
      readonly category: Category;
      readonly fit: Fit;
      readonly quality: Quality;
      /** What it was chosen by. */
      readonly points: number;
    };

/** What a plan is made for. */
export interface PlanWish {
  /** Most wanted first. */
  readonly categories: readonly Category[];
  /** On how many other nodes a model is, or is planned to be, by its name in the catalogue. */
  readonly copiesOf: (name: string) => number;
}

/** Most of a node's memory that one chosen model may take. */
const LARGEST_SHARE = 0.85;
const MOST_KEPT = 10;
/** Points of quality: not worth a download; for the last of many equal copies; for an unbearable and a slow model. */
const PRESENT_BONUS = 3;
const COPIES_MALUS = 4;
const MANY_COPIES = 2;
const CRAWLING = { belowTokensPerS: 4, malus: 25 };
const SLOW = { belowTokensPerS: 10, malus: 10 };

/**
 * Plans which models a node should have: those in use stay, the most used first; then for each category that nothing
 * covers yet the best that still fits. All of them fit into memory together and what is downloaded fits the disk. More
 * memory never makes the first choice that differs a worse one.
 */
export function planNode(outlook: NodeOutlook, wish: PlanWish, facts: AdviceFacts): readonly PlannedModel[] {
  const kept = keptOn(outlook);
  const plan: PlannedModel[] = [...kept];
  const room = {
    memory: outlook.hardware.usableBytes - sum(kept.map(({ own }) => own.memoryBytes)),
    disk: diskOf(outlook),
  };
  const fits = facts.book.models.filter(isPullable).map((entry) => fitOf(entry, outlook, facts));
  for (const category of wish.categories) {
    if (plan.some((planned) => covers(planned, category))) continue;
    const chosen = bestOf(fits, { category, room, outlook, wish, facts, plan });
    // A model that stays may be the best for more than it is used for.
    if (chosen === undefined || isPlanned(plan, chosen.fit)) continue;
    plan.push(chosen);
    room.memory -= chosen.fit.memoryBytes;
    room.disk -= chosen.fit.downloadBytes;
  }
  return plan;
}

/** Models in use, the most used first, as far as they fit into memory together. */
function keptOn(outlook: NodeOutlook) {
  let memory = outlook.hardware.usableBytes;
  return outlook.own
    .filter(({ requests7d }) => requests7d > 0)
    .toSorted((one, other) => other.requests7d - one.requests7d || compare(one.key, other.key))
    .slice(0, MOST_KEPT)
    .flatMap((own) => {
      if (own.memoryBytes > memory) return [];
      memory -= own.memoryBytes;
      const { weightBytes, entry } = own;
      return { kind: "kept" as const, own, speed: speedOf({ weightBytes, entry, own, outlook }) };
    });
}

const isPlanned = (plan: readonly PlannedModel[], { own, entry }: Fit): boolean =>
  plan.some((planned) => (planned.kind === "kept" ? planned.own === own : planned.fit.entry === entry));

const diskOf = ({ downloadable, canPull }: NodeOutlook): number =>
  canPull ? (downloadable ?? Number.POSITIVE_INFINITY) : 0;

/** A chosen model also covers what it is second best at; one that is there already only what it is for. */
function covers(planned: PlannedModel, category: Category): boolean {
  if (planned.kind === "kept") return planned.own.category === category;
  const { entry } = planned.fit;
  return entry.category === category || entry.secondary_categories.includes(category);
}

interface Choice {
  readonly category: Category;
  readonly room: { readonly memory: number; readonly disk: number };
  readonly outlook: NodeOutlook;
  readonly wish: PlanWish;
  readonly facts: AdviceFacts;
  readonly plan: readonly PlannedModel[];
}

function bestOf(fits: readonly Fit[], { category, room, outlook, wish, facts, plan }: Choice) {
  const largest = Math.min(room.memory, outlook.hardware.usableBytes * LARGEST_SHARE);
  const [best] = fits
    .filter((fit) => {
      const { entry, memoryBytes, downloadBytes } = fit;
      const serves = entry.category === category || entry.secondary_categories.includes(category);
      const fits = memoryBytes <= largest && (downloadBytes === 0 || downloadBytes <= room.disk);
      return serves && (fits || isPlanned(plan, fit));
    })
    .map((fit) => {
      const quality = facts.qualityOf(fit.entry, category);
      return { kind: "chosen" as const, category, fit, quality, points: pointsOf(fit, quality, wish) };
    })
    .toSorted(
      (one, other) =>
        other.points - one.points ||
        other.quality.known - one.quality.known ||
        one.fit.memoryBytes - other.fit.memoryBytes ||
        compare(one.fit.entry.ollama_name, other.fit.entry.ollama_name),
    );
  return best;
}

/** Nothing here depends on how much memory there is: that a larger node's first differing choice is the better one rests on it. */
function pointsOf({ entry, own, speed }: Fit, { score }: Quality, { copiesOf }: PlanWish): number {
  const { tokensPerS } = speed;
  const slowness = [CRAWLING, SLOW].find(
    ({ belowTokensPerS }) => tokensPerS !== undefined && tokensPerS < belowTokensPerS,
  );
  return (
    score +
    (own === undefined ? 0 : PRESENT_BONUS) -
    (slowness?.malus ?? 0) -
    (copiesOf(entry.ollama_name) >= MANY_COPIES ? COPIES_MALUS : 0)
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
