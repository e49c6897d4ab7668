import { expect, test } from "vitest";
import { commands } from "../commands.ts";
import { asTyped } from "./as-typed.ts";

const NPM = "npm run herd --";

test("every command is told as it can be typed", () => {
  for (const { words } of commands) {
    const line = `herd ${words.join(" ")}`;
    expect(asTyped(`try: ${line}`, NPM)).toBe(`try: npm run ${line.replace("herd", "herd --")}`);
    expect(asTyped(line, "herd")).toBe(line);
  }
  expect(asTyped("herd-node --router-url http://r:1", NPM)).toBe("npm run herd-node -- --router-url http://r:1");
});

test("what is no command, or is typed so already, stays", () => {
  for (const text of ["the herd router", "npm run herd -- status", "herd-node joined", "a herd"])
    expect(asTyped(text, NPM)).toBe(text);
});
