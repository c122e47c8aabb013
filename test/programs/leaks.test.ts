import { expect, it } from "vitest";
import { leaksOf } from "./leaks.ts";

const VALUE = 'p"ss/w+rd ü?~secret';
const found = (text: string) => leaksOf([VALUE], new Map([["log", text]])).map(({ form }) => form);

it.each([
  ["as it is", VALUE],
  ["in JSON within JSON", JSON.stringify(JSON.stringify({ password: VALUE }))],
  ["in hex", Buffer.from(VALUE).toString("hex")],
  ["in a URL", `?q=${encodeURIComponent(VALUE)}`],
  ["as Go prints bytes", `[${[...Buffer.from(`x${VALUE}`)].join(" ")}]`],
  ["as JSON of a buffer", JSON.stringify(Buffer.from(VALUE))],
  ["in base64", Buffer.from(VALUE).toString("base64")],
  ["in base64 of more, at each place", Buffer.from(`a${VALUE}z`).toString("base64")],
  ["in base64 of more, at the last place", Buffer.from(`ab${VALUE}`).toString("base64")],
  ["in base64url", Buffer.from(`abc${VALUE}z`).toString("base64url")],
])("a value is found %s", (_, text) => {
  expect(found(`level=INFO msg=${text}`).length).toBeGreaterThan(0);
});

it("says where, and nothing of the value", () => {
  const leaks = leaksOf(
    ["nobody-has-this", VALUE],
    new Map([
      ["log", "fine"],
      ["events", VALUE],
    ]),
  );
  expect(leaks).toContainEqual({ where: "events", value: 1, form: "plain" });
  expect(JSON.stringify(leaks)).not.toContain("w+rd");
});

it("finds nothing where nothing is", () => {
  expect(found(`password ${Buffer.from("another value").toString("base64")}`)).toEqual([]);
});
