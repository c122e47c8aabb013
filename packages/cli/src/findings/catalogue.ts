import type { Severity } from "@sealwright/core";
import type { FindingCode } from "./finding.ts";

/** What is to be known of a code before it is found anywhere. */
export interface CatalogueEntry {
  readonly severity: Severity;
  /** What the code stands for, in a few words. */
  readonly title: string;
  /** What to do about it. */
  readonly advice: string;
}

const RESEAL = "seal it again from the plaintext: sealwright seal";
const PUT_BACK = "put scope, namespace and name back to what it was sealed to, or seal it again from the plaintext";

const error = (title: string, advice: string): CatalogueEntry => ({ severity: "error", title, advice });
const warning = (title: string, advice: string): CatalogueEntry => ({ severity: "warning", title, advice });

/** Of each code, in the order of the documentation. Errors cannot open or must not be committed; warnings look like a slip. */
export const CATALOGUE: Readonly<Record<FindingCode, CatalogueEntry>> = {
  plaintext_secret: error(
    "A Secret in plaintext",
    "seal it with sealwright seal, have .gitignore name its file, and change the values if they were ever pushed",
  ),
  unreadable: error(
    "A file that cannot be read as a manifest",
    "put the syntax right: nothing was verified of this document",
  ),
  invalid_object: error(
    "A SealedSecret of the wrong shape",
    "put the field right, or seal it again from the plaintext",
  ),
  missing_name: error("No name", "give it the metadata.name that it was sealed to"),
  missing_namespace: error("No namespace", "give it the metadata.namespace that it was sealed to"),
  impossible_name: error("A name or namespace that Kubernetes does not take", "rename the Secret, and seal it again"),
  conflicting_data: error("Both spec.encryptedData and spec.data", "leave out spec.data"),
  not_base64: error("A sealed value that is not base64", `restore it from Git, or ${RESEAL}`),
  too_short: error("A sealed value that was cut short", `restore it from Git, or ${RESEAL}`),
  key_length: error("Sealed to a key of a length that fits no certificate", RESEAL),
  invalid_item_name: error(
    "An item name that Kubernetes does not take",
    "rename the item: letters, digits, -, _ and . are what it may have",
  ),
  hinted_elsewhere: error("Sealed to another scope, namespace or name", PUT_BACK),
  unknown_key: error(
    "Sealed to a key that is none of the project's",
    "seal it again with the project's certificate; if the controller does hold that key, list its fingerprint in previous",
  ),
  retired_key: error("Sealed to a key that is retired", "seal it again with the project's present certificate"),
  project_namespace: error(
    "Another namespace than the project says for its path",
    "move the file to where its namespace belongs, or put .sealwright.yaml right",
  ),
  project_scope: error(
    "Another scope than the project says for its path",
    "seal it again with that scope, or put .sealwright.yaml right",
  ),
  not_decryptable: error("The controller cannot open it", PUT_BACK),
  no_key_opens: error("None of the keys opens it", `make sure that --key is of the right cluster; else ${PUT_BACK}`),
  no_key_of_that_length: error("Sealed to a key of a length that none of the keys has", "is --key the right one?"),
  opens_elsewhere: error("It opens only under another scope, namespace or name", PUT_BACK),
  altered: error("Altered after it was sealed", `restore it from Git, or ${RESEAL}`),
  not_tried: error("Not tried, after too many failures of other items", "put the others right first"),
  template: warning(
    "A template, which is no manifest before it is rendered",
    "render it, as helm template does, and verify what comes out",
  ),
  two_scopes: warning("Annotated with both wide scopes", "leave out the one that is not meant"),
  scope_ignored: warning("A scope annotation that counts for nothing", 'write "true", or leave it out'),
  template_scope: warning("Its template declares another scope", "make both the same"),
  template_name: warning("Its template has another name", PUT_BACK),
  template_namespace: warning("Its template has another namespace", PUT_BACK),
  deprecated_data: warning("The format of before 2018", RESEAL),
  no_items: warning("Nothing is sealed in it", "delete it, or seal something into it"),
  hint_outdated: warning(
    "Its hint is about an earlier value",
    "nothing, if another tool has sealed it; the next sealwright seal writes new hints",
  ),
};
