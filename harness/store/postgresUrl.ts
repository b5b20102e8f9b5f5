/** Whether a store is a PostgreSQL database, and no file. */
export function isPostgresUrl(store: string): boolean {
  return /^postgres(ql)?:\/\//.test(store);
}
