import { expect, test } from "vitest";
import { deliveryOf, routerTimeOf } from "./delivery.ts";

const answered = (status: number, body: unknown) => ({ kind: "answered", status, body }) as const;

test("only status 200 with a router's body is success", () => {
  expect(deliveryOf(answered(200, { status: "ok" }), false)).toMatchObject({ kind: "accepted", isLegacy: false });
  expect(deliveryOf(answered(200, "Ollama is running"), false).kind).toBe("failed");
  expect(deliveryOf(answered(204, undefined), true).kind).toBe("refused");
  expect(deliveryOf(answered(503, { error: "busy" }), false).kind).toBe("failed");
});

test("a refusal keeps what helps its owner, from any server", () => {
  const body = { error: "no", code: "HERD_BAD_HEARTBEAT", field: "cpu", hint: "fix it", router_time_ms: 5 };
  const { error: message, code, field, hint } = body;
  expect(deliveryOf(answered(400, body), false)).toEqual({ kind: "refused", status: 400, code, message, field, hint });
  expect(deliveryOf(answered(418, null), false)).toMatchObject({ kind: "refused", message: "it answered 418" });
  expect(deliveryOf(answered(400, { error: 7 }), false)).toMatchObject({ message: "it answered 400" });
});

test("the router's clock is read from every answer that states it", () => {
  expect(routerTimeOf(answered(403, { error: "old", router_time_ms: 5 }))).toBe(5);
  expect(routerTimeOf(answered(200, { router_time_ms: "5" }))).toBeUndefined();
  expect(routerTimeOf({ kind: "failed", reason: "away" })).toBeUndefined();
});
