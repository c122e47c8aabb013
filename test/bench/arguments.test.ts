import { expect, it } from "vitest";
import { runProgram, sourceOf } from "../programs/program.ts";

const bench = (...args: string[]) => runProgram(sourceOf("bench/main.ts"), { args });

it("a bench that is not there is refused by name, before anything is built", async () => {
  expect(await bench("cor")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      'error: no bench "cor": there are core, kubeseal, reseal, controller, controller-keys, replicas, controller-idle, controller-large, soak, quick\n',
  });
});

it.each([
  ["--rounds", "0"],
  ["--rounds", "two"],
  ["--idle", "1.5"],
])("%s %s is refused", async (flag, text) => {
  const refused = await bench("core", flag, text);
  expect(refused).toEqual({ code: 2, stdout: "", stderr: `error: ${flag} takes a whole number, 1 or more\n` });
});
