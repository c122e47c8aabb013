import { templateHost } from "#template-host";
import type { TemplateEngine, TemplateEngineOptions } from "./engine.ts";
import { engineOn } from "./engine-on-host.ts";

/**
 * An engine that has loaded nothing yet: its module is read and its worker started when the first template is rendered.
 * Templates that make keys have a worker of their own, so that nobody else waits for them.
 */
export function createTemplateEngine(options: TemplateEngineOptions = {}): TemplateEngine {
  return engineOn(templateHost, options);
}
