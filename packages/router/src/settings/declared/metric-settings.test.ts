import { expect, test } from "vitest";
import { z } from "zod";
import { routerSettings } from "../settings.ts";

const endpoint = routerSettings.entries.find(({ key }) => key === "otlp_endpoint");
const isTaken = (url: string): boolean => endpoint !== undefined && z.safeParse(endpoint.schema, url).success;

test.each([
  "",
  "http://127.0.0.1:4318",
  "http://[::1]:4318",
  "https://collector.example/base/path",
  "http://collector:65535/",
])("%j is a collector, or none", (url) => {
  expect(isTaken(url)).toBe(true);
  if (url !== "") expect(URL.canParse(url)).toBe(true);
});

test.each([
  "collector:4318",
  "ftp://collector",
  "http://",
  "http://[::1",
  "http://collector:65536",
  "http://collector:",
  "http://name:password@collector",
  "http://collector/?key=secret",
  "http://collector /",
])("%j is no collector that could be reached, or holds a secret", (url) => {
  expect(isTaken(url)).toBe(false);
});
