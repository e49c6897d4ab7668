import { hasRoute } from "../../domain/backend-routes.ts";
import type { WireRoute } from "../../domain/wire-route.ts";
import type { Filter } from "../contracts.ts";

/** Their requests and replies cannot be said in another API. */
const UNTRANSLATABLE: ReadonlySet<WireRoute> = new Set<WireRoute>([
  "/v1/audio/transcriptions",
  "/v1/images/generations",
]);

export const lacksRoute: Filter = {
  name: "lacks-route",
  meaning:
    "The inference server has no such route in its version, and the request cannot be translated, as with speech and images. Steps aside when it would leave no " +
    "candidate: then the inference server answers in its own words",
  canYield: true,
  reject({ backend }, { request: { route } }) {
    if (route === undefined || !UNTRANSLATABLE.has(route) || hasRoute(backend, route)) return undefined;
    return { code: "lacks-route", facts: {} };
  },
  explain: () => "Its inference server does not offer this route",
};
