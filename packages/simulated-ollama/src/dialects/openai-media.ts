import type { WholeAnswer } from "../http/answer.ts";
import { encodeGo } from "../json/encode-go.ts";
import type { Dialect } from "./dialect.ts";
import { openaiRefusal } from "./openai-error.ts";

/**
 * `/v1/images/generations` and `/v1/images/edits` with a model that makes no pictures: it writes text that nobody gets,
 * so the answer is a head and, when the model has ended, an empty body.
 */
export function openaiImage(): Dialect {
  const nothing = (): readonly string[] => [];
  return {
    streamHeaders: ndjson,
    piece: nothing,
    closing: nothing,
    broken: nothing,
    whole: () => ({ status: 200, headers: ndjson, body: "" }),
    loadOnly: () => ({ status: 200, headers: ndjson, body: "" }),
    renderOnly: () => ({ status: 200, headers: ndjson, body: "" }),
    refuse: openaiRefusal,
  };
}

/**
 * `/v1/audio/transcriptions`: the head comes with the model's first token, the text as a whole at the end. Ollama has
 * sent the head of its own stream by then, so the Content-Type is the wrong one.
 */
export function openaiTranscription(format: "json" | "text"): Dialect {
  let written = "";
  const record = () => {
    const text = written.trim();
    return format === "text" ? text : `${encodeGo({ text })}\n`;
  };
  const whole = (): WholeAnswer => ({ status: 200, headers: ndjson, body: record() });
  return {
    streamHeaders: ndjson,
    piece(piece) {
      written += piece.content;
      return [];
    },
    closing: () => [record()],
    broken: () => [],
    whole,
    loadOnly: whole,
    renderOnly: whole,
    refuse: openaiRefusal,
  };
}

const ndjson = [["Content-Type", "application/x-ndjson"]] as const;
