import { runProcess } from "../run-process.ts";

// In an executable of its own, `process.argv` starts with two names that nobody gave.
runProcess([process.argv0, ...process.argv.slice(2)]);
