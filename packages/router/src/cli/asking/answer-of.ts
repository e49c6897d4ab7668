import type { z } from "zod";
import { askRouter, type Question } from "./ask-router.ts";
import type { Trouble } from "./trouble.ts";

/** A question whose answer has a known form. */
export interface FormedQuestion<Form> extends Question {
  /** Takes what it knows out of the answer; the rest is left alone. */
  readonly form: z.ZodType<Form>;
}

/** An answer as it came and as it was read. */
export interface FormedAnswer<Form> {
  readonly kind: "answer";
  readonly content: unknown;
  readonly read: Form;
}

/** Asks a running router and reads its answer. Never rejects. */
export async function answerOf<Form>(question: FormedQuestion<Form>): Promise<FormedAnswer<Form> | Trouble> {
  const answer = await askRouter(question);
  if (answer.kind === "none") return answer;
  const read = question.form.safeParse(answer.content);
  if (read.success) return { ...answer, read: read.data };
  const place = read.error.issues[0]?.path.map(String).join(".") ?? "";
  return {
    kind: "none",
    reason: "stranger",
    status: undefined,
    code: undefined,
    why: `what answers at ${question.url} is no herd router of this kind (${question.path.split("?")[0]}: ${place} cannot be read)`,
    fix: "use the herd command of the router's own version",
  };
}

/** A path with a query of those members that are there. */
export function pathWith(path: string, query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const members = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as const],
  );
  return members.length === 0 ? path : `${path}?${new URLSearchParams(Object.fromEntries(members))}`;
}
