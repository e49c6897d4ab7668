import { int, int64, string, struct } from "../../go-types/go-type.ts";
import { readFallbackModels, readMetadata, readName, readPrompt, readUser } from "../../reading/fields.ts";
import { createReader } from "../create-reader.ts";
import { foreignFields, isBool, isNumberBut, isTextBut, readIgnored } from "../ignored-fields.ts";
import { refuseUnknown, refuseUnreadable } from "../refuse.ts";

/** Body of `/v1/images/generations` as the decoder of Ollama 0.24 sees it. */
const imageGenerationType = struct("openai.ImageGenerationRequest", {
  model: string,
  prompt: string,
  n: int,
  size: string,
  response_format: string,
  seed: int64,
});

const ignoredFields = {
  ...foreignFields,
  n: readIgnored("n", isNumberBut(1)),
  background: readIgnored("background", isTextBut("auto")),
  output_compression: readIgnored("output_compression", isNumberBut(100)),
  output_format: readIgnored("output_format", isTextBut("png")),
  partial_images: readIgnored("partial_images", isNumberBut(0)),
  quality: readIgnored("quality", isTextBut("auto")),
  // The image itself is what every answer carries.
  response_format: readIgnored("response_format", isTextBut("b64_json")),
  stream: readIgnored("stream", isBool(true)),
  style: readIgnored("style"),
};

/** Bodies of `/v1/images/generations`. The answer is never a stream. */
export const imageGenerationsReader = createReader({
  fields: {
    ...ignoredFields,
    model: readName("model"),
    prompt: readPrompt,
    metadata: readMetadata,
    user: readUser,
    fallback_models: readFallbackModels,
  },
  type: imageGenerationType,
  judgeFields: ({ hasPrompt }) => (hasPrompt ? undefined : refuseUnreadable("prompt is required")),
  refuseMissing: (written) => (written === "" ? refuseUnreadable("model is required") : refuseUnknown(written)),
  kind: () => "image",
  needsPrompt: true,
  capability: "image",
});
