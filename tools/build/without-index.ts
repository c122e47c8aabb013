import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/** `export { a, type B } from "./file.ts"`, the one thing that an index of ours holds. */
const RE_EXPORT = /^export \{([^}]*)\} from "(\.\/[^"]+)";$/gm;
const IMPORT = /^import \{([^}]*)\} from "(@sealwright\/core(?:\/[a-z-]+)?)";$/gm;

/**
 * Lets a file import from the files of core, where it names core's index. The bundler splits by files: through an index, whoever wants
 * one thing of core would load everything that anybody wants.
 */
export function withoutIndex(root: string): Plugin {
  return {
    name: "without-index",
    async setup(build) {
      const core = join(root, "packages", "core");
      const indexes = await readIndexes(core);
      build.onLoad({ filter: /[/\\]packages[/\\](?:cli|controller)[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        return {
          contents: source.replace(IMPORT, (whole, names, index) => direct(indexes.get(index), names) ?? whole),
          loader: "ts",
        };
      });
    },
  };
}

type Index = ReadonlyMap<string, string>;

async function readIndexes(core: string): Promise<ReadonlyMap<string, Index>> {
  const { exports } = JSON.parse(await readFile(join(core, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  const indexes = Object.entries(exports).map(async ([name, file]) => {
    if (typeof file !== "string" || !file.endsWith("/index.ts")) return [name, new Map()] as const;
    const path = join(core, file);
    return [join("@sealwright/core", name).replaceAll("\\", "/"), indexOf(await readFile(path, "utf8"), path)] as const;
  });
  return new Map(await Promise.all(indexes));
}

function indexOf(source: string, path: string): Index {
  const files = [...source.matchAll(RE_EXPORT)].flatMap(([, names = "", file = ""]) =>
    namesOf(names).map((name) => [name, join(path, "..", file)] as const),
  );
  return new Map(files);
}

/** One import for each name; undefined where the index does not have them all. */
function direct(index: Index | undefined, names: string): string | undefined {
  const imports = namesOf(names).map((name) => {
    const file = index?.get(name.replace(/ as .*/, ""));
    return file === undefined ? undefined : `import { ${name} } from ${JSON.stringify(file)};`;
  });
  return imports.includes(undefined) ? undefined : imports.join(" ");
}

/** Types are left out: nothing is left of them in a bundle. */
function namesOf(list: string): readonly string[] {
  const names = list.split(",").map((name) => name.trim());
  return names.filter((name) => name !== "" && !name.startsWith("type "));
}
