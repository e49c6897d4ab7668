import type { IntendedDifference } from "../intended-difference.ts";

/** What the router does and Ollama does not. */
export const ownRoutes: readonly IntendedDifference[] = [
  {
    name: "tokens are counted",
    reason: "Ollama has no /v1/messages/count_tokens; the router answers it itself, with an estimate.",
    settle: ({ route, direct, router }) => {
      const isCounted = router.status === 200 && /^\{"input_tokens":\d+\}\n?$/.test(router.body);
      const isRefused = router.status === 400 && /"invalid_request_error"/.test(router.body);
      const isOwn = route === "POST /v1/messages/count_tokens" && direct.status === 404;
      return isOwn && (isCounted || isRefused) ? { router: direct } : undefined;
    },
  },
  {
    name: "tool_choice none is honoured",
    reason: "Ollama ignores tool_choice; the router takes the tools out of a request that wants none called.",
    settle: ({ step, direct, router }) => {
      const isWithout =
        router.status === 200 &&
        /"object":"chat\.completion"/.test(router.body) &&
        !/"tool_calls":\[/.test(router.body);
      return step === "tool_choice none" && isWithout ? { router: direct } : undefined;
    },
  },
  {
    name: "no picture is an error",
    reason: "A text model that is asked for a picture gives a 200 without a body; the router says that nothing came.",
    settle: ({ route, direct, router }) => {
      const isNothing = route === "POST /v1/images/generations" && direct.status === 200 && direct.body === "";
      return isNothing && router.status === 502 && /"error"/.test(router.body) ? { router: direct } : undefined;
    },
  },
  {
    name: "pictures are not edited",
    reason: "Ollama had /v1/images/edits from 0.15.0 to 0.32.5 and dropped it; the router does not serve it.",
    settle: ({ route, direct, router }) => {
      const isUnknown = router.status === 404 && router.body === "404 page not found";
      return route === "POST /v1/images/edits" && isUnknown ? { router: direct } : undefined;
    },
  },
  {
    name: "models are found by names with a slash",
    reason:
      "Ollama matches one path segment only, so that a name with a slash is an unknown path; the router looks it up.",
    settle: ({ route, direct, router }) => {
      const isPath = route === "GET /v1/models/:id" && direct.body === "404 page not found";
      const isAnswer =
        router.status === 200 ? /"object":"model"/.test(router.body) : /"not_found_error"/.test(router.body);
      return isPath && isAnswer ? { router: direct } : undefined;
    },
  },
];
