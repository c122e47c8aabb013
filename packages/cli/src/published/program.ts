/** Both programs of the package, as `npm run build` bundles them into one file. */
export { main } from "../main.ts";
export { processIo } from "../process-io.ts";
export { runProcess } from "../run-process.ts";
