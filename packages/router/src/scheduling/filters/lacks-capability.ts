import type { Filter } from "../contracts.ts";

const PREFIX = "lacks-";

export const lacksCapability: Filter = {
  name: "lacks-capability",
  meaning:
    "The request needs something this model cannot do, such as tools or vision. Steps aside when it would leave no candidate: then the inference server " +
    "answers in its own words",
  canYield: true,
  reject({ model }, { request }) {
    if (model.capabilities === undefined) return undefined;
    for (const capability of request.needed) {
      if (!model.capabilities.includes(capability)) return { code: `${PREFIX}${capability}`, facts: {} };
    }
    return undefined;
  },
  explain: ({ code }) => `The request needs "${code.slice(PREFIX.length)}", which this model does not offer`,
};
