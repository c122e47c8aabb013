#!/usr/bin/env node
import { runProcess } from "../run-process.ts";

// Package managers that write a start script instead of a link lose the name that a program was called by.
runProcess(["kubeseal", ...process.argv.slice(2)]);
