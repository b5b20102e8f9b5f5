import { z } from "zod";
import { createMessageMatcher, type MatchedMessage, messageMatcherSchema } from "./messageMatcher.ts";

/** Which messages are relayed: those that the whitelist has, all if there is none, without those that the blacklist has. */
export const messageListsSchema = z.strictObject({
  whitelist: z.array(messageMatcherSchema).optional(),
  blacklist: z.array(messageMatcherSchema).default([]),
});

export type MessageLists = z.infer<typeof messageListsSchema>;

/** Says why a message is not relayed; undefined if it is. What a pattern can not tell of is not relayed. */
export function createMessageFilter(lists: MessageLists): (message: MatchedMessage) => string | undefined {
  const white = lists.whitelist?.map(createMessageMatcher);
  const black = lists.blacklist.map(createMessageMatcher);
  return (message) => {
    for (const [entry, matches] of black.entries()) {
      const matched = matches(message);
      if (typeof matched === "string")
        return `entry ${entry} of the relayer's blacklist can not be held against it: ${matched}`;
      if (matched) return `entry ${entry} of the relayer's blacklist`;
    }
    if (white === undefined || white.some((matches) => matches(message) === true)) return undefined;
    return "it is not on the relayer's whitelist";
  };
}
