/** Every GET route of the dashboard's API with queries that nobody in their right mind sends. */
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DescribedOperation, document } from "../../dashboard-api/description/testing/open-api-shape.ts";
import { chatAnswer } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

let router: TestRouter;
let routes: readonly (readonly [string, DescribedOperation])[] = [];

beforeAll(async () => {
  router = await startTestRouter();
  await router.addNode(chatAnswer);
  const { paths } = document.parse(await (await fetch(`${router.url}/openapi.json`)).json());
  routes = Object.entries(paths).flatMap(([path, { get }]) =>
    get === undefined || !path.startsWith("/dashboard/api/") ? [] : [[path, get] as const],
  );
});
afterAll(() => router.close());

/** With the path as it is: `fetch` would tidy it. */
function ask(path: string) {
  return new Promise<Answer>((resolve, reject) => {
    request({ ...portOf(router.url), path }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    })
      .once("error", reject)
      .end();
  });
}

const portOf = (url: string) => ({ host: new URL(url).hostname, port: new URL(url).port });

const values = [
  "",
  "-1",
  "0",
  "1.5",
  "1e9",
  "1e999",
  "-0",
  "0x10",
  "NaN",
  "Infinity",
  "null",
  "true",
  "99999999999999999999",
  "%00",
  "%ff%fe",
  "%",
  "%e2%80%ae",
  "%0d%0aSet-Cookie:%20a=b",
  "'%20OR%201=1--",
  "%22;DROP%20TABLE%20request_traces;--",
  "[object%20Object]",
  "<script>alert(1)</script>".replaceAll("<", "%3C").replaceAll(">", "%3E"),
  "%1b[31m",
  "..%2f..%2fetc%2fpasswd",
  "a".repeat(10_000),
];

/** Queries by one parameter, each spoilt in every way. */
const queriesOf = (name: string): readonly string[] => [
  ...values.map((value) => `${name}=${value}`),
  `${name}=1&${name}=2`,
  `${name}[]=1`,
  `${name}[a]=1`,
  name,
];

const strangers = [
  "nonsense=1",
  "__proto__=1",
  "constructor=1",
  "toString=1",
  "=",
  "&&&",
  "?",
  "%00=1",
  "a".repeat(10_000),
];

interface Answer {
  readonly status: number;
  readonly body: string;
}

type Told = Readonly<Record<string, unknown>>;

/** What is wrong with an answer: it is right, or a refusal that says which field is wrong and what to do. */
function faultOf(path: string, { status, body }: Answer): string | undefined {
  const told = readJson(body);
  if (told === undefined) return "no JSON";
  if (status >= 500) return "an error of ours";
  if (status < 400) return undefined;
  const isQuery = path.includes("?");
  const needed = ["error", "code", "hint", ...(status === 400 && isQuery ? ["field"] : [])];
  const missing = needed.filter((name) => typeof told[name] !== "string");
  return missing.length === 0 ? undefined : `lacks ${missing.join(", ")}`;
}

function readJson(body: string): Told | undefined {
  try {
    return JSON.parse(body) as Told;
  } catch {
    // What cannot be read is told as such.
    return undefined;
  }
}

/** What is wrong with the answers to all of them, eight asked at a time. */
async function faultsOf(paths: readonly string[]): Promise<readonly string[]> {
  const [left, faults]: [string[], string[]] = [[...paths], []];
  const work = async (): Promise<void> => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      const answer = await ask(path);
      const fault = faultOf(path, answer);
      if (fault !== undefined)
        faults.push(`${path.slice(0, 100)}: ${answer.status} ${fault}: ${answer.body.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return faults;
}

const filled = (path: string, value = "x"): string => path.replaceAll(/\{\w+\}/g, value);

test("a query is refused by its field or answered, never an error of ours", async () => {
  const paths = routes.flatMap(([path, { parameters = [] }]) => {
    const names = parameters.filter((one) => one.in === "query").map((one) => one.name);
    const queries = [...names.flatMap(queriesOf), ...strangers].filter((query) => !/^follow=(true|1)/.test(query));
    return queries.map((query) => `${filled(path)}?${query}`);
  });
  expect(paths.length).toBeGreaterThan(1000);
  expect(await faultsOf(paths)).toEqual([]);
}, 60_000);

test("an id is looked up as it is, whatever it is", async () => {
  // A path that cannot be decoded, or has one more part, is none of ours: it is answered as Ollama does.
  const ids = values.filter((value) => value !== "" && value !== "%" && !value.includes("/"));
  const paths = routes.flatMap(([path]) => (path.includes("{") ? ids.map((id) => filled(path, id)) : []));
  expect(paths.length).toBeGreaterThan(ids.length);
  expect(await faultsOf(paths)).toEqual([]);
});

test("whatever was asked, nothing is broken by it", async () => {
  const plain = routes.filter(([, { parameters = [] }]) => parameters.every((one) => one.required !== true));
  expect(await faultsOf(plain.map(([path]) => path))).toEqual([]);
});
