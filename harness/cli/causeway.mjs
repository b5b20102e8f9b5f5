#!/usr/bin/env node
// The `causeway` command: runs the TypeScript beside it as it is, there is no build step.
// Libraries first: what is loaded already does not pass through tsx, which halves the time to start.
import "commander";
import "hash-wasm";
import "kysely";
import "libsql";
import "ora";
import "pino";
import "tiny-secp256k1";
import "viem";
import "viem/accounts";
import "zod";
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
