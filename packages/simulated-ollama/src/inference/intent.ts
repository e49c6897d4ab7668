import type { Dialect, Envelope } from "../dialects/dialect.ts";
import type { EmbedDialect } from "../dialects/embeddings/embed-dialect.ts";
import type { AnswerWish } from "../generation/plan-answer.ts";
import type { EmbedWish } from "../generation/run-embedding.ts";
import type { LibraryModel } from "../models/library.ts";
import type { LoadPlan } from "../runners/runner.ts";

/** What an inference request wants, whichever route it came by. Nothing in it can be refused for its form any more. */
export interface Intent {
  readonly model: LibraryModel;
  readonly plan: LoadPlan;
  /** Milliseconds; negative = for ever; `undefined` = not given. */
  readonly keepAliveMs: number | undefined;
  readonly isStream: boolean;
  /** For everything that is said without the model. */
  readonly dialect: Envelope;
  readonly work: Work;
}

/** What happens once the model is loaded. */
export type Work =
  | { readonly kind: "load" }
  | { readonly kind: "answer"; readonly wish: AnswerWish; readonly dialect: Dialect }
  | { readonly kind: "embed"; readonly wish: EmbedWish; readonly dialect: EmbedDialect }
  /** Found wrong only with the model at hand. */
  | { readonly kind: "refuse"; readonly status: number; readonly text: string };
