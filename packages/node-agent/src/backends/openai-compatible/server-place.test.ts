import { backendReading } from "@herd/shared";
import fc from "fast-check";
import { expect, test } from "vitest";
import { serverPlacesOf } from "./server-place.ts";

const paths = (...urls: readonly string[]) => serverPlacesOf(urls).map(({ path }) => path);

test("a server of this machine is named by its port", () => {
  expect(paths("http://127.0.0.1:8080", "http://localhost:1234", "http://[::1]", "https://127.0.0.2")).toEqual([
    "/openai-8080",
    "/openai-1234",
    "/openai-80",
    "/openai-443",
  ]);
});

test("a server elsewhere is named by its host, too, and one under a path by that", () => {
  expect(paths("http://192.168.1.5:8000", "http://gpu.local:8000", "http://127.0.0.1:8080/llm")).toEqual([
    "/openai-192-168-1-5-8000",
    "/openai-gpu-local-8000",
    "/openai-8080-llm",
  ]);
});

test("the same URL counts once, and two that would have one name are told apart", () => {
  expect(paths("http://127.0.0.1:8080", "http://localhost:8080", "http://127.0.0.1:8080")).toEqual([
    "/openai-8080",
    "/openai-8080-2",
  ]);
});

test("every URL gets a path of its own that a router takes", () => {
  fc.assert(
    fc.property(fc.array(fc.webUrl({ withQueryParameters: false, withFragments: false }), { maxLength: 8 }), (urls) => {
      const given = paths(...urls);
      expect(new Set(given).size).toBe(new Set(urls).size);
      for (const path of given)
        expect(backendReading.safeParse({ kind: "openai-compatible", path }).success).toBe(true);
    }),
  );
});
