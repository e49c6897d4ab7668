import { describe, expect, test } from "vitest";
import type { FailureClass } from "../domain/outcome.ts";
import { classifyAnswer } from "./classify-answer.ts";

const asBody = (text: string): string => JSON.stringify({ error: text });

describe("an error answer of a node", () => {
  // Ollama's own texts, up to 0.24 and from 0.30; status 500 unless said otherwise.
  test.each<[FailureClass, string, number?]>([
    [
      "node-fault",
      "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details",
    ],
    ["node-fault", "llama runner process has terminated: signal: killed"],
    ["node-fault", "llama runner process has terminated: exit status 2"],
    ["node-fault", "llama-server process has terminated"],
    ["node-fault", "an error was encountered while running the model: unexpected EOF"],
    ["node-fault", "llama-server process no longer running: exit status 1"],
    ["node-fault", "error starting llama-server: exec format error"],
    ["node-fault", "llama-server binary not found (checked: /usr/lib/ollama)"],
    ["node-fault", "error unmarshalling llama-server response: invalid character"],
    ["node-fault", "error reading llama-server response: unexpected EOF"],
    ["node-fault", "llama-server chat stream event exceeded 16 MB limit"],
    ["node-fault", "health resp: Get http://127.0.0.1:41000/health: dial tcp: connection refused"],
    ["node-fault", "failed to encode response: json: unsupported value: NaN"],
    ["node-fault", "request canceled", 499],
    ["node-fault", "something nobody has seen yet"],
    ["load-failure", "llama runner process has terminated: cudaMalloc failed: out of memory"],
    [
      "load-failure",
      "model failed to load, this may be due to resource limitations or an internal error, check ollama server logs for details",
    ],
    ["load-failure", "timed out waiting for llama runner to start - progress 0.00 - "],
    ["load-failure", "timed out waiting for llama-server to start - progress 0.10"],
    ["load-failure", "model requires more system memory (5.6 GiB) than is available (3.1 GiB)"],
    ["load-failure", "llama-server reported out-of-memory during startup: ggml_cuda"],
    [
      "load-failure",
      "unable to load model: /root/.ollama/models/blobs/sha256-abc: this model may be incompatible with your version of Ollama. If you previously pulled this model, try updating it by running `ollama pull m`",
    ],
    ["load-failure", "this model is not supported by your version of Ollama. You may need to upgrade"],
    ["busy", "server busy, please try again.  maximum pending requests exceeded", 503],
    ["busy", "unexpected server status: llm busy - no slots available"],
    ["busy", "no slots available after 10 retries"],
    ["busy", "too many requests", 429],
    ["busy", "upstream is starting", 503],
    ["stale-inventory", "model 'gemma3' not found", 404],
    ["stale-inventory", 'model "gemma3" not found, try pulling it first', 404],
    ["stale-inventory", "The model `x` does not exist.", 404],
    ["node-fault", 'do embedding request: Post "http://127.0.0.1:41000/embedding": EOF', 400],
    ["callers-fault", "do embedding request: the input is no good", 400],
    ["callers-fault", "404 page not found", 404],
    ["callers-fault", "missing request body", 400],
    ["callers-fault", '"all-minilm" does not support chat', 400],
    ["callers-fault", "the prompt is longer than the context length currently available to the model", 400],
    ["callers-fault", "unauthorized", 401],
    ["unsuited", "ollama cloud is disabled: remote model is unavailable", 403],
    ["callers-fault", "this model does not support embeddings", 501],
    ["callers-fault", "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"],
    ["callers-fault", 'option "num_ctx" must be of type integer'],
    ["callers-fault", 'invalid format: "yaml"; expected "json" or a valid JSON Schema object'],
    ["callers-fault", "error parsing tool call: raw='{\"a\":' err=unexpected end of JSON input"],
    ["callers-fault", 'llama-server returned invalid tool call arguments for "f": unexpected end'],
  ])("is a %s: %s", (failureClass, text, status = 500) => {
    expect(classifyAnswer({ status, text: asBody(text) })).toBe(failureClass);
    expect(classifyAnswer({ status, text: text.toUpperCase() })).toBe(failureClass);
  });

  test("without a body is the node's Host or Origin check when it is a 403, else what its status says", () => {
    expect(classifyAnswer({ status: 403, text: "" })).toBe("stale-inventory");
    expect(classifyAnswer({ status: 400, text: "" })).toBe("callers-fault");
    expect(classifyAnswer({ status: 500, text: "" })).toBe("node-fault");
    expect(classifyAnswer({ status: 502, text: "" })).toBe("node-fault");
    expect(classifyAnswer({ status: 503, text: "" })).toBe("busy");
  });

  test("is never judged by what the client or the model wrote into it", () => {
    const quoted = ["server busy", "out of memory", "runner process has terminated", "llm busy"];
    for (const text of quoted) {
      expect(classifyAnswer({ status: 500, text: asBody(`invalid format: "${text}"`) })).toBe("callers-fault");
      expect(classifyAnswer({ status: 500, text: asBody(`error parsing tool call: raw='${text}'`) })).toBe(
        "callers-fault",
      );
      expect(classifyAnswer({ status: 400, text: asBody(`invalid option ${text}`) })).toBe("callers-fault");
    }
  });
});
