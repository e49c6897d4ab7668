import { expect, test } from "vitest";
import { createSettingsStore } from "./settings-store.ts";
import { openStore } from "./testing/open-store.ts";

const open = () => {
  const { connection } = openStore();
  return { connection, settings: createSettingsStore({ connection, now: () => 1_790_000_000_000 }) };
};

test("saved settings are read back as they were, the newest value of each", () => {
  const { settings, connection } = open();
  settings.save({ context_protection: "warn", num_ctx_overrides: { m: 8192 } });
  settings.save({ context_protection: "passthrough" });
  expect(settings.load()).toEqual({ context_protection: "passthrough", num_ctx_overrides: { m: 8192 } });
  expect(connection.prepare("SELECT updated_at FROM settings_overrides").pluck().all()).toEqual([1.79e9, 1.79e9]);
});

test("a value that somebody broke is left out, and hostile names are only names", () => {
  const { settings, connection } = open();
  settings.save({ "x'; DROP TABLE settings_overrides; --": 1, wait_deadline_s: 5 });
  connection.exec("UPDATE settings_overrides SET value = 'broken' WHERE name = 'wait_deadline_s'");
  expect(settings.load()).toEqual({ "x'; DROP TABLE settings_overrides; --": 1 });
});

test("a change that cannot be written throws and leaves what was there", () => {
  const { settings, connection } = open();
  settings.save({ a: 1 });
  connection.pragma("query_only = ON");
  expect(() => settings.save({ a: 2, b: 3 })).toThrow();
  connection.pragma("query_only = OFF");
  expect(settings.load()).toEqual({ a: 1 });
});
