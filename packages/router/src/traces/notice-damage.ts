import { storageProblemOf } from "../storage/storage-problem.ts";
import type { Ask } from "./questions.ts";

/** Asks as before; tells of every answer that failed because the file is damaged. */
export function noticeDamage(ask: Ask, onDamage: () => void): Ask {
  return (name, question) => {
    const answer = ask(name, question);
    answer.catch((error: unknown) => {
      if (error instanceof Error && storageProblemOf(error.cause) === "damaged") onDamage();
    });
    return answer;
  };
}
