import { SealwrightError, type TemplateLimit } from "../errors.ts";
import type { RenderRequest } from "./engine.ts";
import type { RenderFailure } from "./engine-worker.ts";

/** The error that a template's failure amounts to. */
export function problemOfFailure(item: string, failure: RenderFailure): SealwrightError {
  switch (failure.status) {
    case "parse_error":
      return new SealwrightError({ code: "template_parse", item, line: failure.line, text: failure.text });
    case "execution_error":
      return new SealwrightError({ code: "template_failed", item, line: failure.line, column: failure.column });
    case "output_limit":
      return limited(item, "output");
    case "timeout":
      return limited(item, "time");
    case "died":
      return limited(item, failure.cause);
  }
}

/** The error of a request that is not even begun, for its namespace has used up its time. */
export function spentBudget({ templates }: RenderRequest): SealwrightError {
  const [item = ""] = templates.keys();
  return limited(item, "namespace");
}

function limited(item: string, limit: TemplateLimit): SealwrightError {
  return new SealwrightError({ code: "template_limit", item, limit });
}
