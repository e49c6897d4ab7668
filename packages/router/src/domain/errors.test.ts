import { describe, expect, test } from "vitest";
import { errorCatalogue, errorEntry, HerdError } from "./errors.ts";

const entries = [...errorCatalogue.values()];

describe("the catalogue of errors", () => {
  test("has a whole entry for every code", () => {
    for (const { code, status, title, message, hint } of entries) {
      expect(code).toMatch(/^HERD_[A-Z_]+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect([title, message("subject"), hint].every((text) => text.length > 0)).toBe(true);
    }
  });

  test("has titles that tell its entries apart", () => {
    expect(new Set(entries.map(({ title }) => title)).size).toBe(entries.length);
  });

  test("promises that trying again helps only where that can be so", () => {
    for (const { code, source, status, isRetryable } of entries) {
      if (source === "client") expect([code, isRetryable]).toEqual([code, false]);
      // What a setting has turned off stays off; the predecessor, too, answers 503 to it.
      if (status === 503) expect([code, isRetryable]).toEqual([code, code !== "HERD_TURNED_OFF"]);
    }
  });

  test("says busy in Ollama's words where a client should try again", () => {
    for (const code of ["HERD_QUEUE_FULL", "HERD_WAIT_DEADLINE", "HERD_TOO_MUCH_HELD", "HERD_SHUTTING_DOWN"] as const) {
      expect(errorEntry(code).message("m")).toMatch(/^server busy, please try again/);
    }
  });

  test("does not know other codes", () => {
    expect(() => errorEntry("HERD_NOTHING" as never)).toThrow(RangeError);
  });
});

test("an error on its way tells its sentence, its entry, its field and its cause", () => {
  const cause = new Error("deep");
  const error = new HerdError("HERD_MODEL_NOT_FOUND", "gemma3", { cause, field: "model" });
  expect(error).toMatchObject({
    message: "model 'gemma3' not found",
    code: "HERD_MODEL_NOT_FOUND",
    field: "model",
    cause,
  });
  expect(error.entry).toBe(errorEntry("HERD_MODEL_NOT_FOUND"));
});
