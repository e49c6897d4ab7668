import { describe, expect, test } from "vitest";
import { joinCommand } from "./join-command.ts";

describe("the line that makes a machine join", () => {
  test("holds the address under which the browser reached the router", () => {
    const command = joinCommand(new URL("http://router.lan:11435/dashboard/"));
    expect(command).toMatchObject({ text: "herd-node --router-url http://router.lan:11435", hasPlaceholder: false });
  });

  test.each(["http://localhost:11435", "http://127.0.0.1:11435", "http://[::1]:11435", "http://herd.localhost:11435"])(
    "holds a placeholder for %s, which another machine cannot reach",
    (address) => {
      const command = joinCommand(new URL(address));
      expect(command).toMatchObject({ text: "herd-node --router-url http://THIS-HOST:11435", hasPlaceholder: true });
    },
  );

  test("leaves out a port that is the usual one of the scheme", () => {
    expect(joinCommand(new URL("https://herd.example/dashboard")).text).toBe(
      "herd-node --router-url https://herd.example",
    );
  });
});
