import { expect, test } from "vitest";
import { WorkSlots } from "../../src/http/work-slots.ts";

test("so many at a time, so many more in turn, and whoever comes then is turned away", async () => {
  const slots = new WorkSlots({ working: 1, waiting: 1 });
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const begun: string[] = [];
  const work = (name: string, ending: Promise<string>) => () => {
    begun.push(name);
    return ending;
  };
  const a = slots.run(work("a", first.promise));
  const b = slots.run(work("b", second.promise));
  expect(slots.run(work("c", second.promise))).toBeNull();
  expect(begun).toEqual(["a"]);
  first.reject(new Error("failed"));
  await expect(a).rejects.toThrow("failed");
  second.resolve("done");
  expect(await b).toBe("done");
  expect(begun).toEqual(["a", "b"]);
  expect(await slots.run(async () => "again")).toBe("again");
});
