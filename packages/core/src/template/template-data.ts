import { utf8 } from "../bytes.ts";
import { SealwrightError } from "../errors.ts";
import type { TemplateEngine } from "./engine.ts";

type Items = ReadonlyMap<string, Uint8Array>;

export interface TemplateDataOptions {
  readonly namespace: string;
  /** The opened items of `spec.encryptedData`. */
  readonly items: Items;
  /** `spec.template.data`. */
  readonly data: Readonly<Record<string, string | null>>;
  readonly engine: TemplateEngine | undefined;
}

/**
 * The items of the Secret: the opened ones, and beside them the template's, rendered. An opened one wins over the
 * template's of the same name, whose template must be sound all the same, and a null leaves an item out (Go, since
 * v0.37).
 *
 * @throws SealwrightError `template_engine_absent`, `template_parse`, `template_failed`, `template_limit`
 */
export async function withTemplateData(options: TemplateDataOptions): Promise<Items> {
  const rendered = await renderTemplates(options);
  const { items, data } = options;
  const result = new Map(items);
  for (const [item, text] of Object.entries(data)) {
    if (text === null) result.delete(item);
    else if (!items.has(item)) result.set(item, rendered.get(item) ?? utf8(text));
  }
  return result;
}

/** Whether any of the texts must be rendered: one without `{{` is what it renders to. */
export function hasTemplates(data: TemplateDataOptions["data"] = {}): boolean {
  return Object.values(data).some((text) => text !== null && isTemplate(text));
}

function isTemplate(text: string): boolean {
  return text.includes("{{");
}

async function renderTemplates({ namespace, items, data, engine }: TemplateDataOptions): Promise<Items> {
  const texts = Object.entries(data).filter((entry): entry is [string, string] => entry[1] !== null);
  const templates = new Map(texts.filter(([, text]) => isTemplate(text)));
  const [first] = templates.keys();
  if (first === undefined) return new Map();
  if (engine === undefined) throw new SealwrightError({ code: "template_engine_absent", item: first });
  // Templates see each other's text as it stands, but never in the place of an opened item.
  const seen = new Map([...texts.map(([item, text]) => [item, utf8(text)] as const), ...items]);
  return engine.render({ namespace, items: seen, templates });
}
