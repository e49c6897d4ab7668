import { BYTES_PER_GIB } from "@herd/shared";
import type { AdviceFacts } from "./advice-facts.ts";
import type { Category } from "./catalogue/catalogue.ts";
import { isPullable } from "./catalogue/model-book.ts";
import type { Quality } from "./catalogue/quality.ts";
import { licenceKind } from "./licence.ts";
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
  /** Somebody has used a model of this kind lately. */
  readonly isAsked: (category: Category) => boolean;
  /** On how many other nodes a model is, or is planned to be, by its name in the catalogue. */
  readonly copiesOf: (name: string) => number;
}

/** Most of a node's memory that one chosen model may take; an embedding model has to leave room for others. */
const LARGEST_SHARE = 0.85;
const EMBEDDING_SHARE = 0.1;
const EMBEDDING_BYTES = BYTES_PER_GIB;
/** What nobody asked for is offered only at this share of the best known quality: a poor model helps nobody. */
const WORTH_SHARE = 0.5;
/** A model for everything that writes this fast needs no quick one beside it, tokens/s. */
const FAST_ENOUGH = 50;
const MOST_KEPT = 10;
/** Points of quality: not worth a download; for the last of many equal copies; for models that are unbearable, slow and none of the quick ones. */
const PRESENT_BONUS = 3;
const COPIES_MALUS = 4;
const MANY_COPIES = 2;
/** Of nearly equal ones the larger knows more than benchmarks ask; so much for each doubling of the parameters. */
const POINTS_PER_DOUBLING = 0.5;
/** For a licence that forbids commercial use, and for one that nobody tells. */
const LICENCE_MALUS = 5;
/** What a model must be better by than one that is planned already and does its work beside its own. */
const WORTH_ANOTHER = 5;
const DWARF_SHARE = 1 / 3;
const CRAWLING = { belowTokensPerS: 5, malus: 50 };
const SLOW = { belowTokensPerS: 8, malus: 10 };
const UNHURRIED = { belowTokensPerS: 20, malus: 3 };

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
    const chosen = isCovered(plan, category, wish)
      ? undefined
      : bestOf(fits, { category, room, outlook, wish, facts, plan });
    // A model that is planned may be the best, or nearly, for more than it is there for.
    if (chosen === undefined || isPlanned(plan, chosen.fit)) continue;
    if (!isWorthAnother(chosen, { category, wish, facts, plan })) continue;
    plan.push(chosen);
    room.memory -= chosen.fit.memoryBytes;
    room.disk -= chosen.fit.downloadBytes;
  }
  return plan;
}

const isCovered = (plan: readonly PlannedModel[], category: Category, { isAsked }: PlanWish): boolean =>
  plan.some((planned) => isFor(planned, category) || (!isAsked(category) && isQuickEnough(planned, category)));

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

const isFor = (planned: PlannedModel, category: Category): boolean =>
  (planned.kind === "kept" ? planned.own.category : planned.category) === category;

/** A chosen model also covers what it is second best at; one that is there already only what it is for. */
function covers(planned: PlannedModel, category: Category): boolean {
  if (planned.kind === "kept") return planned.own.category === category;
  const { entry } = planned.fit;
  return entry.category === category || entry.secondary_categories.includes(category);
}

/**
 * Whether a model is worth having beside the chosen ones that do its work, too: it has to be better by some points and not a
 * dwarf beside them, whose numbers may only be better known.
 */
function isWorthAnother(
  { fit, points }: Chosen,
  choice: Pick<Choice, "category" | "wish" | "facts" | "plan">,
): boolean {
  const { category, wish, facts, plan } = choice;
  return plan.every((planned) => {
    if (planned.kind !== "chosen" || !covers(planned, category)) return true;
    const other = pointsOf(planned.fit, facts.qualityOf(planned.fit.entry, category), wish);
    const isDwarf = fit.entry.params_b < planned.fit.entry.params_b * DWARF_SHARE;
    return !isDwarf && points >= other + WORTH_ANOTHER;
  });
}

const isQuickEnough = (planned: PlannedModel, category: Category): boolean => {
  const { tokensPerS = 0 } = planned.kind === "kept" ? planned.speed : planned.fit.speed;
  return category === "fast-chat" && covers(planned, "general") && tokensPerS >= FAST_ENOUGH;
};

type Chosen = Extract<PlannedModel, { kind: "chosen" }>;

interface Choice {
  readonly category: Category;
  readonly room: { readonly memory: number; readonly disk: number };
  readonly outlook: NodeOutlook;
  readonly wish: PlanWish;
  readonly facts: AdviceFacts;
  readonly plan: readonly PlannedModel[];
}

function bestOf(fits: readonly Fit[], { category, room, outlook, wish, facts, plan }: Choice) {
  const largest = Math.min(room.memory, largestFor(category, outlook));
  const isWorth = worthIn(category, facts);
  const isFree = plan.length === 0 || wish.isAsked(category);
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
    .filter(({ fit, quality }) => isFree || fit.own !== undefined || isWorth(quality))
    .toSorted(
      (one, other) =>
        other.points - one.points ||
        other.quality.known - one.quality.known ||
        one.fit.memoryBytes - other.fit.memoryBytes ||
        compare(one.fit.entry.ollama_name, other.fit.entry.ollama_name),
    );
  return best;
}

function largestFor(category: Category, { hardware: { usableBytes } }: NodeOutlook): number {
  if (category !== "embedding") return usableBytes * LARGEST_SHARE;
  return Math.max(EMBEDDING_BYTES, usableBytes * EMBEDDING_SHARE);
}

/** Good enough to be offered unasked. Where no model of a kind has a number, nothing can be told apart. */
function worthIn(category: Category, { book, qualityOf }: AdviceFacts): (quality: Quality) => boolean {
  const known = book.models.map((entry) => qualityOf(entry, category)).filter((quality) => quality.known > 0);
  const best = known.reduce((most, { score }) => Math.max(most, score), 0);
  return (quality) => known.length === 0 || (quality.known > 0 && quality.score >= best * WORTH_SHARE);
}

/** Nothing here depends on how much memory there is: that a larger node's first differing choice is the better one rests on it. */
function pointsOf({ entry, own, speed }: Fit, { score }: Quality, { copiesOf }: PlanWish): number {
  const { tokensPerS } = speed;
  const slowness = [CRAWLING, SLOW, UNHURRIED].find(
    ({ belowTokensPerS }) => tokensPerS !== undefined && tokensPerS < belowTokensPerS,
  );
  return (
    score +
    POINTS_PER_DOUBLING * Math.log2(entry.params_b) +
    (own === undefined ? 0 : PRESENT_BONUS) -
    (slowness?.malus ?? 0) -
    (copiesOf(entry.ollama_name) >= MANY_COPIES ? COPIES_MALUS : 0) -
    (licenceKind(entry.licence) === "free" ? 0 : LICENCE_MALUS)
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
