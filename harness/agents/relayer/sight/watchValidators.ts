import { mailboxAbi } from "../../../contracts/abi.ts";
import { readIsm } from "../../../ism/readIsm.ts";
import { type HealthOrigin, type ValidatorHealth, validatorHealth } from "../../../ism/validatorHealth.ts";
import { ethCall } from "../ethCall.ts";
import { errorText } from "../rpcError.ts";

/** Per origin. The owner of a Mailbox names its default module, and so who is asked. */
const MAX_VALIDATORS = 64;

export type ValidatorWatch = {
  /** As of the last look; validators of the default modules alone, since a recipient may name any number of its own. */
  health(): readonly ValidatorHealth[];
  /** Why the default module of a chain could not be looked at, by the chain's name. */
  problems(): ReadonlyMap<string, string>;
  /** Never throws. */
  tick(): Promise<void>;
};

/** Watches what the validators of the destinations' default modules sign on the origins. */
export function createValidatorWatch(parameters: {
  origins: readonly HealthOrigin[];
  destinations: readonly HealthOrigin[];
  allowLocal: boolean;
}): ValidatorWatch {
  const { origins, destinations, allowLocal } = parameters;
  let known: readonly ValidatorHealth[] = [];
  let problems = new Map<string, string>();

  async function look({ chain, client }: HealthOrigin): Promise<ValidatorHealth[]> {
    const mailbox = { address: chain.mailbox, abi: mailboxAbi } as const;
    const ism = await ethCall(client, { ...mailbox, functionName: "defaultIsm", args: [] });
    const others = origins.filter((origin) => origin.chain.domain !== chain.domain);
    const looks = others.map(async (origin) => {
      const tree = await readIsm({ client, ism, origin: origin.chain.domain });
      const health = { tree, origins: [origin], origin: origin.chain.domain, allowLocal };
      return (await validatorHealth(health)).slice(0, MAX_VALIDATORS);
    });
    return (await Promise.all(looks)).flat();
  }

  return {
    health: () => known,
    problems: () => problems,
    async tick() {
      const found = new Map<string, ValidatorHealth>();
      const failed = new Map<string, string>();
      const keyOf = ({ origin, validator }: ValidatorHealth) => `${origin} ${validator}`;
      await Promise.all(
        destinations.map(async (destination) => {
          try {
            for (const one of await look(destination)) found.set(keyOf(one), one);
          } catch (error) {
            failed.set(destination.chain.name, errorText(error));
          }
        }),
      );
      // Of a chain that does not answer now, what was seen before is better than nothing.
      if (failed.size > 0) for (const one of known) if (!found.has(keyOf(one))) found.set(keyOf(one), one);
      known = [...found.values()];
      problems = failed;
    },
  };
}
