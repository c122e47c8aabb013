/** `render.js IN OUT`: of each line of JSON, the template `text` with `items`; every line is of another namespace. */
import { createTemplateEngine } from "@sealwright/core";
import { inBulk } from "./in-bulk.js";

interface Rendering {
  readonly items: Readonly<Record<string, string>>;
  readonly text: string;
}

const [input = "", output = ""] = process.argv.slice(2);
const engine = createTemplateEngine();
let line = 0;
await inBulk(input, output, 4, async (json) => {
  const { items, text } = JSON.parse(json) as Rendering;
  const rendered = await engine.render({
    namespace: `ns-${line++}`,
    items: new Map(Object.entries(items).map(([name, value]) => [name, Buffer.from(value)])),
    templates: new Map([["text", text]]),
  });
  return JSON.stringify(Buffer.from(rendered.get("text") ?? []).toString());
});
engine.close();
