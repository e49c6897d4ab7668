import { describe, expect, test } from "vitest";
import { classifyError } from "./classify-error.ts";

const errorWith = (code: string): Error => Object.assign(new Error("what happened"), { code });

describe("an error of the transport", () => {
  test.each(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "UND_ERR_CONNECT_TIMEOUT", "ENOTFOUND"])(
    "%s says that nobody is there",
    (code) => {
      expect(classifyError(errorWith(code))).toEqual({ detail: `${code}: what happened`, isRefused: true });
    },
  );

  test.each(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "HPE_INVALID_CONSTANT"])("%s does not", (code) => {
    expect(classifyError(errorWith(code)).isRefused).toBe(false);
  });

  test("is found below others that wrap it", () => {
    const wrapped = new Error("fetch failed", { cause: errorWith("ECONNREFUSED") });
    expect(classifyError(wrapped).isRefused).toBe(true);
    const several = new AggregateError([errorWith("ECONNREFUSED"), errorWith("ENETUNREACH")], "all failed");
    expect(classifyError(several)).toEqual({ detail: "ECONNREFUSED: all failed", isRefused: true });
  });

  test("without a code is told by its sentence", () => {
    expect(classifyError(new Error("strange"))).toEqual({ detail: "strange", isRefused: false });
  });
});
