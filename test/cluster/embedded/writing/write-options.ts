import { invalid } from "../api-error.ts";
import { unsupportedValue } from "../rules/cause.ts";

/** What a writing request says beside its object. */
export interface WriteOptions {
  /** Everything but the writing. */
  readonly dryRun: boolean;
  /** Whose the written fields are. */
  readonly fieldManager: string;
  /** Null where the client did not name one itself, but its program's name serves. */
  readonly saidFieldManager: string | null;
  /** What to do about fields that the kind does not know. */
  readonly fieldValidation: "Ignore" | "Strict" | "Warn";
  /** Take over the fields of other managers. */
  readonly force: boolean | null;
}

const FIELD_VALIDATIONS = ["", "Ignore", "Strict", "Warn"];

/** Reads the options of a request; `kind` is how errors name them. Throws a 422. */
export function parseWriteOptions(
  kind: "CreateOptions" | "DeleteOptions" | "PatchOptions" | "UpdateOptions",
  query: URLSearchParams,
  userAgent: string,
): WriteOptions {
  const dryRun = query.getAll("dryRun");
  const validation = query.get("fieldValidation") ?? "";
  const subject = { group: "meta.k8s.io", kind };
  if (dryRun.some((value) => value !== "All")) throw invalid(subject, [unsupportedValue("dryRun", dryRun, ["All"])]);
  if (!FIELD_VALIDATIONS.includes(validation)) {
    throw invalid(subject, [unsupportedValue("fieldValidation", validation, FIELD_VALIDATIONS)]);
  }
  const said = query.get("fieldManager");
  return {
    dryRun: dryRun.length > 0,
    fieldManager: said || userAgent.split("/")[0] || "unknown",
    saidFieldManager: said || null,
    fieldValidation: validation === "Ignore" || validation === "Strict" ? validation : "Warn",
    force: query.has("force") ? query.get("force") === "true" : null,
  };
}
