import { expect, it } from "vitest";
import { runProgram, sourceOf } from "../programs/program.ts";

const bench = (...args: string[]) => runProgram(sourceOf("bench/main.ts"), { args });

it("a bench that is not there is refused by name, before anything is built", async () => {
  expect(await bench("cor")).toEqual({
    code: 2,
    stdout: "",
    stderr: 'error: no bench "cor": there are core, kubeseal, controller, controller-large, quick\n',
  });
});

it.each(["0", "two"])("--rounds %s is refused", async (rounds) => {
  const refused = await bench("core", "--rounds", rounds);
  expect(refused).toEqual({ code: 2, stdout: "", stderr: "error: --rounds takes a whole number, 1 or more\n" });
});
