import { it } from "vitest";
import { runFaults } from "./runFaults.ts";

const { CAUSEWAY_FAULT_SEED, CAUSEWAY_FAULT_SEEDS = "2", CAUSEWAY_FAULT_STEPS = "40" } = process.env;
const steps = Number(CAUSEWAY_FAULT_STEPS);
const seeds =
  CAUSEWAY_FAULT_SEED === undefined
    ? Array.from({ length: Number(CAUSEWAY_FAULT_SEEDS) }, (_, i) => 100 + i)
    : [Number(CAUSEWAY_FAULT_SEED)];

it.each(seeds)("random faults lose nothing, seed %i", { timeout: 1_200_000 + steps * 5_000 }, (seed) =>
  runFaults({ seed, steps }),
);
