import fc from "fast-check";

/** How a text says one item, and what stands around it. */
interface ModelItem {
  readonly name: string;
  readonly value: string;
  readonly quotes: "" | "'" | '"';
  readonly block: "" | "|-" | ">-" | ">2-";
  readonly commentAbove: string;
  readonly commentBehind: string;
  /** Its lines are gone, but for the comment above. */
  readonly isRemoved: boolean;
}

interface Style {
  readonly form: "block" | "explicit" | "flow line" | "flow lines" | "json line" | "json lines";
  readonly step: "  " | "    ";
  readonly lineEnd: "\n" | "\r\n";
  readonly mark: "" | "\ufeff";
  readonly hasLastLineEnd: boolean;
  readonly before: string;
  readonly after: string;
}

/** A manifest with items, and the text that says it. */
export interface Model {
  readonly style: Style;
  readonly items: readonly ModelItem[];
}

export type ModelEdit =
  | { readonly edit: "set"; readonly name: string; readonly value: string }
  | { readonly edit: "remove"; readonly nth: number }
  | { readonly edit: "rename"; readonly nth: number; readonly to: string };

const itemName = fc
  .stringMatching(/^[a-zA-Z][a-zA-Z0-9._-]{0,12}$/)
  .filter((name) => !/^(y|n|on|off|no|yes|null|true|false)$/i.test(name));
const sealedValue = fc.stringMatching(/^Ag[A-Za-z0-9+/]{4,90}={0,2}$/);
const comment = fc.constantFrom("", "", "# about", "#  - a: 'b' {", "# ä # 🔑");

const item: fc.Arbitrary<ModelItem> = fc.record({
  name: itemName,
  value: sealedValue,
  quotes: fc.constantFrom("", "'", '"'),
  block: fc.constantFrom("", "", "", "|-", ">-"),
  commentAbove: comment,
  commentBehind: comment,
  isRemoved: fc.constant(false),
});

const OTHERS = ["", "---\n", "# first\n---\napiVersion: v1 # x\nkind: ConfigMap\ndata: {a: 'b'}\n---\n# next\n"];

const style: fc.Arbitrary<Style> = fc.record({
  form: fc.constantFrom("block", "explicit", "flow line", "flow lines", "json line", "json lines"),
  step: fc.constantFrom("  ", "    "),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  mark: fc.constantFrom("", "\ufeff"),
  hasLastLineEnd: fc.boolean(),
  before: fc.constantFrom(...OTHERS),
  after: fc.constantFrom("", "---\nkind: Other\nlist:\n- a\n-   b\n", "---\n# the end\n"),
});

export const model: fc.Arbitrary<Model> = fc.record({
  style,
  items: fc.uniqueArray(item, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
});

export const modelEdits: fc.Arbitrary<readonly ModelEdit[]> = fc.array(
  fc.oneof(
    fc.record({ edit: fc.constant("set" as const), name: itemName, value: sealedValue }),
    fc.record({ edit: fc.constant("remove" as const), nth: fc.nat(4) }),
    fc.record({ edit: fc.constant("rename" as const), nth: fc.nat(4), to: itemName }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Sets as many as it renames: an existing item by its place, or a new one. */
export function edited({ style, items }: Model, edits: readonly ModelEdit[]): Model {
  const originals = items.length;
  const last = items.at(-1);
  const touched = new Set<string>();
  const result = [...items];
  for (const change of edits) {
    const at = change.edit === "set" ? result.findIndex(({ name }) => name === change.name) : change.nth;
    const found = result[at];
    if (change.edit === "set" && found === undefined && last !== undefined) {
      if (items.some(({ name }) => name === change.name)) continue;
      const isBlock = last.block !== "" && (style.form === "block" || style.form === "explicit");
      const quotes = isBlock ? "" : last.quotes;
      const plain = { block: "", commentAbove: "", commentBehind: "", isRemoved: false } as const;
      result.push({ name: change.name, value: change.value, quotes, ...plain });
      continue;
    }
    // One change an item: a text cannot tell one that was renamed and set from one that went and one that came.
    if (found === undefined || at >= originals || touched.has(found.name)) continue;
    if (change.edit === "set") result[at] = { ...found, value: change.value };
    if (change.edit === "remove") result[at] = { ...found, isRemoved: true };
    if (change.edit === "rename") {
      if ([...items, ...result].some(({ name }) => name === change.to)) continue;
      result[at] = { ...found, name: change.to };
      touched.add(change.to);
    }
    touched.add(found.name);
  }
  return { style, items: result };
}

/** What the items of a model are, when it is read. */
export function itemsOf({ items }: Model): Record<string, string> {
  return Object.fromEntries(items.filter(({ isRemoved }) => !isRemoved).map(({ name, value }) => [name, value]));
}

/** Which document of the text it is. */
export function indexOf({ style }: Model): number {
  return style.before.includes("kind") ? 1 : 0;
}

export function textOf({ style, items }: Model): string {
  const { before, after, lineEnd, mark, hasLastLineEnd } = style;
  const text = before + documentOf(style, items) + after;
  const ended = hasLastLineEnd ? text : text.replace(/\n$/, "");
  return mark + ended.replaceAll("\n", lineEnd);
}

function documentOf({ form, step }: Style, items: readonly ModelItem[]): string {
  const kept = items.filter(({ isRemoved }) => !isRemoved);
  switch (form) {
    case "json line":
      return `{"kind":"SealedSecret","spec":{"encryptedData":{${kept.map(({ name, value }) => `"${name}":"${value}"`).join(",")}},"template":{"a":"b"}}}\n`;
    case "json lines": {
      const lines = kept.map(({ name, value }) => `\n${step.repeat(3)}"${name}": "${value}"`).join(",");
      const inner = kept.length === 0 ? "{}" : `{${lines}\n${step.repeat(2)}}`;
      return `{\n${step}"spec": {\n${step.repeat(2)}"encryptedData": ${inner}\n${step}},\n${step}"kind": "SealedSecret"\n}\n`;
    }
    case "flow line":
      return `kind: SealedSecret\nspec:\n${step}encryptedData: {${kept.map(inFlow).join(", ")}} # items\n${step}template: {a: b}\n`;
    case "flow lines": {
      const lines = kept.map((each) => `\n${step.repeat(2)}${inFlow(each)}`).join(",");
      const inner = kept.length === 0 ? "{}" : `{${lines}\n${step}}`;
      return `kind: SealedSecret\nspec:\n${step}encryptedData: ${inner}\n${step}template: {a: b}\n`;
    }
    case "explicit":
    case "block": {
      const margin = step.repeat(2);
      const empty = kept.length === 0 ? " {}" : "";
      const lines = items.map((each) => blockLines(each, margin, form === "explicit")).join("");
      return `kind: SealedSecret # ${step}\nspec:\n${step}encryptedData:${empty} # items\n${lines}\n${step}# after\n${step}template:\n${margin}a:   b\n`;
    }
  }
}

function inFlow({ name, value, quotes }: ModelItem): string {
  return `${name}: ${quotes}${value}${quotes}`;
}

function blockLines(each: ModelItem, margin: string, isExplicit: boolean): string {
  const { name, value, quotes, block, commentAbove, commentBehind, isRemoved } = each;
  const above = commentAbove === "" ? "" : `${margin}${commentAbove}\n`;
  if (isRemoved) return above;
  const behind = commentBehind === "" ? "" : ` ${commentBehind}`;
  // What is new has no comments, and is written as one line.
  const start = isExplicit && each.commentBehind !== "" ? `${margin}? ${name}\n${margin}: ` : `${margin}${name}: `;
  if (block !== "") return `${above}${start}${block}${behind}\n${margin}  ${value}\n`;
  return `${above}${start}${quotes}${value}${quotes}${behind}\n`;
}
