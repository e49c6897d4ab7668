import { openAnswer, type Question } from "./ask-router.ts";
import type { Trouble } from "./trouble.ts";

const LONGEST_LINE = 1_000_000;

/**
 * Reads an answer of one JSON object per line while it comes, each object as soon as it is whole.
 * @returns undefined when the answer has ended, whatever it said; else why there was none, or why it broke off
 */
export async function readLines(
  question: Question,
  take: (record: Readonly<Record<string, unknown>>) => void,
  onOpen: (headers: Headers) => void = () => undefined,
): Promise<Trouble | undefined> {
  const opened = await openAnswer(question);
  if (opened.kind === "none") return opened;
  opened.done();
  onOpen(opened.response.headers);
  try {
    await eachLine(opened.response, (line) => {
      const record = recordOf(line);
      if (record !== undefined) take(record);
    });
    return undefined;
  } catch (error) {
    const isStopped = question.signal?.aborted === true;
    return {
      kind: "none",
      reason: isStopped ? "stopped" : "unreachable",
      status: undefined,
      code: undefined,
      why: `the connection to ${question.url} broke off (${error instanceof Error ? error.message : String(error)})`,
      fix: undefined,
    };
  }
}

async function eachLine(response: Response, take: (line: string) => void): Promise<void> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, LONGEST_LINE);
    for (const line of lines) take(line);
  }
  take(rest + decoder.decode());
}

function recordOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (line.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    // A line that is no JSON says nothing to anybody.
    return undefined;
  }
}
