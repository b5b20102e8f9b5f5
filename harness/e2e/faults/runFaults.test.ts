import { it } from "vitest";
import { runFaults } from "./runFaults.ts";

it("a short run of random faults loses nothing", { timeout: 400_000 }, () => runFaults({ seed: 1, steps: 12 }));
