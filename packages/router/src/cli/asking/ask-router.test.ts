import { afterEach, describe, expect, test } from "vitest";
import {
  herdIdentity,
  type Recorded,
  type RecordedRouter,
  refusing,
  startRecordedRouter,
} from "../testing/recorded-router.ts";
import { askRouter } from "./ask-router.ts";

let router: RecordedRouter | undefined;

afterEach(async () => {
  await router?.close();
  router = undefined;
});

async function ask(routes: Readonly<Record<string, Recorded>>, path = "/x") {
  router = await startRecordedRouter(routes);
  return askRouter({ url: router.url, path });
}

describe("asking a running router", () => {
  test("gives its answer", async () => {
    expect(await ask({ "GET /x": { some: "answer" } })).toEqual({ kind: "answer", content: { some: "answer" } });
  });

  test("gives its own sentence and its fix when it refuses", async () => {
    const told = { error: "limit is too large", code: "HERD_BAD_REQUEST", field: "limit", hint: "Send less" };
    expect(await ask({ "GET /x": refusing(400, told) })).toMatchObject({
      kind: "none",
      reason: "refused",
      status: 400,
      code: "HERD_BAD_REQUEST",
      why: "limit is too large",
      fix: "Send less",
    });
  });

  test("says where to run what is only open on the router's own machine", async () => {
    const told = { error: "/x is only open on the router's own machine", code: "HERD_ADMIN_ONLY", hint: "other" };
    const answer = await ask({ "GET /x": refusing(403, told) });
    expect(answer).toMatchObject({ why: told.error, fix: expect.stringContaining("ssh 127.0.0.1") });
  });

  test("names the version of a router that does not know the path", async () => {
    expect(await ask(herdIdentity)).toMatchObject({
      reason: "missing",
      why: expect.stringContaining("(version 9.9.9) does not know /x"),
      fix: expect.stringContaining("update herd"),
    });
  });

  test("names what a router of this kind cannot do yet", async () => {
    const told = {
      error: "health checks: this version of herd cannot do that yet",
      code: "HERD_NOT_YET",
      hint: "A later one",
    };
    expect(await ask({ "GET /x": refusing(501, told) })).toMatchObject({
      status: 501,
      why: told.error,
      fix: "A later one",
    });
  });

  test("knows the predecessor, and Ollama itself", async () => {
    const old = {
      "GET /x": refusing(404, { detail: "Not Found" }),
      "GET /api/version": { version: "0.24.0", herd_version: "0.11.4" },
    };
    expect(await ask(old)).toMatchObject({ reason: "stranger", why: expect.stringContaining("is ollama-herd 0.11.4") });
    await router?.close();
    expect(await ask({ "GET /api/version": { version: "0.24.0" } })).toMatchObject({
      why: expect.stringContaining("is Ollama 0.24.0 itself"),
    });
  });

  test("says how to start one when none answers, or something else does", async () => {
    expect(await askRouter({ url: "http://127.0.0.1:1", path: "/x" })).toMatchObject({
      reason: "unreachable",
      why: "no router answers at http://127.0.0.1:1 (bad port)",
      fix: expect.stringContaining("npm start"),
    });
    const page: Recorded = ({ response }) => void response.end("<html>");
    expect(await ask({ "GET /x": page })).toMatchObject({ why: expect.stringMatching(/is no herd router$/) });
  });

  test("says how long it was silent, and is stopped at once", async () => {
    router = await startRecordedRouter({ "GET /x": () => undefined });
    const { url } = router;
    expect(await askRouter({ url, path: "/x", withinMs: 50 })).toMatchObject({
      why: expect.stringContaining("silent for 0.05 s"),
      fix: expect.stringContaining("something listens there"),
    });
    const signal = AbortSignal.abort();
    expect(await askRouter({ url, path: "/x", signal })).toMatchObject({ reason: "stopped" });
  });
});
