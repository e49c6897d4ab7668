/** Reads the form of `/v1/audio/transcriptions`. */
import type { ChatFields } from "../inference/prepare-chat.ts";
import type { Decoded } from "../json/go-type.ts";

/** A transcription: the chat that it becomes, and how its text is to be sent. */
export interface Transcription {
  readonly fields: ChatFields;
  readonly format: "json" | "text";
}

/** What of the request is read. */
export interface FormRequest {
  readonly contentType: string;
  readonly body: Buffer;
  /** The query of the path: its values come before those of the form. */
  readonly query: URLSearchParams;
}

/** The transcription, or the text of the 400. */
export async function readTranscription(request: FormRequest): Promise<Decoded<Transcription>> {
  const form = await readForm(request);
  if (!form.ok) return { ok: false, error: `failed to parse multipart form: ${form.error}` };
  const value = (name: string) => request.query.get(name) ?? textIn(form.value, name);
  const model = value("model");
  if (model === "") return { ok: false, error: "model is required" };
  const file = form.value.get("file");
  if (!(file instanceof File)) return { ok: false, error: "file is required: http: no such file" };
  if (file.size === 0) return { ok: false, error: "audio file is empty" };
  const hint = [value("language"), value("prompt")].filter((text) => text !== "").join(" ");
  const messages = [
    { role: "system", content: `Write down what is said. ${hint}` },
    { role: "user", content: "Here is the recording.", images: [Buffer.from(await file.bytes()).toString("base64")] },
  ];
  return {
    ok: true,
    value: {
      fields: { ...fixedFields, model, messages },
      format: value("response_format") === "text" ? "text" : "json",
    },
  };
}

/** The model is always asked for a stream, whatever the client gets. */
const fixedFields = {
  isStream: true,
  format: undefined,
  keepAliveMs: undefined,
  tools: [],
  options: undefined,
  think: undefined,
  truncate: true,
  shift: true,
  topLogprobs: undefined,
  isRenderOnly: false,
} as const;

async function readForm({ contentType, body }: FormRequest): Promise<Decoded<FormData>> {
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    return { ok: false, error: "request Content-Type isn't multipart/form-data" };
  }
  if (!/;\s*boundary=[^;\s]/i.test(contentType)) {
    return { ok: false, error: "no multipart boundary param in Content-Type" };
  }
  try {
    return { ok: true, value: await new Response(body, { headers: { "Content-Type": contentType } }).formData() };
  } catch {
    // Where exactly the form breaks makes no difference to the sender.
    return { ok: false, error: "multipart: NextPart: EOF" };
  }
}

function textIn(form: FormData, name: string): string {
  const found = form.get(name);
  return typeof found === "string" ? found : "";
}
