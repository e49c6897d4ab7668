import { type ModelKey, type Tokens, tokens } from "@herd/shared";

/** What a prompt consists of. */
export interface PromptSize {
  /** Characters of all prompt texts. */
  readonly characters: number;
  readonly images: number;
}

/** A prompt whose tokens a reply has told; cached tokens count, too. */
export interface CountedPrompt extends PromptSize {
  readonly tokens: number;
}

/** What was learned of a model; stored, so that a restart keeps it. */
export interface LearnedTokens {
  readonly modelKey: ModelKey;
  readonly charactersPerToken: number;
  readonly tokensPerImage: number;
}

/** Estimates prompt tokens, and learns from the counts that replies carry. */
export interface TokenEstimate {
  /** At least 1. */
  estimate(modelKey: ModelKey, prompt: PromptSize): Tokens;
  /** Takes what a reply told. */
  learn(modelKey: ModelKey, prompt: CountedPrompt): void;
  /** Least recently learned first. */
  entries(): readonly LearnedTokens[];
}

/** English text has about four characters per token with every common vocabulary. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * LLaVA 1.5 makes 576 tokens of an image (24 × 24 patches), Gemma 3 makes 256, Qwen2.5-VL one of every 28 × 28 pixels,
 * so 1,300 of a megapixel: the start lies between them.
 */
const TOKENS_PER_IMAGE = 600;

/** A new count moves what was learned by this share. */
const LEARNING_RATE = 0.1;

/** One count moves an estimate no further than halving or doubling it would: a prompt that was cut short lies about it. */
const MOST_SURPRISE = 2;

/** Shorter prompts consist mostly of the template's own tokens. */
const LEAST_CHARACTERS = 200;

/** Models remembered; beyond them the least recently learned is forgotten. */
const MAX_MODELS = 1000;

interface Ratios {
  charactersPerToken: number;
  tokensPerImage: number;
}

/** An estimate without experience, or with what `entries` gave out before a restart. */
export function createTokenEstimate(initial: Iterable<LearnedTokens> = []): TokenEstimate {
  const learned = new Map<ModelKey, Ratios>();
  for (const { modelKey, ...ratios } of initial) if (isSound(ratios)) keep(learned, modelKey, ratios);
  const ratiosOf = (modelKey: ModelKey): Ratios => learned.get(modelKey) ?? newRatios();
  return {
    estimate(modelKey, { characters, images }) {
      const { charactersPerToken, tokensPerImage } = ratiosOf(modelKey);
      return tokens(Math.max(1, Math.ceil(characters / charactersPerToken + images * tokensPerImage)));
    },
    learn(modelKey, prompt) {
      if (!Number.isFinite(prompt.tokens) || prompt.tokens <= 0) return;
      const ratios = ratiosOf(modelKey);
      if (adjust(ratios, prompt)) keep(learned, modelKey, ratios);
    },
    entries: () => [...learned].map(([modelKey, ratios]) => ({ modelKey, ...ratios })),
  };
}

const newRatios = (): Ratios => ({ charactersPerToken: CHARACTERS_PER_TOKEN, tokensPerImage: TOKENS_PER_IMAGE });

const isSound = (ratios: Ratios): boolean =>
  Object.values(ratios).every((ratio) => Number.isFinite(ratio) && ratio > 0);

/** Text alone teaches the characters per token; with images, what the text does not explain teaches the cost of one. */
function adjust(ratios: Ratios, { characters, images, tokens: counted }: CountedPrompt): boolean {
  if (images === 0) {
    if (characters < LEAST_CHARACTERS) return false;
    ratios.charactersPerToken = moved(ratios.charactersPerToken, characters / counted);
    return true;
  }
  const perImage = (counted - characters / ratios.charactersPerToken) / images;
  if (perImage <= 0) return false;
  ratios.tokensPerImage = moved(ratios.tokensPerImage, perImage);
  return true;
}

/** A step on a logarithmic scale, bounded for surprising values. */
function moved(estimate: number, observed: number): number {
  const surprise = Math.min(MOST_SURPRISE, Math.max(1 / MOST_SURPRISE, observed / estimate));
  return estimate * surprise ** LEARNING_RATE;
}

/** A map remembers the order of insertion, so the first key is the least recently learned. */
function keep(learned: Map<ModelKey, Ratios>, modelKey: ModelKey, ratios: Ratios): void {
  learned.delete(modelKey);
  learned.set(modelKey, ratios);
  if (learned.size <= MAX_MODELS) return;
  for (const oldest of learned.keys()) {
    learned.delete(oldest);
    return;
  }
}
