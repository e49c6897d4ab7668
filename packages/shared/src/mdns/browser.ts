import { messageOf, recordType } from "./dns-message.ts";
import type { DnsName } from "./dns-name.ts";
import { InstanceBook, type SeenInstance } from "./instance-book.ts";
import type { LinkNetwork } from "./link-networks.ts";
import { type LinkProblem, MulticastLink, type Received } from "./multicast-link.ts";

/** What a browser needs. */
export interface BrowserDependencies {
  readonly type: DnsName;
  readonly readNetworks: () => readonly LinkNetwork[];
  /** Something about the type was heard; `seen` may have changed. */
  readonly onHeard: () => void;
  readonly onProblem: (problem: LinkProblem) => void;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** Default: the port of multicast DNS. */
  readonly port?: number;
}

/** Looks for what is announced under a type, until it is closed. */
export interface Browser {
  readonly seen: () => readonly SeenInstance[];
  /** Asks everybody who is out there. */
  readonly ask: () => void;
  readonly close: () => void;
}

/** Opens a browser. It asks once in each network; asking again is up to the caller. */
export function openBrowser(dependencies: BrowserDependencies): Browser {
  const { type, readNetworks, onHeard, onProblem, monotonic } = dependencies;
  const book = new InstanceBook(type);
  const question = messageOf({ questions: [{ name: type, type: recordType.PTR }] });
  const onReceived = ({ message, sender, networks }: Received): void => {
    const isFromHere = networks.some(({ address }) => address === sender.address);
    if (
      book.read(message, {
        now: monotonic(),
        network: networks[0]?.interfaceName ?? "",
        source: sender.address,
        isFromHere,
      })
    )
      onHeard();
  };
  const link: MulticastLink = new MulticastLink({
    readNetworks,
    onReceived,
    onProblem,
    monotonic,
    onNetwork: (network) => void link.send(network, question),
    ...(dependencies.port === undefined ? {} : { port: dependencies.port }),
  });
  return {
    seen: () => book.seen(monotonic()),
    ask: () => {
      link.refresh();
      for (const network of link.networks()) void link.send(network, question);
    },
    close: () => link.close(),
  };
}
