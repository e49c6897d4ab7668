import { expect, test } from "vitest";
import { licenceKind } from "./licence.ts";

test("licences that forbid commercial or productive use are told from free ones, and both from none", () => {
  for (const free of ["Apache-2.0", "MIT", "Gemma Terms of Use", "Llama 3.3 Community License", "Qwen License"])
    expect(licenceKind(free), free).toBe("free");
  for (const bound of ["CC-BY-NC-4.0", "Mistral Non-Production License", "Qwen Research License", "Non-Commercial"])
    expect(licenceKind(bound), bound).toBe("restricted");
  expect(licenceKind(undefined)).toBe("unknown");
});
