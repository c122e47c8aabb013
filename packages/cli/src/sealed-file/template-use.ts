import type { SealedSecret } from "@sealwright/core";
import type { Io } from "../io.ts";
import { warn } from "../warning.ts";

/** Tells of templates that may use an item by a name that it has no more: they are not followed. */
export async function warnOfTemplateUse({ spec }: SealedSecret, items: readonly string[], io: Io): Promise<void> {
  const templates = Object.values(spec.template?.data ?? {}).filter((text) => text !== null);
  for (const item of items.filter((name) => templates.some((text) => text.includes(name)))) {
    await warn(`spec.template.data may use ${item} by its name, and was left as it is`, io);
  }
}
