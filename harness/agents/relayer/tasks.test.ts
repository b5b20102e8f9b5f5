import { expect, test } from "vitest";
import { createTasks } from "./tasks.ts";

function rethrow(_key: string, error: unknown): void {
  throw error;
}

test("no more tasks run at a time than allowed, and all of them run", async () => {
  const tasks = createTasks({ concurrency: 3, onError: rethrow });
  let running = 0;
  let most = 0;
  let done = 0;
  for (let i = 0; i < 20; i++) {
    tasks.start(`task ${i}`, async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      done += 1;
    });
  }
  await tasks.settled();
  expect({ most, done }).toEqual({ most: 3, done: 20 });
});

test("a hanging task keeps its key and its place, and holds up nobody", async () => {
  const tasks = createTasks({ concurrency: 2, onError: rethrow });
  const ran: string[] = [];
  let release = () => {};
  tasks.start("hangs", () => new Promise<void>((resolve) => (release = resolve)));
  tasks.start("hangs", async () => void ran.push("hangs, twice"));
  tasks.start("a", async () => void ran.push("a"));
  tasks.start("b", async () => void ran.push("b"));
  await tasks.settled(5);
  expect(ran).toEqual(["a", "b"]);
  expect(tasks.has("hangs")).toBe(true);

  release();
  await tasks.settled();
  expect(tasks.has("hangs")).toBe(false);
});

test("a failing task is reported and gives its place back", async () => {
  const failures: string[] = [];
  const tasks = createTasks({ concurrency: 1, onError: (key, error) => failures.push(`${key}: ${String(error)}`) });
  const ran: string[] = [];
  tasks.start("fails", () => Promise.reject(new Error("no")));
  tasks.start("next", async () => void ran.push("next"));
  await tasks.settled();
  expect(failures).toEqual(["fails: Error: no"]);
  expect(ran).toEqual(["next"]);
});
