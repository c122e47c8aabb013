import { type PathPattern, parsePathPattern } from "../paths/path-pattern.ts";

/** Which files of a folder hold Secrets to seal, where no rule says anything else. */
export const DEFAULT_SEAL_PATTERNS: readonly string[] = ["*.secret.yaml", "*.secret.yml", "*.secret.json"];
export const DEFAULT_SEAL: readonly PathPattern[] = DEFAULT_SEAL_PATTERNS.flatMap(
  (text) => parsePathPattern(text) ?? [],
);

/** `database.secret.yaml` and `database.yaml` both become `database.sealed.yaml`, in the same folder. */
export const DEFAULT_OUTPUT = "{name}.sealed.{extension}";
