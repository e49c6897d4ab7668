import type { IntendedDifference } from "../intended-difference.ts";

/** What each dialect calls an error inside a stream: one record, after what closes a record that was cut. */
const errorRecord =
  /^\s*(\{"error":"[^\n]*"\}\n|data: \{"error":\{[^\n]*\}\}\n\n|event: error\ndata: \{[^\n]*"error"[^\n]*\}\n\n)(data: \[DONE\]\n\n)?$/;

/** Answers that have no good end. */
export const endingDifferences: readonly IntendedDifference[] = [
  {
    name: "a broken stream ends in words",
    reason:
      "Where a node's stream stops without its closing record, or its connection is cut, Ollama says nothing; the router ends the stream cleanly with the dialect's own error record.",
    settle: ({ direct, router }) => {
      const isBroken = direct.status === 200 && router.body.startsWith(direct.body) && direct.framing === "chunked";
      if (!isBroken || !errorRecord.test(router.body.slice(direct.body.length)) || router.endedBy !== "complete")
        return undefined;
      return { router: { ...router, body: direct.body, endedBy: direct.endedBy } };
    },
  },
  {
    name: "a dead node is a 503",
    reason:
      "Where a node ends the connection without an answer, the router answers in the node's place: 503 with Retry-After, in the dialect asked.",
    settle: ({ direct, router }) => {
      const isDead = direct.status === undefined && direct.endedBy === "cut";
      const isTold = router.status === 503 && router.headers.has("retry-after") && /"error"/.test(router.body);
      return isDead && isTold ? { router: direct } : undefined;
    },
  },
  {
    name: "a full queue tells when to come back",
    reason: "Ollama's 503 of a full queue says nothing about time; the router adds Retry-After.",
    settle: ({ direct, router }) => {
      const isMore = direct.status === 503 && router.status === 503 && !direct.headers.has("retry-after");
      if (!isMore || !/^\d+$/.test(router.headers.get("retry-after") ?? "")) return undefined;
      return {
        router: { ...router, headers: new Map([...router.headers].filter(([name]) => name !== "retry-after")) },
      };
    },
  },
  {
    name: "no path of a node's disk is told",
    reason: "A push of what nobody has fails in Ollama with a path of the machine's disk; the router names the model.",
    settle: ({ route, direct, router }) => {
      const [own, other] = [direct, router].map(({ body }) => body.replace(/("error":")[^"]*"/, '$1<text>"'));
      const isPath = route === "POST /api/push" && /"error":"open \//.test(direct.body);
      return isPath && own === other && direct.status === router.status
        ? { router: { ...direct, pieces: router.pieces } }
        : undefined;
    },
  },
  {
    name: "errors carry the router's request id",
    reason:
      "request_id in an error of /v1/messages is the X-Request-Id under which the router's traces and logs have it.",
    settle: ({ direct, router }) => {
      const id = /"request_id":"[^"]*"/;
      const isId = direct.status === router.status && id.test(direct.body) && id.test(router.body);
      const masked = (body: string) => body.replace(id, '"request_id":"<id>"');
      if (!isId || masked(direct.body) !== masked(router.body)) return undefined;
      return { direct: { ...direct, body: masked(direct.body) }, router: { ...router, body: masked(router.body) } };
    },
  },
];
