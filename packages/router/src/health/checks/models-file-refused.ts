import type { Check } from "../check.ts";
import { plainText } from "../words.ts";

/** A list of models of one's own that cannot be used. */
export const modelsFileRefused: Check = {
  id: "models_file_refused",
  title: "List of models that may be recommended",
  meaning:
    "warning when models.json of the data folder is not used, because it is older than the built-in list or wrong",
  appliesTo: ({ router }) => router.modelsFile !== undefined,
  inspect: ({ router: { modelsFile } }) =>
    modelsFile === undefined
      ? []
      : [
          {
            severity: "warning",
            nodeId: undefined,
            subject: "",
            title: "models.json of the data folder is not used",
            description: `${modelsFile.path}: ${plainText(modelsFile.problem)}. The list of this version is used instead.`,
            why: "Recommendations know no model that only this file has, and sizes may be out of date.",
            fix: "Make it anew with scripts/refresh-models.ts of this version's sources, mend what is told here, or delete the file; it is read again by itself",
            details: { path: modelsFile.path, problem: plainText(modelsFile.problem) },
          },
        ],
};
