import { accessScenarios } from "./access.ts";
import { changeScenarios } from "./changes.ts";
import { chatScenarios } from "./chat.ts";
import { embeddingScenarios } from "./embeddings.ts";
import { generateScenarios } from "./generate.ts";
import { listScenarios } from "./lists.ts";
import { mediaScenarios } from "./media.ts";
import { messagesScenarios } from "./messages.ts";
import { openAiScenarios } from "./openai.ts";
import { responsesScenarios } from "./responses.ts";
import type { Scenario } from "./step.ts";

/** Every scenario of the suite, in the order of the table. */
export const allScenarios: readonly Scenario[] = [
  ...listScenarios,
  ...accessScenarios,
  ...chatScenarios,
  ...generateScenarios,
  ...embeddingScenarios,
  ...openAiScenarios,
  ...responsesScenarios,
  ...messagesScenarios,
  ...mediaScenarios,
  ...changeScenarios,
];
