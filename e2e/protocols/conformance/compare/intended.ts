import type { IntendedDifference } from "./intended-difference.ts";
import { accessDifferences } from "./intentions/access.ts";
import { endingDifferences } from "./intentions/endings.ts";
import { followedAtOnce } from "./intentions/followed.ts";
import { listDifferences } from "./intentions/lists.ts";
import { ownRoutes } from "./intentions/own-routes.ts";

/** Every way in which the router's answers are meant to differ from those of one Ollama. */
export const intendedDifferences: readonly IntendedDifference[] = [
  followedAtOnce,
  ...listDifferences,
  ...accessDifferences,
  ...ownRoutes,
  ...endingDifferences,
];
