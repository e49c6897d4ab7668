import { hello, short } from "./samples.ts";
import { type Body, digestOf, NOBODY, type Scenario, type StepPlace, single, tell, uploadOf, wishes } from "./step.ts";

const COPY = "herd-conformance-copy";
const MADE = "herd-conformance-made";
const BAD = "herd-conformance-bad";
/** A push of it goes to a port of the backend's own machine where nobody listens. */
const PUSHED = "127.0.0.1:1/library/herd-conformance-pushed";

/** The names that these scenarios make and remove again. */
export const madeNames = [COPY, MADE, BAD, PUSHED] as const;

const step = (route: string) => (name: string, body: (place: StepPlace) => Body) => tell(route, name, { body });
const copy = step("POST /api/copy");
const remove = step("DELETE /api/delete");
const create = step("POST /api/create");
const pull = step("POST /api/pull");
const push = step("POST /api/push");
const show = step("POST /api/show");
const chat = step("POST /api/chat");

const blob = (method: "HEAD" | "POST", name: string, order: { path?: string; body?: (place: StepPlace) => Body }) =>
  tell(`${method} /api/blobs/:digest`, name, { path: "/api/blobs/<digest>", body: () => undefined, ...order });

const zeros = `/api/blobs/sha256:${"1".repeat(64)}`;

/** Refused before anything is changed. */
const refused = single([
  copy("no fields", () => ({})),
  copy("empty body", () => ""),
  copy("unknown source", () => ({ source: NOBODY, destination: COPY })),
  remove("no name", () => ({})),
  remove("empty body", () => ""),
  remove("unknown", () => ({ model: NOBODY })),
  create("no model", () => ({})),
  create("nothing to make it of", () => ({ model: MADE })),
  create("bad JSON", () => "{bad"),
  pull("no name", () => ({})),
  pull("bad name", () => ({ model: "a b/c:d:e" })),
  push("no name", () => ({})),
  blob("HEAD", "bad digest", { path: "/api/blobs/xyz" }),
  blob("HEAD", "unknown", { path: zeros }),
  blob("POST", "bad digest", { path: "/api/blobs/xyz", body: () => "a" }),
]);

const copied: Scenario = {
  wish: wishes.completion,
  isChanging: true,
  steps: [
    copy("a model", ({ model }) => ({ source: model, destination: COPY })),
    copy("over an existing name", ({ model }) => ({ source: model, destination: COPY })),
    copy("to a bad name", ({ model }) => ({ source: model, destination: "a b/c:d:e" })),
    show("of the copy", () => ({ model: COPY })),
    chat("with the copy", () => ({ model: COPY, messages: hello, options: short })),
    step("POST /v1/chat/completions")("with the copy", () => ({
      model: COPY,
      messages: hello,
      max_tokens: 2,
      seed: 7,
    })),
    remove("the copy", () => ({ model: COPY })),
    remove("the copy again", () => ({ model: COPY })),
    chat("with the removed copy", () => ({ model: COPY, messages: hello })),
    copy("a model, to remove by the other field", ({ model }) => ({ source: model, destination: COPY })),
    remove("by the field name", () => ({ model: "", name: COPY })),
  ],
};

const made: Scenario = {
  wish: wishes.completion,
  isChanging: true,
  steps: [
    create("from a model", ({ model }) => ({ model: MADE, from: model, system: "Be brief." })),
    create("from a model, whole", ({ model }) => ({ model: MADE, from: model, system: "Be brief.", stream: false })),
    show("of what was made", () => ({ model: MADE })),
    chat("with what was made", () => ({ model: MADE, messages: hello, options: short })),
    remove("what was made", () => ({ model: MADE })),
  ],
};

const uploaded: Scenario = {
  isChanging: true,
  steps: [
    blob("HEAD", "not there yet", {}),
    blob("POST", "upload", { body: uploadOf }),
    blob("HEAD", "there", {}),
    blob("POST", "upload again", { body: uploadOf }),
    blob("POST", "wrong digest", { path: `/api/blobs/sha256:${"2".repeat(64)}`, body: uploadOf }),
    create("of what is no model", (place) => ({ model: BAD, files: { "a.gguf": digestOf(place) } })),
    create("of an unknown upload", () => ({ model: BAD, files: { "a.gguf": `sha256:${"1".repeat(64)}` } })),
  ],
};

const pushed: Scenario = {
  wish: wishes.completion,
  isChanging: true,
  steps: [
    copy("to a name on another host", ({ model }) => ({ source: model, destination: PUSHED })),
    push("to where nobody is", () => ({ model: PUSHED })),
    push("to where nobody is, whole", () => ({ model: PUSHED, stream: false })),
    remove("a name on another host", () => ({ model: PUSHED })),
  ],
};

const transferred: Scenario = {
  isChanging: true,
  steps: [
    pull("unknown", () => ({ model: NOBODY })),
    pull("unknown, whole", () => ({ model: NOBODY, stream: false })),
    pull("by the field name", () => ({ model: "", name: NOBODY })),
    push("unknown", () => ({ model: NOBODY })),
    push("unknown, whole", () => ({ model: NOBODY, stream: false })),
  ],
};

/** What changes a disk, and what is refused of it. */
export const changeScenarios: readonly Scenario[] = [...refused, copied, made, uploaded, pushed, transferred];
