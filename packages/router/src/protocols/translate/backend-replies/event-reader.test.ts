import { describe, expect, it } from "vitest";
import { EventReader } from "./event-reader.ts";

const eventsOf = (text: string) => {
  const reader = new EventReader();
  return [...reader.read(Buffer.from(text)), ...reader.end()];
};

describe("reading server-sent events", () => {
  it.each([
    ["a blank after the colon or none", 'data: {"a":1}\n\ndata:{"a":2}\n\n', [{ a: 1 }, { a: 2 }]],
    ["line ends of Windows", 'data: {"a":1}\r\n\r\ndata: [DONE]\r\n\r\n', [{ a: 1 }, "done"]],
    ["names, ids and comments", ': ping\nevent: chunk\nid: 7\nretry: 1\ndata: {"a":1}\n\n:\n\n', [{ a: 1 }]],
    ["data in several lines", 'data: {"a":\ndata: 1}\n\ndata: [DONE]\n\n', [{ a: 1 }, "done"]],
    ["no blank line between events", 'data: {"a":1}\ndata: {"a":2}\ndata: [DONE]\n', [{ a: 1 }, { a: 2 }, "done"]],
    ["no line end at the end", 'data: {"a":1}\n\ndata: [DONE]', [{ a: 1 }, "done"]],
    ["data without anything", "data\n\ndata:\n\ndata: \n\n", []],
    ["data that is no object", "data: 7\n\n", ["broken"]],
    ["half an object", 'data: {"a":\n\n', ["broken"]],
    ["other fields whose name begins alike", "database: 1\n\n", []],
  ])("understands %s", (_title, text, events) => {
    expect(eventsOf(text)).toEqual(events);
  });
});
