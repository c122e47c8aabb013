import type { Base64File } from "../vector-files.ts";
import type { TestKeys } from "./keys.ts";
import type { Kubeseal } from "./kubeseal.ts";

const ITEM = "password";

/** How else one sealed value could be spelled, and whether the Go project still reads it. */
export function makeBase64File(kubeseal: Kubeseal, keys: TestKeys): Base64File {
  const value = Buffer.from([0]).toString("base64");
  const metadata = { name: "database", namespace: "payments" };
  const secret = { apiVersion: "v1", kind: "Secret", metadata, data: { [ITEM]: value } };
  const sealedSecret = kubeseal.seal(secret, keys["rsa-2048"]);
  const texts = spellings(sealedSecret.spec.encryptedData[ITEM] ?? "").map(([name, text]) => {
    const spec = { ...sealedSecret.spec, encryptedData: { [ITEM]: text } };
    return { name, text, accepted: !kubeseal.open({ ...sealedSecret, spec }, keys["rsa-2048"]).refused };
  });
  return {
    about: "Spellings of one sealed value, and whether the Go project's encoding/base64 reads them.",
    source: kubeseal.source(),
    key: "rsa-2048",
    sealedSecret,
    item: ITEM,
    value,
    texts,
  };
}

/** @param text 2 + 256 + 1 + 16 bytes: its last quantum holds two of them, and one `=` */
function spellings(text: string): readonly (readonly [name: string, text: string])[] {
  const unpadded = text.slice(0, -1);
  return [
    ["as it was made", text],
    ["lines of 64 characters", text.replace(/.{64}/g, "$&\n")],
    ["lines that end in CR LF", text.replace(/.{64}/g, "$&\r\n")],
    ["a line end at the end", `${text}\n`],
    ["a line end at the start", `\n${text}`],
    ["a line end before the padding", `${unpadded}\n=`],
    ["bits set that belong to no byte", `${unpadded.slice(0, -1)}${nextDigit(unpadded.at(-1) ?? "")}=`],
    ["lines of 64 characters, indented", text.replace(/.{64}/g, "$&\n  ")],
    ["a space inside", `${text.slice(0, 8)} ${text.slice(8)}`],
    ["a tab at the end", `${text}\t`],
    ["no padding", unpadded],
    ["too much padding", `${text}=`],
    ["padding inside", `${text.slice(0, 6)}==${text.slice(8)}`],
    ["something after the padding", `${text}AAAA`],
    ["the alphabet for URLs", `--__${text.slice(4)}`],
    ["a letter that is not ASCII", `é${text.slice(1)}`],
  ];
}

function nextDigit(digit: string): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return digits.charAt(digits.indexOf(digit) + 1);
}
