import type { NeutralEvent } from "../neutral.ts";

/** A piece of a tool call, as a stream brings it. */
export interface CallPiece {
  /** Which call it belongs to; undefined where the server does not count. */
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}

/** Characters of arguments that wait for an id or a name; a call that has more goes out without them. */
const HELD_LIMIT = 1024 * 1024;

interface Call {
  /** What the server counts it as. */
  readonly counted: number | undefined;
  readonly index: number;
  id: string;
  name: string;
  /** Arguments that came before id and name. */
  held: string;
  isTold: boolean;
}

/**
 * Puts the tool calls of one choice together. Servers differ: id and name may come late, in pieces or with every piece;
 * several calls may carry the same index, or none. A call is told once its arguments begin and id and name are there, or
 * at the end.
 */
export class ToolCallAssembly {
  readonly #calls: Call[] = [];
  readonly #choice: number;

  constructor(choice: number) {
    this.#choice = choice;
  }

  /** How many calls there are. */
  get count(): number {
    return this.#calls.length;
  }

  add(piece: CallPiece): readonly NeutralEvent[] {
    const call = this.#callOf(piece);
    if (call.isTold) return this.#argumentsOf(call, piece.argumentsText);
    call.id = grown(call.id, piece.id);
    call.name = grown(call.name, piece.name);
    call.held += piece.argumentsText;
    const isNamed = call.id !== "" && call.name !== "";
    return (call.held !== "" && isNamed) || call.held.length > HELD_LIMIT ? this.#tell(call) : [];
  }

  /** The calls that were not told yet. */
  end(): readonly NeutralEvent[] {
    return this.#calls.flatMap((call) => (call.isTold ? [] : this.#tell(call)));
  }

  #callOf(piece: CallPiece): Call {
    const known = piece.index === undefined ? this.#uncounted(piece) : this.#counted(piece);
    if (known !== undefined) return known;
    const call: Call = {
      counted: piece.index,
      index: this.#calls.length,
      id: "",
      name: "",
      held: "",
      isTold: false,
    };
    this.#calls.push(call);
    return call;
  }

  /** The newest call with the index, unless id and name say that another one begins. */
  #counted({ index, id, name }: CallPiece): Call | undefined {
    const call = this.#calls.findLast(({ counted }) => counted === index);
    const isAnother = call !== undefined && id !== "" && name !== "" && call.id !== "" && call.id !== id;
    return isAnother ? undefined : call;
  }

  /** A piece without an index goes on with the newest call, unless it names another one. */
  #uncounted({ id, name }: CallPiece): Call | undefined {
    if (id !== "") {
      const named = this.#calls.findLast((call) => call.id === id);
      if (named !== undefined) return named;
    }
    const newest = this.#calls.at(-1);
    const isAnother = newest !== undefined && name !== "" && newest.name !== "" && (id !== "" || newest.isTold);
    return isAnother ? undefined : newest;
  }

  #tell(call: Call): readonly NeutralEvent[] {
    call.isTold = true;
    const { index, id, name, held } = call;
    call.held = "";
    return [{ kind: "tool-call", choice: this.#choice, index, id, name }, ...this.#argumentsOf(call, held)];
  }

  #argumentsOf({ index }: Call, text: string): readonly NeutralEvent[] {
    return text === "" ? [] : [{ kind: "tool-arguments", choice: this.#choice, index, text }];
  }
}

/** A text after its next piece; a piece that repeats the whole adds nothing. */
const grown = (text: string, piece: string): string => (text === piece ? text : text + piece);
