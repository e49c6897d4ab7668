import { describe, expect, it } from "vitest";
import { readChat } from "../ollama/read-chat.ts";
import { applyEdits } from "./apply-edits.ts";
import { removeNumCtx, setNumCtx, swapModel } from "./body-edits.ts";

const read = (text: string) => {
  const body = Buffer.from(text);
  const result = readChat(body);
  if (result.refusal !== undefined) throw new Error(result.refusal.message);
  const edited = (...edits: Parameters<typeof applyEdits>[1]): string =>
    Buffer.from(applyEdits(body, edits)).toString();
  return { ...result, edited };
};

describe("edits of a chat", () => {
  it("swap the model that counts and nothing else", () => {
    const { facts, edited } = read('{ "model":"a", "x":"model", "MODEL" : "b" ,"messages":[]}');
    expect(edited(swapModel(facts.modelRange, 'c"é'))).toBe(
      '{ "model":"a", "x":"model", "MODEL" : "c\\"é" ,"messages":[]}',
    );
  });

  it.each([
    ['{"model":"m"}', '{"model":"m","options":{"num_ctx":8192}}'],
    ['{"model":"m","options":null}', '{"model":"m","options":null,"options":{"num_ctx":8192}}'],
    [
      '{"model":"m","options":{"num_ctx":1},"options":null}',
      '{"model":"m","options":{"num_ctx":1},"options":null,"options":{"num_ctx":8192}}',
    ],
    ['{"model":"m","options":{ }}', '{"model":"m","options":{ "num_ctx":8192}}'],
    ['{"model":"m","options":{"seed":1}}', '{"model":"m","options":{"seed":1,"num_ctx":8192}}'],
    ['{"model":"m","options":{"num_ctx": 512 ,"seed":1}}', '{"model":"m","options":{"num_ctx": 8192 ,"seed":1}}'],
    [
      '{"options":{"num_ctx":1},"Options":{"num_ctx":2},"model":"m"}',
      '{"options":{"num_ctx":1},"Options":{"num_ctx":8192},"model":"m"}',
    ],
  ])("ask %s for a context of 8192", (body, expected) => {
    const { places, edited } = read(body);
    expect(edited(setNumCtx(places, 8192))).toBe(expected);
    expect(read(expected).facts.numCtx).toBe(8192);
  });

  it.each([
    ['{"model":"m","options":{"num_ctx":512}}', '{"model":"m","options":{}}'],
    ['{"model":"m","options":{"seed":1, "num_ctx":512}}', '{"model":"m","options":{"seed":1}}'],
    ['{"model":"m","options":{"num_ctx":1,"num_ctx":2,"seed":1}}', '{"model":"m","options":{"seed":1}}'],
    [
      '{"options":{"num_ctx":1},"OPTIONS":{"a":1,"num_ctx":2},"model":"m"}',
      '{"options":{},"OPTIONS":{"a":1},"model":"m"}',
    ],
    ['{"model":"m"}', '{"model":"m"}'],
  ])("take the context out of %s", (body, expected) => {
    const { places, edited } = read(body);
    expect(edited(...removeNumCtx(places))).toBe(expected);
    expect(read(expected).facts.numCtx).toBeUndefined();
  });
});
