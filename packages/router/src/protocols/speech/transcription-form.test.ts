import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkings } from "../testing/chunking.ts";
import type { FormReading } from "./read-transcription.ts";
import { createTranscriptionForm } from "./transcription-form.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const TYPE = "multipart/form-data; boundary=X";
const PATH = "/v1/audio/transcriptions";
const file = '--X\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF\r\n';
const model = '--X\r\nContent-Disposition: form-data; name="model"\r\n\r\nnope:1b\r\n';
const end = "--X--\r\n";
const field = (name: string, value: string): string =>
  `--X\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const many = (count: number): string => Array.from({ length: count }, (_, at) => field(`f${at}`, "v")).join("");

function readAll(
  body: Uint8Array | string,
  { type = TYPE, path = PATH, chunks = [Buffer.from(body)] as readonly Uint8Array[] } = {},
): FormReading {
  const form = createTranscriptionForm({ contentType: type, path });
  for (const chunk of chunks) form.observe(chunk);
  return form.end();
}

/** The model's name, or Ollama's sentence. */
function outcomeOf(reading: FormReading): string {
  return reading.refusal === undefined ? `model ${reading.facts.model}` : reading.refusal.message;
}

const FAILED = "failed to parse multipart form: ";
const NO_FORM = `${FAILED}request Content-Type isn't multipart/form-data`;
const WHOLE = "model nope:1b";

describe("a form", () => {
  // The outcomes of a real Ollama 0.24 for these very bytes.
  test.each([
    ["in the usual form", file + model + end, WHOLE],
    ["with the model first", model + file + end, WHOLE],
    ["without bytes", "", `${FAILED}multipart: NextPart: EOF`],
    ["without an end", file + model, `${FAILED}unexpected EOF`],
    ["without an end, in the middle of a line end", (file + model).slice(0, -1), `${FAILED}unexpected EOF`],
    ["cut inside a file", file.slice(0, -4), `${FAILED}unexpected EOF`],
    ["cut inside a head", "--X\r\nContent-Disposition: form-", "model is required"],
    ["that is only an end", "--X--", "model is required"],
    ["between other texts", `hello\r\nworld\r\n${file}${model}${end}epilogue`, WHOLE],
    ["without a file", model + end, "file is required: http: no such file"],
    ["with an empty file", file.replace("RIFF", "") + model + end, "audio file is empty"],
    ["with an empty file and no line for it", file.replace("RIFF\r\n", "") + model + end, "audio file is empty"],
    ["with two files, the first empty", file.replace("RIFF", "") + file + model + end, "audio file is empty"],
    ["with a file that has no name", field("file", "abc") + model + end, "file is required: http: no such file"],
    ["without a model", file + end, "model is required"],
    ["with an empty model", file + field("model", "") + end, "model is required"],
    ["with a model in a file", file + model.replace('"model"', '"model"; filename="m"') + end, "model is required"],
    ["with two models", file + model + field("model", "other") + end, WHOLE],
    ["with blanks around the model", file + field("model", " nope:1b ") + end, "model  nope:1b "],
    ["with a name that cannot be one", file + field("model", "n".repeat(300)) + end, "invalid model name"],
    ["with a name that is no UTF-8", Buffer.from(file + field("model", "n\xe9") + end, "latin1"), "invalid model name"],
    ["with bare line feeds", (file + model + end).replaceAll("\r\n", "\n"), WHOLE],
    [
      "with both line ends",
      file + model.replaceAll("\r\n", "\n") + end,
      `${FAILED}multipart: expecting a new Part; got line "--X\\n"`,
    ],
    [
      "with a head without a colon",
      `--X\r\nnocolon\r\n\r\nabc\r\n${file}${model}${end}`,
      `${FAILED}malformed MIME header: missing colon: "nocolon"`,
    ],
    [
      "with a header without a name",
      file + model.replace("\r\n\r\n", "\r\n: a\r\n\r\n") + end,
      `${FAILED}malformed MIME header line: ": a"`,
    ],
    ["with a blank before a colon", file + model.replace("\r\n\r\n", "\r\nfoo : a\r\n\r\n") + end, WHOLE],
    ["with a folded header", file + model.replace("form-data; name", "form-data;\r\n name") + end, WHOLE],
    ["with an empty head", `--X\r\n\r\nabc\r\n${file}${model}${end}`, WHOLE],
    ["with something like a boundary in a value", `${field("a", "abc\r\n--Xfoo")}${file}${model}${end}`, WHOLE],
    ["with blanks behind boundaries", `${field("a", "b").replace("--X", "--X  ")}${file}${model}--X--  \r\n`, WHOLE],
    ["with a part that says nothing of itself", `--X\r\nContent-Type: a/b\r\n\r\nabc\r\n${file}${model}${end}`, WHOLE],
    [
      "with a broken disposition",
      `--X\r\nContent-Disposition: form-data; name="a\r\n\r\nabc\r\n${file}${model}${end}`,
      WHOLE,
    ],
    ["with an attachment", file + model.replace("form-data", "attachment") + end, "model is required"],
    ["with an unquoted name", file + model.replace('"model"', "model") + end, WHOLE],
    [
      "in other capitals",
      file + model.replace("Content-Disposition: form-data; name", "content-disposition: Form-Data; NAME") + end,
      WHOLE,
    ],
    ["with an encoded name", file + model.replace('name="model"', "name*=utf-8''mod%65l") + end, WHOLE],
    ["with a needless backslash", file + model.replace('"model"', '"mo\\del"') + end, "model is required"],
    ["with the field in capitals", file + model.replace('"model"', '"Model"') + end, "model is required"],
    ["of 992 parts", many(990) + file + model + end, WHOLE],
    ["of 1003 parts", many(1001) + file + model + end, `${FAILED}multipart: message too large`],
    [
      "with 11000 headers",
      `--X\r\n${"X: y\r\n".repeat(11_000)}\r\nv\r\n${file}${model}${end}`,
      `${FAILED}multipart: message too large`,
    ],
    ["whose model stands behind the end", file + end + model + end, "model is required"],
    [
      "with a line too long before it",
      `${"x".repeat(5000)}\r\n${file}${model}${end}`,
      `${FAILED}multipart: NextPart: bufio: buffer full`,
    ],
    ["whose last part has no name and no end", `${file}${model}--X\r\n\r\nabc`, `${FAILED}multipart: NextPart: EOF`],
  ])("%s", (_what, body, outcome) => {
    expect(outcomeOf(readAll(body))).toBe(outcome);
  });

  test.each([
    ["multipart/form-data", `${FAILED}no multipart boundary param in Content-Type`],
    ['multipart/form-data; boundary=""', `${FAILED}multipart: boundary is empty`],
    ["multipart/form-data; boundary=Y", `${FAILED}multipart: NextPart: EOF`],
    ["multipart/form-data; boundary", NO_FORM],
    ["multipart/mixed; boundary=X", NO_FORM],
    ["application/json", NO_FORM],
    ["", NO_FORM],
    ['Multipart/Form-Data; BOUNDARY="X"', WHOLE],
  ])("of the type %j", (type, outcome) => {
    expect(outcomeOf(readAll(file + model + end, { type }))).toBe(outcome);
  });

  test("is refused in the form of the layer that reads forms", () => {
    expect(readAll("")).toMatchObject({
      refusal: {
        status: 400,
        contentType: "application/json; charset=utf-8",
        body: `{"error":{"message":"${FAILED}multipart: NextPart: EOF","type":"invalid_request_error","param":null,"code":null}}`,
      },
    });
  });
});

describe("what a form tells", () => {
  const rich =
    field("temperature", "0.2") +
    field("language", "en") +
    file +
    field("prompt", "hello") +
    model +
    field("response_format", "srt") +
    end;

  test("are its model with its place, the length of its texts, and what Ollama passes over", () => {
    const reading = readAll(rich);
    const start = rich.indexOf("nope:1b");
    expect(reading).toMatchObject({
      refusal: undefined,
      edits: [],
      facts: {
        kind: "transcribe",
        needed: ["audio"],
        model: "nope:1b",
        modelRange: { start, end: start + 7 },
        modelForm: "text",
        promptCharacters: 7,
        ignored: ["response_format", "temperature"],
      },
    });
  });

  test("ignores nothing that means what is done anyway", () => {
    const plain = field("temperature", "0") + field("stream", "false") + field("response_format", "text");
    expect(readAll(plain + file + model + end)).toMatchObject({ facts: { ignored: [] } });
  });

  test("yields to the query, as with Ollama; an edit of that name touches nothing of the form", () => {
    const reading = readAll(rich, { path: `${PATH}?model=q&temperature=0` });
    expect(reading).toMatchObject({
      facts: { model: "q", modelRange: { start: rich.length, end: rich.length }, ignored: ["response_format"] },
    });
  });

  test("does not depend on how its bytes are cut", () => {
    const bodies = [rich, rich.replaceAll("\r\n", "\n"), rich.slice(0, -9), `${many(5)}--X\nfoo`].map((body) =>
      Buffer.from(body),
    );
    for (const body of bodies) {
      const whole = readAll(body);
      fc.assert(
        fc.property(chunkings(body), (chunks) => {
          expect(readAll(body, { chunks })).toEqual(whole);
        }),
      );
      const singly = Array.from(body, (byte) => Uint8Array.of(byte));
      expect(readAll(body, { chunks: singly })).toEqual(whole);
    }
  });
});

describe("hostile bytes", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "--X",
      "--X--",
      "\r\n",
      "\n",
      "\r",
      "--",
      " ",
      ":",
      field("model", "m"),
      file,
      "\r\n--X-",
      "Content-Disposition: ",
    ),
    fc.string({ maxLength: 8 }),
  );

  test("give a reading, the same for any cutting", () => {
    const body = fc.array(piece, { maxLength: 14 }).map((pieces) => Buffer.from(pieces.join(""), "latin1"));
    const cut = body.chain((bytes) => fc.tuple(fc.constant(bytes), chunkings(bytes)));
    fc.assert(
      fc.property(cut, ([bytes, chunks]) => {
        expect(readAll(bytes, { chunks })).toEqual(readAll(bytes));
      }),
    );
  });

  test.each([
    ["one line without an end", "x".repeat(1 << 20)],
    ["one head without an end", `--X\r\n${"y".repeat(1 << 20)}`],
    ["one value without an end", `${field("model", "z").slice(0, -2)}${"z".repeat(1 << 20)}`],
    ["nothing but beginnings of boundaries", `${file.slice(0, -2)}${"\r\n--".repeat(1 << 18)}`],
  ])("keep little of %s", async (_what, text) => {
    const form = createTranscriptionForm({ contentType: TYPE, path: PATH });
    const bytes = Buffer.from(text);
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 32; round += 1) {
      for (let at = 0; at < bytes.length; at += 1 << 16) form.observe(bytes.subarray(at, at + (1 << 16)));
    }
    // Buffers are given back beside the collection, on a busy machine a little later.
    const grown = (): number => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers - before;
    };
    await expect.poll(grown).toBeLessThan(1 << 20);
    expect(form.end().refusal).toBeDefined();
  });

  test("keep no more of a long value than any use needs, and tell its whole place", () => {
    const body = field("prompt", "p".repeat(300_000)) + file + model + end;
    expect(readAll(body)).toMatchObject({ facts: { model: "nope:1b", promptCharacters: 65_536 } });
    const long = field("model", "m".repeat(100_000)) + file + end;
    expect(outcomeOf(readAll(long))).toBe("invalid model name");
  });

  test("that pile up in values are refused at Go's bound", () => {
    const form = createTranscriptionForm({ contentType: TYPE, path: PATH });
    form.observe(Buffer.from(field("other", "").slice(0, -2)));
    for (let mib = 0; mib < 36; mib += 1) form.observe(Buffer.alloc(1 << 20));
    expect(outcomeOf(form.end())).toBe(`${FAILED}multipart: message too large`);
  });
});
