import { Command } from "commander";
import type { Address } from "viem";
import { createChainClient } from "../../chains/client.ts";
import { validatorStakeAbi } from "../../contracts/abi.ts";
import { type Positions, readPositions } from "../../staking/positions.ts";
import { readStake, type StakeState } from "../../staking/readStake.ts";
import { formatAmount, readStakeAsset, type StakeAsset } from "../../staking/stakeAsset.ts";
import { stakeOf } from "../actInStake.ts";
import { chainNamed, readConfig } from "../config.ts";
import { addressArgument } from "../parseArgument.ts";

type Options = { chain: string; account?: Address; json: boolean };

export function stakeStatusCommand(): Command {
  return new Command("status")
    .description("the epoch, the set and the candidates of a chain; and what an account has there")
    .requiredOption("--chain <name>", "chain of the configuration")
    .option("--account <address>", "show what this account has at stake, unbonding and to be paid", addressArgument)
    .option("--json", "machine-readable; amounts in units of the asset", false)
    .action(async (options: Options, command: Command) => {
      const chain = chainNamed(readConfig(command.optsWithGlobals().config), options.chain);
      const stake = stakeOf(chain);
      const client = createChainClient(chain);
      const terms = await client.readContract({ address: stake, abi: validatorStakeAbi, functionName: "terms" });
      const asset = await readStakeAsset(client, terms.asset);
      const state = await readStake({ client, stake });
      const { account } = options;
      const fromBlock = BigInt(chain.fromBlock);
      const positions = account && (await readPositions({ client, stake, account, fromBlock }));
      if (options.json)
        return console.log(stringify({ asset, terms, ...state, ...(positions && { account, positions }) }));
      printState(asset, state);
      if (positions !== undefined) printPositions(asset, state, positions, `${account}`);
    });
}

function printState(asset: StakeAsset, state: StakeState): void {
  const { epoch, epochEndsAt, setId, totalWeight, totalStake, validators } = state;
  const members = validators.filter(({ weight }) => weight > 0n);
  console.log(`epoch ${epoch}, can be ended at ${new Date(epochEndsAt * 1000).toISOString()}`);
  console.log(`set ${setId}: ${members.length} validators who weigh ${formatAmount(asset, totalWeight)}`);
  console.log(`all stake: ${formatAmount(asset, totalStake)}`);
  for (const { operator, key, nextKey, stake, selfBond, weight, commission, isCandidate } of validators) {
    const share =
      weight === 0n ? "not in the set" : `${Number((weight * 10_000n) / totalWeight) / 100} % of the weight`;
    const bond = `${formatAmount(asset, stake)} (its own: ${formatAmount(asset, selfBond)})`;
    console.log(`  ${operator}  ${share}, ${bond}, commission ${commission / 100} %`);
    console.log(`    signs as ${key}${BigInt(nextKey) === 0n ? "" : `, from the next epoch on as ${nextKey}`}`);
    if (!isCandidate) console.log("    leaves the set when the epoch ends");
  }
}

function printPositions(asset: StakeAsset, { epoch }: StakeState, positions: Positions, account: string): void {
  const { delegations, unbondings, credit } = positions;
  console.log(`${account}:`);
  for (const { validator, tokens } of delegations) console.log(`  ${formatAmount(asset, tokens)} behind ${validator}`);
  for (const { validator, releaseEpoch, tokens } of unbondings) {
    const when = releaseEpoch <= epoch ? "to be withdrawn" : `released in epoch ${releaseEpoch}`;
    console.log(`  ${formatAmount(asset, tokens)} from ${validator}, ${when}`);
  }
  if (credit > 0n) console.log(`  ${formatAmount(asset, credit)} of credit, to be withdrawn`);
  if (delegations.length + unbondings.length === 0 && credit === 0n) console.log("  nothing");
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}` : inner), 2);
}
