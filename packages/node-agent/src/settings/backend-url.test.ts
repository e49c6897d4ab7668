import fc from "fast-check";
import { expect, test } from "vitest";
import { backendUrl } from "./backend-url.ts";

test.each([
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  [" http://127.0.0.1:8080/ ", "http://127.0.0.1:8080"],
  ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080"],
  ["http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080"],
  ["HTTP://Gpu.local:8000/llm/v1", "http://gpu.local:8000/llm"],
  ["https://gpu.local", "https://gpu.local"],
  ["192.168.1.5:8000", "http://192.168.1.5:8000"],
  [":8080", "http://127.0.0.1:8080"],
  ["0.0.0.0:8080", "http://127.0.0.1:8080"],
  ["[::1]:8080/v1", "http://[::1]:8080"],
])("the URL of a backend may be written %j", (text, url) => {
  expect(backendUrl.parse(text)).toBe(url);
});

test.each([
  "",
  " ",
  "8080",
  "localhost",
  "ftp://127.0.0.1:8080",
  "http://",
  "http://user:secret@127.0.0.1:8080",
  "http://127.0.0.1:8080/?key=1",
  "http://127.0.0.1:8080/#a",
  "http://127.0.0.1:70000",
  "not a url:80:80",
])("%j is none", (text) => {
  expect(backendUrl.safeParse(text).success).toBe(false);
});

test("what was read once is read again as it is", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webAuthority({ withPort: true })), (text) => {
      const once = backendUrl.safeParse(text);
      if (once.success) expect(backendUrl.parse(once.data)).toBe(once.data);
    }),
  );
});
