/** `fail`: it will not work. `warn`: it may not, or not for long. */
export type Finding = {
  result: "ok" | "warn" | "fail";
  /** What was looked at: a chain, or a part of the configuration. */
  subject: string;
  what: string;
  /** What to do about it; none where it is well. */
  advice?: string;
};

/** The findings on one subject, in the order in which they were made. */
export function createFindings(subject: string) {
  const all: Finding[] = [];
  return {
    all,
    ok: (what: string) => void all.push({ result: "ok", subject, what }),
    warn: (what: string, advice: string) => void all.push({ result: "warn", subject, what, advice }),
    fail: (what: string, advice: string) => void all.push({ result: "fail", subject, what, advice }),
  };
}

export type Findings = ReturnType<typeof createFindings>;
