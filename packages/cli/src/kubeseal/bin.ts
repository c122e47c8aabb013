#!/usr/bin/env node
import { main } from "../main.ts";
import { processIo } from "../process-io.ts";

// Package managers that write a start script instead of a link lose the name that a program was called by.
process.exitCode = await main(["kubeseal", ...process.argv.slice(2)], processIo(process));
