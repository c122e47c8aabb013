#!/usr/bin/env node
import { runProcess } from "./run-process.ts";

// The name it was called by counts: a link named `kubeseal` is the drop-in.
runProcess(process.argv.slice(1));
