#!/usr/bin/env node
import { start } from "./start.ts";

// The name it was called by counts: a link named `kubeseal` is the drop-in.
start(import.meta.dirname, process.argv.slice(1));
