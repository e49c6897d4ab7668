import type { IntendedDifference } from "../intended-difference.ts";

const ALLOWED = "access-control-allow-headers";
const EXPOSED = "access-control-expose-headers";

/** Who may ask. */
export const accessDifferences: readonly IntendedDifference[] = [
  {
    name: "pages may send and read more headers",
    reason:
      "The headers that Ollama lets pages send are all allowed, and those of the clients of OpenAI and Anthropic and of the router beside them; its own answer headers can be read.",
    settle: ({ direct, router }) => {
      const [few, many] = [direct, router].map(({ headers }) =>
        (headers.get(ALLOWED) ?? "").toLowerCase().split(/,\s*/),
      );
      const isMore = few?.every((name) => many?.includes(name)) === true;
      if (!isMore || (!router.headers.has(EXPOSED) && few?.length === many?.length)) return undefined;
      const headers = new Map([...router.headers].filter(([name]) => name !== EXPOSED && name !== ALLOWED));
      const allowed = direct.headers.get(ALLOWED);
      return { router: { ...router, headers: allowed === undefined ? headers : headers.set(ALLOWED, allowed) } };
    },
  },
  {
    name: "refusals say why",
    reason:
      "Ollama refuses a Host or Origin with 403 and nothing else; the router's 403 holds a sentence in the dialect of the path, and what to set.",
    settle: ({ direct, router }) => {
      const isRefusal = direct.status === 403 && direct.body === "" && router.status === 403;
      return isRefusal && /"error"/.test(router.body) ? { router: { ...direct, pieces: router.pieces } } : undefined;
    },
  },
  {
    name: "the fleet has many names",
    reason:
      "An Ollama that listens on loopback knows its own machine's names only; a router is called by every address and every name without a dot (product rule: DNS rebinding needs a public name).",
    settle: ({ route, step, direct, router }) => {
      const isName =
        route === "GET /api/version" &&
        /^(Host of (a public address|one label)|host-(public-ip|other-name)-403)$/.test(step);
      const isVersion = router.status === 200 && /^\{"version":"[\d.]+"/.test(router.body);
      return isName && direct.status === 403 && isVersion ? { router: direct } : undefined;
    },
  },
  {
    name: "a request without Host",
    reason:
      "Both refuse it with 400; the sentence of Go's server is not repeated, since Node's parser answers before the router sees anything.",
    settle: ({ step, direct, router }) =>
      /^(no Host|host-missing-400)$/.test(step) && direct.status === 400 && router.status === 400
        ? { router: direct }
        : undefined,
  },
];
