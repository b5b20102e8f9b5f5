import { Command } from "commander";
import type { Address } from "viem";
import { createChainClient } from "../../chains/client.ts";
import { readPositions } from "../../staking/positions.ts";
import { sharesFor } from "../../staking/sharesFor.ts";
import { formatAmount, parseAmount } from "../../staking/stakeAsset.ts";
import { StakeRefusedError } from "../../staking/stakeErrors.ts";
import { actInStake, type StakeOptions, withStakeOptions } from "../actInStake.ts";
import { addressArgument } from "../parseArgument.ts";

/** What anybody does with stake of its own. */
export function stakeAccountCommands(): Command[] {
  return [delegateCommand(), unbondCommand(), withdrawCommand(), rewardCommand()];
}

function delegateCommand(): Command {
  return withStakeOptions(new Command("delegate"))
    .description("put the account's tokens behind a validator; an operator adds to its self-bond so")
    .argument("<validator>", "address of its operator", addressArgument)
    .argument("<amount>", "in whole tokens")
    .action(async (validator: Address, text: string, options: StakeOptions, command: Command) => {
      const { stake } = await actInStake(options, command);
      const amount = parseAmount(stake.asset, text);
      const value = await stake.pay(amount);
      const what = `${formatAmount(stake.asset, amount)} behind ${validator}`;
      await stake.write(`putting ${what}`, "delegate", [validator, amount], value);
      console.log(`${stake.account} has put ${what}`);
    });
}

function unbondCommand(): Command {
  return withStakeOptions(new Command("unbond"))
    .description(
      "take the account's stake from a validator; it stays slashable, and is paid by `withdraw` after its delay",
    )
    .argument("<validator>", "address of its operator", addressArgument)
    .argument("<amount>", "in whole tokens, or `all`")
    .action(async (validator: Address, text: string, options: StakeOptions, command: Command) => {
      const { stake } = await actInStake(options, command);
      const { client } = stake.deployer;
      const [[tokens, all], [held, worth]] = await Promise.all([
        client.readContract({ ...stake.contract, functionName: "poolOf", args: [validator] }),
        client.readContract({ ...stake.contract, functionName: "delegationOf", args: [validator, stake.account] }),
      ]);
      const amount = text === "all" ? worth : parseAmount(stake.asset, text);
      if (amount > worth || held === 0n) {
        const has = formatAmount(stake.asset, worth);
        throw new StakeRefusedError(`${stake.account} has ${has} with ${validator}: less than ${text}`);
      }
      const shares = text === "all" ? held : sharesFor({ amount, held, pool: { tokens, shares: all } });
      await stake.write(`taking ${formatAmount(stake.asset, amount)} from ${validator}`, "unbond", [validator, shares]);
      const epoch = await client.readContract({ ...stake.contract, functionName: "epoch" });
      const release = epoch + 1 + stake.terms.unbondingEpochs;
      const what = `${formatAmount(stake.asset, amount)} from ${validator}`;
      console.log(`${stake.account} has taken ${what}: \`causeway stake withdraw\` pays it in epoch ${release}`);
    });
}

function withdrawCommand(): Command {
  return withStakeOptions(new Command("withdraw"))
    .description("have all paid to the account that is due: stake that is released, commissions, rewards")
    .action(async (options: StakeOptions, command: Command) => {
      const { chain, stake } = await actInStake(options, command);
      const { client } = stake.deployer;
      const { account, address } = stake;
      const fromBlock = BigInt(chain.fromBlock);
      const { unbondings, credit } = await readPositions({
        client: createChainClient(chain),
        stake: address,
        account,
        fromBlock,
      });
      const epoch = await client.readContract({ ...stake.contract, functionName: "epoch" });
      const due = unbondings.filter(({ releaseEpoch }) => releaseEpoch <= epoch);
      for (const { validator, releaseEpoch, tokens } of due) {
        const what = `${formatAmount(stake.asset, tokens)} from ${validator}`;
        try {
          await stake.write(`withdrawing ${what}`, "withdraw", [validator, releaseEpoch]);
          console.log(`paid ${what}, released in epoch ${releaseEpoch}`);
        } catch (error) {
          if (!(error instanceof StakeRefusedError)) throw error;
          console.error(error.message);
        }
      }
      if (credit > 0n) {
        const what = `${formatAmount(stake.asset, credit)} of credit`;
        await stake.write(`withdrawing ${what}`, "withdrawCredit", [account]);
        console.log(`paid ${what}`);
      }
      const later = unbondings.find(({ releaseEpoch }) => releaseEpoch > epoch);
      if (due.length === 0 && credit === 0n) console.log(`nothing is due to ${account} in epoch ${epoch}`);
      if (later !== undefined)
        console.log(`the next is released in epoch ${later.releaseEpoch}; this is epoch ${epoch}`);
    });
}

function rewardCommand(): Command {
  return withStakeOptions(new Command("reward"))
    .description("give tokens to a validator: its commission to the operator, the rest to all who have stake behind it")
    .argument("<validator>", "address of its operator", addressArgument)
    .argument("<amount>", "in whole tokens")
    .action(async (validator: Address, text: string, options: StakeOptions, command: Command) => {
      const { stake } = await actInStake(options, command);
      const amount = parseAmount(stake.asset, text);
      const value = await stake.pay(amount);
      const what = `${formatAmount(stake.asset, amount)} to ${validator}`;
      await stake.write(`giving ${what}`, "addReward", [validator, amount], value);
      console.log(`${stake.account} has given ${what}`);
    });
}
