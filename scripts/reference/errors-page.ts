import { errorCatalogue } from "../../packages/router/src/domain/errors.ts";
import { code, markdownTable, plain } from "./markdown-table.ts";

/** Every error of the catalogue: what it means and what to do. */
export function errorsPage(): string {
  const rows = [...errorCatalogue.values()].map(({ code: name, status, source, isRetryable, title, hint }) => [
    code(name),
    String(status),
    source,
    isRetryable ? "yes" : "no",
    plain(title),
    plain(hint),
  ]);
  const intro =
    "Every error carries its code in `X-Herd-Error` and the fix in `X-Herd-Hint`; the body speaks the dialect that was asked. What Ollama itself refuses keeps Ollama's own status and words. Errors at start are printed, and have exit codes: 2 bad setting, 3 port taken, 4 data folder or database.";
  return `# Errors\n\n${intro}\n\n${markdownTable(["Code", "Status", "Whose doing", "Retry", "Meaning", "Fix"], rows)}`;
}
