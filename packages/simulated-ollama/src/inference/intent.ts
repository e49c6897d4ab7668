import type { Dialect } from "../dialects/dialect.ts";
import type { AnswerWish } from "../generation/plan-answer.ts";
import type { LibraryModel } from "../models/library.ts";
import type { LoadPlan } from "../runners/runner.ts";

/** What an inference request wants, whichever route it came by. Nothing in it can be refused for its form any more. */
export interface Intent {
  readonly model: LibraryModel;
  readonly plan: LoadPlan;
  /** Milliseconds; negative = for ever; `undefined` = not given. */
  readonly keepAliveMs: number | undefined;
  readonly isStream: boolean;
  readonly dialect: Dialect;
  readonly work: Work;
}

/** What happens once the model is loaded. */
export type Work =
  | { readonly kind: "load" }
  | { readonly kind: "answer"; readonly wish: AnswerWish }
  /** Found wrong only with the model at hand. */
  | { readonly kind: "refuse"; readonly status: number; readonly text: string };
