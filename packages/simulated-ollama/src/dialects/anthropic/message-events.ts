/** The events of a `/v1/messages` stream. Each is one HTTP chunk; blocks are opened and closed as the text demands. */
import type { Piece, ToolCall } from "../../generation/plan-answer.ts";
import { encodeGo } from "../../json/encode-go.ts";
import type { Chunks } from "../dialect.ts";

/** Tokens of prompt and answer, in the form of the wire. */
export interface MessageUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
}

/** Turns records into events; good for one stream. */
export interface MessageEvents {
  piece(piece: Piece): Chunks;
  /** `reason` is the native one; the tokens are those of prompt and answer. */
  end(reason: string, usage: MessageUsage): Chunks;
}

/** What the first event tells. */
export interface MessageStart {
  readonly id: string;
  readonly model: string;
  /** A guess from the length of the request: the count comes with the end. */
  readonly estimatedTokens: number;
}

/** Creates the events of one stream; nothing is sent before the first record. */
export function createMessageEvents(start: MessageStart): MessageEvents {
  const blocks = createBlocks();
  let hasStarted = false;
  let hasCalled = false;
  const opening = (): Chunks => {
    if (hasStarted) return [];
    hasStarted = true;
    return [startEvent(start)];
  };
  return {
    piece(piece) {
      hasCalled ||= piece.toolCall !== undefined;
      const thought = piece.thinking ? blocks.write("thinking", piece.thinking) : [];
      const text = piece.content === "" ? [] : blocks.write("text", piece.content);
      return [...opening(), ...thought, ...text, ...(piece.toolCall === undefined ? [] : blocks.call(piece.toolCall))];
    },
    end(reason, usage) {
      const stop_reason = stopReasonOf(reason, hasCalled);
      return [
        ...opening(),
        ...blocks.close(),
        event("message_delta", { delta: { stop_reason }, usage }),
        event("message_stop", {}),
      ];
    },
  };
}

/** A stop string that was hit is no stop sequence here: the reason is `end_turn`, as of 0.24. */
export function stopReasonOf(reason: string, hasCalled: boolean): string {
  if (hasCalled) return "tool_use";
  if (reason === "stop") return "end_turn";
  return reason === "length" ? "max_tokens" : "stop_sequence";
}

function startEvent({ id, model, estimatedTokens }: MessageStart): string {
  const usage = { input_tokens: estimatedTokens, output_tokens: 0 };
  const message = { id, type: "message", role: "assistant", model, content: [], usage };
  return event("message_start", { message });
}

type TextBlock = "thinking" | "text";

/** Keeps count of the content blocks: at most one is open. */
function createBlocks() {
  let index = 0;
  let open: TextBlock | undefined;
  const close = (): Chunks => {
    if (open === undefined) return [];
    open = undefined;
    return [event("content_block_stop", { index: index++ })];
  };
  return {
    close,
    write(type: TextBlock, text: string): Chunks {
      const delta = () => event("content_block_delta", { index, delta: { type: `${type}_delta`, [type]: text } });
      if (open === type) return [delta()];
      const closing = close();
      open = type;
      const start = event("content_block_start", { index, content_block: { type, [type]: "" } });
      return [...closing, start, delta()];
    },
    call({ id, name, arguments: input }: ToolCall): Chunks {
      const closing = close();
      const delta = { type: "input_json_delta", partial_json: encodeGo(input) };
      const events = [
        event("content_block_start", { index, content_block: { type: "tool_use", id, name, input: {} } }),
        event("content_block_delta", { index, delta }),
        event("content_block_stop", { index }),
      ];
      index++;
      return [...closing, ...events];
    },
  };
}

function event(type: string, rest: object): string {
  return `event: ${type}\ndata: ${encodeGo({ type, ...rest })}\n\n`;
}
