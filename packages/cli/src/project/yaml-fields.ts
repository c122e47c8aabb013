import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { CommandError } from "../failure.ts";
import { similarName } from "../similar-name.ts";
import type { ProjectProblem } from "./problem.ts";

/** A field's value, and where it stands. */
export interface Field {
  readonly name: string;
  readonly node: Node | null;
  /** From 1. */
  readonly line: number;
}

/** Reads one configuration file field by field; whatever is not as it must be is refused by name and line. */
export class YamlFields {
  readonly root: Field;
  readonly #path: string;
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();

  /** @throws CommandError `project` with `project_syntax` */
  constructor(text: string, path: string) {
    this.#path = path;
    this.#document = this.#parse(text);
    const [error] = this.#document.errors;
    if (error !== undefined) throw this.#problem({ code: "project_syntax", path, line: error.linePos?.[0].line ?? 1 });
    this.root = { name: "", node: this.#document.contents, line: 1 };
  }

  /** The fields of a mapping that may have these and no others. */
  fieldsOf(field: Field, known: readonly string[]): ReadonlyMap<string, Field> {
    const fields = this.entriesOf(field);
    for (const [name, { line }] of fields) {
      if (!known.includes(name)) this.#refuseUnknown(nameIn(field, name), line, similarName(name, known), known);
    }
    return fields;
  }

  /** The fields of a mapping whose names are for its writer to choose. */
  entriesOf(field: Field): ReadonlyMap<string, Field> {
    const node = this.#resolve(field.node);
    if (!isMap(node)) throw this.invalid(field, "a mapping of fields");
    return new Map(
      (node as YAMLMap<Node, Node | null>).items.map(({ key, value }) => {
        const name = isScalar(key) ? String(key.value) : "";
        if (name === "") throw this.invalid(field, "a mapping whose keys are names");
        return [name, { name: nameIn(field, name), node: value, line: this.#lineOf(key) }];
      }),
    );
  }

  listOf(field: Field): readonly Field[] {
    const node = this.#resolve(field.node);
    if (!isSeq(node)) throw this.invalid(field, "a list");
    return node.items.map((item, index) => {
      return { name: `${field.name}[${index}]`, node: item as Node, line: this.#lineOf(item as Node) };
    });
  }

  textOf(field: Field): string {
    const node = this.#resolve(field.node);
    if (!isScalar(node) || typeof node.value !== "string" || node.value === "") throw this.invalid(field, "a text");
    return node.value;
  }

  /** One text, or a list of them. */
  textsOf(field: Field): readonly Field[] {
    const fields = isSeq(this.#resolve(field.node)) ? this.listOf(field) : [field];
    for (const each of fields) this.textOf(each);
    return fields;
  }

  numberOf(field: Field): number {
    const node = this.#resolve(field.node);
    if (!isScalar(node) || typeof node.value !== "number") throw this.invalid(field, "a number");
    return node.value;
  }

  invalid({ name, line }: Field, expected: string): CommandError {
    const field = name === "" ? "the file" : name;
    return this.#problem({ code: "project_field_invalid", path: this.#path, line, field, expected });
  }

  #refuseUnknown(field: string, line: number, similar: string | null, known: readonly string[]): never {
    throw this.#problem({ code: "project_field_unknown", path: this.#path, line, field, similar, known });
  }

  #problem(problem: ProjectProblem): CommandError {
    return new CommandError({ code: "project", problem });
  }

  /** Nesting that is too deep for the parser's stack ends in a RangeError. */
  #parse(text: string): Document.Parsed {
    try {
      return parseDocument(text, { lineCounter: this.#lines, prettyErrors: true, logLevel: "silent" });
    } catch (cause) {
      throw new CommandError(
        { code: "project", problem: { code: "project_syntax", path: this.#path, line: 1 } },
        { cause },
      );
    }
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }

  #lineOf(node: Node | null): number {
    return this.#lines.linePos(node?.range?.[0] ?? 0).line;
  }
}

function nameIn({ name }: Field, child: string): string {
  return name === "" ? child : `${name}.${child}`;
}
