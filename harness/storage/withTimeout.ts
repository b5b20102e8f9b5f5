/**
 * Waits for `work`, but not longer than `timeoutMs`; then throws `error()`, and whatever `work` still does is ignored.
 */
export async function withTimeout<T>(
  work: Promise<T>,
  parameters: { timeoutMs: number; error: () => Error },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(parameters.error()), parameters.timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
