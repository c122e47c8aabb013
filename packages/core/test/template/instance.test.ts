import { beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "../../src/bytes.ts";
import { encodeItems, encodeTemplate } from "../../src/template/engine-input.ts";
import { type Instance, InstanceDied } from "../../src/template/instance.ts";
import { startInstance } from "./ask-module.ts";

const PLAINTEXT = "Zx9vQ7-tyrannosaurus-4411-kR2m";
const MEBIBYTE = 2 ** 20;

let instance: Instance;
beforeEach(async () => {
  instance = await startInstance();
  instance.load(encodeItems(new Map([["pw", utf8(PLAINTEXT)]])));
});

const render = (text: string) => instance.render(encodeTemplate("a", text), MEBIBYTE);

describe("an instance that dies says of what, and nothing else", () => {
  it.each([
    ["memory", "{{ $x := .pw }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}"],
    ["memory", "{{ randBytes 300000000 }}"],
    ["depth", '{{ $d := dict "a" .pw }}{{ $_ := set $d "b" $d }}{{ $d }}'],
    ["depth", `${"{{ with .pw }}".repeat(20_000)}${"{{ end }}".repeat(20_000)}`],
  ])("%s", (cause, text) => {
    const error = thrownBy(() => render(text));
    expect(error).toBeInstanceOf(InstanceDied);
    expect(error).toMatchObject({ causeOfDeath: cause });
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(PLAINTEXT);
  });
});

it("never has more than 256 MiB", () => {
  thrownBy(() => render("{{ range $i := until 12 }}{{ $_ := until 2000000 }}{{ end }}{{ until 30000000 }}"));
  expect(instance.memory).toBeLessThanOrEqual(256 * MEBIBYTE);
  expect(instance.memory).toBeGreaterThan(64 * MEBIBYTE);
});

it("keeps nothing of a request that it has forgotten", () => {
  expect(render("{{ .pw }}").status).toBe("ok");
  instance.forget();
  expect(render("{{ . }}")).toEqual({ status: "ok", output: new Uint8Array(utf8("map[]")) });
});

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
