export { type Advertisement, announcementOf } from "./advertisement.ts";
export { Advertiser } from "./advertiser.ts";
export { type Browser, openBrowser } from "./browser.ts";
export { labelOf, nameOf } from "./dns-name.ts";
export { encodeMessage } from "./encode-message.ts";
export type { SeenInstance } from "./instance-book.ts";
export {
  addressNumber,
  isInNetwork,
  isLoopbackAddress,
  isPrivateAddress,
  type LinkNetwork,
  linkNetworksOf,
} from "./link-networks.ts";
export type { LinkProblem } from "./multicast-link.ts";
