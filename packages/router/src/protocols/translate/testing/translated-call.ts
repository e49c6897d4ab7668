import type { TranslationTask } from "../../../domain/translation.ts";
import type { WireRoute } from "../../../domain/wire-route.ts";
import { createTranslator } from "../translate-request.ts";

/** What came back from a server. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

export interface Call {
  /** `http://host:port`. */
  readonly url: string;
  readonly from: WireRoute;
  readonly to: WireRoute;
  readonly body: object;
  /** Default: what the body says, in the way of the route. */
  readonly isStream?: boolean;
}

/** Asks a server on the route itself. */
export const callDirectly = async ({ url, from, body }: Pick<Call, "url" | "from" | "body">): Promise<Answer> => {
  const response = await post(url, from, JSON.stringify(body));
  return { ...headOf(response), text: await response.text() };
};

/** Asks a server by translation to one of its other routes; what it refuses comes as it is. */
export const callTranslated = async (call: Call): Promise<Answer> => {
  const translation = translator().translate(taskOf(call));
  if (translation.kind === "untranslatable") throw new Error(`untranslatable: ${translation.why}`);
  const response = await post(call.url, translation.route, translation.body);
  if (response.status !== 200) return { ...headOf(response), text: await response.text() };
  const reply = translation.createReply();
  const tap = translation.createTap();
  const pieces: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) {
    tap.observe(chunk);
    pieces.push(reply.translate(chunk));
  }
  const end = reply.end();
  if (end === undefined) throw new Error("the reply cannot be understood");
  if (!tap.end().isComplete) throw new Error("the tap takes the reply for incomplete");
  return { status: 200, contentType: reply.contentType, text: Buffer.concat([...pieces, end]).toString() };
};

/** A translator with a clock that stands still and ids that repeat. */
export const translator = () => createTranslator({ now: () => 1_700_000_000_000, newId: () => "abcdefgh" });

export const taskOf = ({ from, to, body, isStream }: Omit<Call, "url">): TranslationTask => {
  const { model = "", stream } = body as { readonly model?: string; readonly stream?: boolean };
  const isNative = from === "/api/chat" || from === "/api/generate";
  return {
    from,
    to,
    body: Buffer.from(JSON.stringify(body)),
    model,
    requestedModel: model,
    isStream: isStream ?? stream ?? isNative,
  };
};

const post = (url: string, route: WireRoute, body: string | Uint8Array): Promise<Response> =>
  fetch(`${url}${route}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: Buffer.from(body).toString(),
  });

const headOf = (response: Response) => ({
  status: response.status,
  contentType: response.headers.get("content-type") ?? "",
});
