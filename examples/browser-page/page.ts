/** Seals one value with a certificate that was pasted into the page. */
import { assertValidAt, readCertificate, readScope, SealwrightError, seal, wipeSecret } from "@sealwright/core";
import { writeManifest } from "@sealwright/core/kubernetes-yaml";

const form = find("form", HTMLFormElement);
const complaint = find("[role=alert]", HTMLElement);
const output = find("pre", HTMLElement);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  complaint.textContent = "";
  output.textContent = "";
  try {
    output.textContent = await sealed(new FormData(form));
    // What was sealed need not stand in the page any longer.
    find("[name=value]", HTMLInputElement).value = "";
  } catch (error) {
    complaint.textContent = error instanceof SealwrightError ? error.message : "Something went wrong in this page.";
    if (!(error instanceof SealwrightError)) throw error;
  }
});

/** @returns a SealedSecret as YAML */
async function sealed(fields: FormData): Promise<string> {
  const field = (name: string) => String(fields.get(name) ?? "");
  const certificate = await readCertificate(field("certificate"));
  assertValidAt(certificate, new Date());
  const secret = {
    metadata: { namespace: field("namespace").trim(), name: field("name").trim() },
    type: "Opaque",
    data: new Map([[field("item").trim(), new TextEncoder().encode(field("value"))]]),
  };
  const object = await seal(secret, { certificate, scope: readScope(field("scope")), hints: true });
  wipeSecret(secret);
  return writeManifest(object, "yaml");
}

function find<T extends HTMLElement>(selector: string, kind: new () => T): T {
  const element = document.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`the page has no ${selector}`);
  return element;
}
