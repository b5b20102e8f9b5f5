#!/usr/bin/env node
// The `causeway` command: runs the TypeScript beside it as it is, there is no build step.
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
