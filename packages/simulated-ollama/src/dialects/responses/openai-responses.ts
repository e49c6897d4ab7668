import type { Piece } from "../../generation/plan-answer.ts";
import type { RawHeaders, WholeAnswer } from "../../http/answer.ts";
import { encodeGo } from "../../json/encode-go.ts";
import { type Chunks, type Dialect, joinPieces, type TimedClosing } from "../dialect.ts";
import { openaiRefusal } from "../openai-error.ts";
import type { ResponseEcho } from "./response-echo.ts";
import { createResponseEvents } from "./response-events.ts";
import { type ResponseUsage, singleResponse, streamedResponse } from "./response-object.ts";

/** What decides the form of one answer. */
export interface ResponsesForm {
  readonly echo: ResponseEcho;
  readonly isStream: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Numbers from 0 up to 1, for ids. */
  readonly random: () => number;
}

/** `/v1/responses`. A stream whose runner dies just ends. */
export function openaiResponses(form: ResponsesForm): Dialect {
  const { isStream, random } = form;
  const number = () => Math.floor(random() * 999_999);
  const ids = { response: `resp_${number()}`, message: `msg_${number()}` };
  const stream = responseStream(form, ids, number);
  const single = responseWriter(form, ids);
  return {
    streamHeaders: [...earlyHeaders, ["Content-Type", "text/event-stream"]],
    piece: stream.piece,
    closing: stream.end,
    broken: () => [],
    whole: ({ pieces, closing }) => single(pieces, closing),
    loadOnly: () => (isStream ? stream.end(undefined) : single([], undefined)),
    renderOnly: () => single([], undefined),
    refuse(refusal) {
      const refused = openaiRefusal(refusal);
      return isStream ? { ...refused, headers: [...earlyHeaders, ...refused.headers] } : refused;
    },
  };
}

/** Set before the model is looked for, so errors of a stream have them too. */
const earlyHeaders: RawHeaders = [
  ["Cache-Control", "no-cache"],
  ["Connection", "keep-alive"],
];

interface Ids {
  readonly response: string;
  readonly message: string;
}

const noUsage: ResponseUsage = { promptTokens: 0, answerTokens: 0 };

function responseStream({ echo, now }: ResponsesForm, ids: Ids, number: () => number) {
  const reasoning = `rs_${number()}`;
  const events = createResponseEvents({ message: ids.message, reasoning, call: () => `fc_${number()}_0` });
  const seconds = () => Math.floor(now() / 1000);
  let hasStarted = false;
  const opening = (): Chunks => {
    if (hasStarted) return [];
    hasStarted = true;
    const state = { id: ids.response, createdAt: seconds(), completedAt: null, output: [], usage: undefined };
    const response = streamedResponse({ ...state, status: "in_progress" }, echo);
    return [events.response("response.created", response), events.response("response.in_progress", response)];
  };
  return {
    piece(piece: Piece): Chunks {
      // In this order: each event takes the next number.
      const start = opening();
      const thought = piece.thinking ? events.thought(piece.thinking) : [];
      const text = piece.content === "" ? [] : events.text(piece.content);
      return [...start, ...thought, ...text, ...(piece.toolCall === undefined ? [] : events.call(piece.toolCall))];
    },
    end(closing: TimedClosing | undefined): Chunks {
      const start = opening();
      const finish = events.finish();
      const state = { id: ids.response, createdAt: seconds(), completedAt: seconds(), output: events.output() };
      const response = streamedResponse({ ...state, status: "completed", usage: closing ?? noUsage }, echo);
      return [...start, ...finish, events.response("response.completed", response)];
    },
  };
}

function responseWriter({ echo, now }: ResponsesForm, ids: Ids) {
  return (pieces: readonly Piece[], closing: TimedClosing | undefined): WholeAnswer => {
    const seconds = Math.floor(now() / 1000);
    const times = { createdAt: seconds, completedAt: seconds };
    const output = itemsOf(pieces, ids);
    const state = { id: ids.response, status: "completed", ...times, output, usage: closing ?? noUsage } as const;
    const body = `${encodeGo(singleResponse(state, echo))}\n`;
    return { status: 200, headers: [["Content-Type", "application/json"]], body };
  };
}

/** The items of a single answer: unlike in a stream a text is there even when it is empty. */
function itemsOf(pieces: readonly Piece[], ids: Ids): readonly object[] {
  const { content, thinking } = joinPieces(pieces);
  const summary = [{ type: "summary_text", text: thinking }];
  const reasoning = { id: `rs_${ids.response}`, type: "reasoning", summary, encrypted_content: thinking };
  const calls = pieces
    .flatMap((piece) => piece.toolCall ?? [])
    .map(({ id, name, arguments: given }, index) => ({
      ...{ id: `fc_${ids.response}_${index}`, type: "function_call", status: "completed" },
      ...{ call_id: id, name, arguments: encodeGo(given) },
    }));
  const part = { type: "output_text", text: content, annotations: [], logprobs: [] };
  const message = { id: ids.message, type: "message", status: "completed", role: "assistant", content: [part] };
  return [...(thinking === "" ? [] : [reasoning]), ...(calls.length > 0 ? calls : [message])];
}
