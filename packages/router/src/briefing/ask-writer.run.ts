import type { Writer } from "./choose-writer.ts";

/** What a model is asked to write. */
export interface WritingOrder {
  /** The router's own address: the request passes through it like any other. */
  readonly url: string;
  readonly writer: Writer;
  readonly system: string;
  readonly user: string;
  readonly signal: AbortSignal;
}

/** More is no answer to this question, bytes. */
const LONGEST_ANSWER = 256 * 1024;
const MOST_TOKENS = 300;

/**
 * Asks a model on one node for a text. The tag keeps the request out of every count of use, and no other node or model may
 * stand in. @throws Error when there is no whole answer; what the signal was aborted with when it was.
 */
export async function askWriter({ url, writer, system, user, signal }: WritingOrder): Promise<string> {
  const response = await fetch(`${url}/api/chat`, {
    method: "POST",
    redirect: "error",
    signal,
    headers: {
      "content-type": "application/json",
      "x-herd-tags": "fleet-intelligence",
      "x-herd-node": writer.node,
      "x-herd-fallback": "never",
    },
    body: JSON.stringify({
      model: writer.model,
      stream: false,
      think: false,
      options: { num_predict: MOST_TOKENS, temperature: 0.3 },
      messages: [
        { role: "system", content: system },
        { role: "user", content: user },
      ],
    }),
  });
  const text = await boundedText(response);
  if (!response.ok) throw new Error(`the model's node answered ${response.status}`);
  const content = contentOf(text);
  if (content === undefined) throw new Error("the answer is no chat");
  return content;
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) throw new Error("the answer is too long");
  }
  return text;
}

function contentOf(text: string): string | undefined {
  try {
    const answer = JSON.parse(text) as { readonly message?: { readonly content?: unknown } } | null;
    const content = answer?.message?.content;
    return typeof content === "string" ? content : undefined;
  } catch {
    // A page in HTML, or half an answer: whoever asked says so.
    return undefined;
  }
}
