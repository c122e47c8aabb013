import fc from "fast-check";
import { expect, test } from "vitest";
import { LENGTH, MAX_KEYS, readRecord, writeBody, writeRecord } from "../../src/records/record.ts";

const block = fc.uint8Array({ minLength: LENGTH, maxLength: LENGTH });
const hex = block.map((bytes) => Buffer.from(bytes).toString("hex"));
const body = fc.record({
  nonce: block,
  inputs: block,
  keys: fc.array(block, { minLength: 1, maxLength: MAX_KEYS, size: "small" }),
  items: fc.array(fc.tuple(hex, fc.nat(255))).map((entries) => new Map(entries)),
});
const plain = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");

test("what was written is read again", () => {
  fc.assert(
    fc.property(body, block, block, (given, versionTag, contentTag) => {
      const bytes = writeBody(given);
      const found = readRecord(writeRecord({ body: bytes, versionTag, contentTag }));
      expect([found?.body, found?.nonce, found?.inputs, found?.versionTag, found?.contentTag].map(plain)).toEqual(
        [bytes, given.nonce, given.inputs, versionTag, contentTag].map(plain),
      );
      expect(found?.keys.map(plain)).toEqual(given.keys.map(plain));
      expect(found?.items).toEqual(given.items);
    }),
  );
});

test("the items' order tells nothing of the SealedSecret's", () => {
  fc.assert(
    fc.property(body, (given) => {
      const reversed = new Map([...given.items].reverse());
      expect(writeBody({ ...given, items: reversed })).toEqual(writeBody(given));
    }),
  );
});

test("another format, and a record without a key, is none", () => {
  const tag = new Uint8Array(LENGTH);
  const bytes = Buffer.from(writeBody({ nonce: tag, inputs: tag, keys: [tag], items: new Map() }));
  const text = (changed: Uint8Array) => writeRecord({ body: changed, versionTag: tag, contentTag: tag });
  expect(readRecord(text(bytes))).not.toBeNull();
  expect(readRecord(text(Buffer.from([2, ...bytes.subarray(1)])))).toBeNull();
  expect(readRecord(text(writeBody({ nonce: tag, inputs: tag, keys: [], items: new Map() })))).toBeNull();
});
