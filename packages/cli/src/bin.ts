#!/usr/bin/env node
import { main } from "./main.ts";
import { processIo } from "./process-io.ts";

// The name it was called by counts: a link named `kubeseal` is the drop-in.
process.exitCode = await main(process.argv.slice(1), processIo(process));
