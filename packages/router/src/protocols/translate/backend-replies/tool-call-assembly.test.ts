import { describe, expect, it } from "vitest";
import { type CallPiece, ToolCallAssembly } from "./tool-call-assembly.ts";

const piece = (rest: Partial<CallPiece>): CallPiece => ({ index: 0, id: "", name: "", argumentsText: "", ...rest });

/** The calls as `index id name(arguments)`, and the kinds of events in which they came. */
const assembled = (pieces: readonly Partial<CallPiece>[]): readonly string[] => {
  const assembly = new ToolCallAssembly(0);
  const events = [...pieces.flatMap((rest) => assembly.add(piece(rest))), ...assembly.end()];
  const calls = new Map<number, string>();
  for (const event of events) {
    if (event.kind === "tool-call") calls.set(event.index, `${event.index} ${event.id} ${event.name}:`);
    if (event.kind === "tool-arguments") calls.set(event.index, calls.get(event.index) + event.text);
  }
  return [...calls.values()];
};

describe("putting tool calls together", () => {
  it.each<[string, readonly Partial<CallPiece>[], readonly string[]]>([
    ["whole in one piece", [{ id: "a", name: "f", argumentsText: "{}" }], ["0 a f:{}"]],
    [
      "in pieces that name the call once",
      [{ id: "a", name: "f" }, { argumentsText: '{"x"' }, { argumentsText: ":1}" }],
      ['0 a f:{"x":1}'],
    ],
    [
      "in pieces that all name the call",
      [
        { id: "a", name: "f", argumentsText: '{"x"' },
        { id: "a", name: "f", argumentsText: ":1}" },
      ],
      ['0 a f:{"x":1}'],
    ],
    [
      "with id and name in pieces",
      [{ id: "call_", name: "get_" }, { name: "weather" }, { id: "1", argumentsText: "{}" }],
      ["0 call_1 get_weather:{}"],
    ],
    [
      "with id and name after the arguments",
      [{ argumentsText: '{"x"' }, { id: "a", argumentsText: ":1" }, { name: "f", argumentsText: "}" }],
      ['0 a f:{"x":1}'],
    ],
    ["without arguments", [{ id: "a", name: "f" }], ["0 a f:"]],
    ["without an id", [{ name: "f", argumentsText: "{}" }], ["0  f:{}"]],
    [
      "several at once",
      [
        { id: "a", name: "f", argumentsText: "{" },
        { index: 1, id: "b", name: "g", argumentsText: "[" },
        { argumentsText: "}" },
        { index: 1, argumentsText: "]" },
      ],
      ["0 a f:{}", "1 b g:[]"],
    ],
    [
      "several under one index",
      [
        { id: "a", name: "f", argumentsText: "{}" },
        { id: "b", name: "f", argumentsText: "[]" },
      ],
      ["0 a f:{}", "1 b f:[]"],
    ],
    [
      "several without an index",
      [
        { index: undefined, id: "a", name: "f", argumentsText: "{" },
        { index: undefined, argumentsText: "}" },
        { index: undefined, id: "b", name: "g", argumentsText: "[]" },
        { index: undefined, id: "b", argumentsText: " " },
      ],
      ["0 a f:{}", "1 b g:[] "],
    ],
  ])("understands calls %s", (_title, pieces, calls) => {
    expect(assembled(pieces)).toEqual(calls);
  });

  it("tells a call as soon as its arguments begin", () => {
    const assembly = new ToolCallAssembly(2);
    expect(assembly.add(piece({ id: "a", name: "f" }))).toEqual([]);
    expect(assembly.add(piece({ argumentsText: "{" }))).toEqual([
      { kind: "tool-call", choice: 2, index: 0, id: "a", name: "f" },
      { kind: "tool-arguments", choice: 2, index: 0, text: "{" },
    ]);
    expect(assembly.add(piece({ argumentsText: "}" }))).toEqual([
      { kind: "tool-arguments", choice: 2, index: 0, text: "}" },
    ]);
  });

  it("does not wait for a name without bound", () => {
    const assembly = new ToolCallAssembly(0);
    const events = Array.from({ length: 40 }, () => assembly.add(piece({ argumentsText: "x".repeat(50_000) })));
    expect(events.flat()[0]?.kind).toBe("tool-call");
  });
});
