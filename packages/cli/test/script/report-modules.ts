import { registerHooks } from "node:module";
import process from "node:process";

/** For `node --import`: says on stderr, one a line, which modules a program has loaded when it ends. */
const loaded: string[] = [];

registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});

process.on("exit", () => process.stderr.write(`${loaded.join("\n")}\n`));
