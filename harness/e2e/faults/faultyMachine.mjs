// Loaded into an agent's process before all else (`node --import`): a machine whose clock is wrong and whose disk is slow, as the file
// that CAUSEWAY_TEST_MACHINE names says at the moment, for example {"clockMs": 3600000, "syncMs": 500}.
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const READ_EVERY_MS = 100;
let machine = { clockMs: 0, syncMs: 0 };

function read() {
  try {
    machine = JSON.parse(readFileSync(process.env.CAUSEWAY_TEST_MACHINE ?? "", "utf8"));
  } catch {
    // it is being written, or was not yet: as before
  }
}

read();
setInterval(read, READ_EVERY_MS).unref();

const RealDate = globalThis.Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(Date.now());
    else super(...given);
  }

  static now() {
    return RealDate.now() + machine.clockMs;
  }
};
// What a process counts from its start is not moved by a clock that is set later, but begins with what that says.
Object.defineProperty(performance, "timeOrigin", { value: performance.timeOrigin + machine.clockMs });

const handle = await open(fileURLToPath(import.meta.url));
const files = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ["sync", "datasync"]) {
  const real = files[name];
  files[name] = async function () {
    await wait(machine.syncMs);
    return real.call(this);
  };
}
