import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { describeWithPeers } from "../../../../test/peers/describe-with-peers.ts";
import {
  askOracle,
  type TemplateAnswer,
  type TemplateQuestion,
} from "../../../../test/peers/template-oracle/ask-oracle.ts";
import type { Instance } from "../../src/template/instance.ts";
import { askModule, startInstance } from "./ask-module.ts";
import { FUNCTION_EXAMPLES, ITEMS } from "./function-examples.ts";
import { LANGUAGE_EXAMPLES } from "./language-examples.ts";
import { question } from "./template-arbitraries.ts";

/** How many templates are generated, and which ones: with another seed, others. */
const RUNS = Number(process.env["SEALWRIGHT_TEMPLATE_RUNS"] ?? 3_000);
const SEED = Number(process.env["SEALWRIGHT_TEMPLATE_SEED"] ?? 1);

/**
 * The same source, compiled for this machine and to WebAssembly: outputs, positions and Go's own words of an error are
 * the same.
 */
describeWithPeers("the module beside the same source compiled natively", ["templateOracle"], () => {
  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance();
  });

  const differencesAmong = async (questions: readonly TemplateQuestion[]) => {
    const { answers } = await askOracle(questions);
    const pairs = questions.map((asked, index) => ({
      text: asked.text,
      module: readable(askModule(instance, asked)),
      native: readable(answers[index]),
    }));
    return pairs.filter(({ module, native }) => !isDeepStrictEqual(module, native));
  };

  it("has an example of every function", async () => {
    const { functions } = await askOracle([]);
    expect(Object.keys(FUNCTION_EXAMPLES).sort()).toEqual(functions);
    for (const [name, texts] of Object.entries(FUNCTION_EXAMPLES)) {
      for (const text of texts) expect(text).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it("agrees on every example", { timeout: 120_000 }, async () => {
    const texts = [...Object.values(FUNCTION_EXAMPLES).flat(), ...LANGUAGE_EXAMPLES];
    expect(await differencesAmong(texts.map((text) => asked({ text, items: ITEMS })))).toEqual([]);
  });

  it("agrees where an output reaches its limit", async () => {
    const texts = [
      "{{ repeat 9 `x` }}",
      "{{ repeat 10 `x` }}",
      "{{ repeat 11 `x` }}",
      "12345{{ .user }}{{ fail `x` }}",
    ];
    const questions = texts.map((text) => ({ ...asked({ text, items: ITEMS }), limit: 10 }));
    expect(await differencesAmong(questions)).toEqual([]);
    expect(questions.map((each) => askModule(instance, each).status)).toEqual([0, 0, 3, 3]);
  });

  it.each(["a:1:2: b", "", "ünï\ncode", "template: x:1:1: "])(
    "agrees on positions in an item named %j",
    async (name) => {
      const texts = ["\n{{ fail .user }}", "\n\n{{", "{{ define `x` }}\n{{ .user.x }}{{ end }}{{ template `x` . }}"];
      const questions = texts.map((text) => ({ ...asked({ text, items: ITEMS }), name }));
      expect(await differencesAmong(questions)).toEqual([]);
      expect(questions.map((each) => askModule(instance, each).line)).toEqual([2, 3, 2]);
    },
  );

  it(`agrees on ${RUNS} generated templates of seed ${SEED}`, { timeout: 60_000 + 5 * RUNS }, async () => {
    const questions = fc.sample(question, { numRuns: RUNS, seed: SEED }).map(asked);
    expect((await differencesAmong(questions)).slice(0, 3)).toEqual([]);
  });
});

function asked(part: Pick<TemplateQuestion, "text" | "items">): TemplateQuestion {
  return { ...part, name: "config.yaml", limit: 2 ** 20 };
}

/** What a failing test shows: text, as far as it is text. */
function readable(answer: TemplateAnswer | undefined) {
  if (answer === undefined) throw new Error("the oracle left an answer out");
  const latin1 = (base64: string) => Buffer.from(base64, "base64").toString("latin1");
  return { ...answer, output: latin1(answer.output), error: latin1(answer.error) };
}
