import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { KeyRing, readSealedSecret, type SealingKey, unseal } from "@sealwright/core";
import { parse, stringify } from "yaml";
import { sealAll, secrets } from "../core/inputs.ts";

const FILES_IN_A_FOLDER = 10;
/** Opening takes as long as the bench itself: of so many files, one is opened to see what it is sealed to. */
const ONE_OF = 20;

/** A tree of SealedSecrets of two items, a file of YAML each, which can be put back as it was. */
export class Tree {
  readonly folder: string;
  readonly #texts: ReadonlyMap<string, string>;

  private constructor(folder: string, texts: ReadonlyMap<string, string>) {
    this.folder = folder;
    this.#texts = texts;
  }

  /** @param key what all of it is sealed to */
  static async sealed(folder: string, count: number, key: SealingKey): Promise<Tree> {
    const sealed = await sealAll(secrets(count), () => key);
    const pathOf = (index: number) =>
      join(folder, `app-${Math.floor(index / FILES_IN_A_FOLDER)}`, `sealed-secret-${index}.yaml`);
    return new Tree(folder, new Map(sealed.map((text, index) => [pathOf(index), stringify(JSON.parse(text))])));
  }

  get paths(): readonly string[] {
    return [...this.#texts.keys()];
  }

  /** Writes it as it was in the beginning. */
  reset(): void {
    rmSync(this.folder, { recursive: true, force: true });
    for (const [path, text] of this.#texts) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }

  /** Throws where a file is as it was, or another key opens one: then less was done than is told. */
  async assertSealedTo(key: SealingKey): Promise<void> {
    const ring = new KeyRing([key]);
    for (const [index, path] of this.paths.entries()) {
      const text = readFileSync(path, "utf8");
      if (text === this.#texts.get(path)) throw new Error(`${path} was not sealed again`);
      if (index % ONE_OF === 0) await unseal(readSealedSecret(parse(text)), ring);
    }
  }
}
