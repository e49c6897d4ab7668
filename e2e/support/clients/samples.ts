/** A picture of one pixel, as PNG in base64. */
export const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** What the weather tool takes. */
export const weatherParameters = {
  type: "object" as const,
  properties: { city: { type: "string" } },
  required: ["city"],
};

/** The weather tool as Ollama and OpenAI's chats take it. */
export const weatherTool = {
  type: "function" as const,
  function: { name: "weather", description: "Tells it", parameters: weatherParameters },
};

/** Makes a simulated model call the weather tool. */
export const TOOL_QUESTION = "Use weather, please";

/** The form of an answer that is wanted. */
export const colourSchema = {
  type: "object" as const,
  properties: { colour: { type: "string" } },
  required: ["colour"],
  additionalProperties: false,
};

/** A tone of a tenth of a second: 16 bits, one channel. */
export function toneWav(): Buffer {
  const rate = 16_000;
  const count = rate / 10;
  const wav = Buffer.alloc(44 + count * 2);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + count * 2, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(count * 2, 40);
  for (let index = 0; index < count; index += 1) {
    wav.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * 440 * index) / rate)), 44 + index * 2);
  }
  return wav;
}

/** Everything that comes, in order. */
export async function gather<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const all: Part[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

/** What a call throws; undefined when it does not. */
export const errorOf = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    () => undefined,
    (cause: unknown) => cause,
  );
