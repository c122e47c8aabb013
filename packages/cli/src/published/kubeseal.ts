#!/usr/bin/env node
import { start } from "./start.ts";

// Package managers that write a start script instead of a link lose the name that a program was called by.
start(import.meta.dirname, ["kubeseal", ...process.argv.slice(2)]);
