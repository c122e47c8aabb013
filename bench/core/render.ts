import { join } from "node:path";
import type { Series } from "../bench.ts";
import { ours, theirs } from "./commands.ts";
import { writeSizes } from "./inputs.ts";
import { assertSameValues } from "./same-work.ts";

const SIZES = [0, 100, 2_000];

const TEXT = [
  'host: {{ .host | default "localhost" }}',
  "user: {{ .user | upper | quote }}",
  'url: {{ printf "postgres://%s:%s@%s/app" .user (.password | urlquery) .host }}',
  '{{- range $name, $value := . }}\n{{ $name | replace "." "_" }}={{ $value | b64enc }}{{ end }}',
].join("\n");

export async function render(folder: string): Promise<Series> {
  const lines = Array.from({ length: 2_000 }, (_, index) => {
    const items = { user: `user-${index}`, password: `a p@ssword ${index}`, host: "db.example.org" };
    return JSON.stringify({ items, text: TEXT });
  });
  const inputs = writeSizes(folder, "renderings", lines, SIZES);
  const outputs = { ours: join(folder, "rendered-by-ours.jsonl"), theirs: join(folder, "rendered-by-theirs.jsonl") };
  const renderOurs = (size: number) => ours(folder, "render", [inputs(size), outputs.ours]);
  const renderTheirs = (size: number) => theirs(["render", inputs(size), outputs.theirs]);
  await assertSameValues(
    { command: renderOurs(100), output: outputs.ours },
    { command: renderTheirs(100), output: outputs.theirs },
  );
  return {
    title: "Render templates",
    about:
      "One template of five lines with three items; every line of another namespace. Sealwright's engine is Go's own, as WebAssembly in a thread with a limit on time, memory, depth and output; Go's runs natively and without one, which makes it the limit too.",
    unit: "template",
    sizes: SIZES,
    contenders: {
      Sealwright: { command: renderOurs },
      Go: { limit: "the same engine, compiled for this processor and unlimited", command: renderTheirs },
    },
    ratios: [{ of: "Sealwright", to: "Go", by: "cpu" }],
  };
}
