/** What requests are made of: as little work for a model as shows the form of an answer. */

/** Settings with which two calls give one text. */
export const steady = { seed: 7, temperature: 0 } as const;

/** Native options of a short answer. */
export const short = { ...steady, num_predict: 6 } as const;

/** One message. */
export const hello = [{ role: "user", content: "Say hello." }] as const;

/** A transparent image of one pixel. */
export const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** A tool that the sample question asks for by its name. */
export const weatherFunction = {
  name: "get_weather",
  description: "The weather in a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
} as const;

/** The same as a tool of Ollama and of OpenAI's chat. */
export const weatherTool = { type: "function", function: weatherFunction } as const;

/** A question for it. */
export const weatherQuestion = [{ role: "user", content: "Use get_weather for Paris." }] as const;

/** A small schema. */
export const schema = {
  type: "object",
  properties: { city: { type: "string" }, people: { type: "integer" } },
  required: ["city", "people"],
} as const;

/** A tenth of a second of silence: 16 bit, one channel, 8,000 samples a second. */
export function silence(): Buffer {
  const samples = Buffer.alloc(1_600);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** The border of multipart bodies. */
export const BOUNDARY = "herd-conformance-boundary";

/** A multipart body: fields in their order, a file where the value is bytes. */
export function multipart(fields: Readonly<Record<string, string | Buffer>>): Buffer {
  const parts = Object.entries(fields).map(([name, value]) => {
    const isFile = Buffer.isBuffer(value);
    const file = isFile ? '; filename="silence.wav"\r\nContent-Type: audio/wav' : "";
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), Buffer.from(value), Buffer.from("\r\n")]);
  });
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}
