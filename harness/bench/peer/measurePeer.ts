import {
  type Abi,
  type Address,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseAbi,
  parseAbiParameters,
  toHex,
} from "viem";
import { mailboxAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { account, type BenchChain, call } from "../benchChain.ts";
import { peerBytecode } from "./peerBytecode.ts";

const abi = parseAbi([
  "function initialize(address owner, address defaultIsm, address defaultHook, address requiredHook)",
  "function initialize(address owner, address beneficiary)",
  "function deploy(address[] values, uint8 threshold) returns (address)",
  "function deploy(address[] values) returns (address)",
  "function setRemoteGasDataConfigs((uint32 remoteDomain, uint128 tokenExchangeRate, uint128 gasPrice)[] configs)",
  "function setDestinationGasConfigs((uint32 remoteDomain, (address gasOracle, uint96 gasOverhead) config)[] configs)",
  "function payForGas(bytes32 messageId, uint32 destination, uint256 gasLimit, address refundAddress) payable",
  "function quoteGasPayment(uint32 destination, uint256 gasLimit) view returns (uint256)",
]);
const PROXY = "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol/TransparentUpgradeableProxy";
const SAMPLES = 32;

/** A message and what a multisig of that kind and size wants for it. */
export type Proven = {
  operation: string;
  kind: "message-id" | "merkle-root";
  set: Address[];
  threshold: number;
  metadata: Hex;
  message: Hex;
};

/**
 * The same operations on the contracts that the ecosystem publishes, on the same chains, deployed as in production: Mailbox and
 * gas paymaster behind transparent proxies, the protocol fee as required hook.
 * @returns gas by the names of the operations
 */
export async function measurePeer(parameters: {
  origin: BenchChain;
  destination: BenchChain;
  domains: { origin: number; destination: number };
  recipient: Address;
  proven: readonly Proven[];
}): Promise<Map<string, number>> {
  const { origin, destination, domains, recipient, proven } = parameters;
  const owner = account.address;
  const found = new Map<string, number>();

  const mailbox = await deployMailbox(origin, domains.origin);
  const tree = await create(origin, "contracts/hooks/MerkleTreeHook", "address", [mailbox]);
  const fee = await create(origin, "contracts/hooks/ProtocolFee", "uint256, uint256, address, address", [
    10n ** 18n,
    0n,
    owner,
    owner,
  ]);
  await call(origin, mailbox, abi, "initialize", [owner, origin.core.defaultIsm, tree, fee]);
  await meanDispatch();
  found.set("dispatch, tree, nothing else", await meanDispatch());
  found.set("dispatch + protocol fee hook at 0", found.get("dispatch, tree, nothing else") ?? 0);

  const paymaster = await proxied(origin, await create(origin, "contracts/hooks/igp/InterchainGasPaymaster"));
  await call(origin, paymaster, abi, "initialize", [owner, owner]);
  const oracle = await create(origin, "contracts/hooks/igp/StorageGasOracle");
  const prices = { remoteDomain: domains.destination, tokenExchangeRate: 10n ** 10n, gasPrice: 7n * 10n ** 9n };
  await call(origin, oracle, abi, "setRemoteGasDataConfigs", [[prices]]);
  const config = { remoteDomain: domains.destination, config: { gasOracle: oracle, gasOverhead: 75_000n } };
  await call(origin, paymaster, abi, "setDestinationGasConfigs", [[config]]);
  const factory = await create(origin, "contracts/hooks/aggregation/StaticAggregationHookFactory");
  const both = await made(origin, factory, [[tree, paymaster]]);
  await call(origin, mailbox, mailboxAbi, "setDefaultHook", [both]);
  found.set("dispatch + gas payment (exact)", await meanDispatch());
  const quote = {
    address: paymaster,
    abi,
    functionName: "quoteGasPayment",
    args: [domains.destination, 125_000n],
  } as const;
  const args = [keccak256("0x01"), domains.destination, 125_000n, owner];
  const paid = await call(origin, paymaster, abi, "payForGas", args, await origin.client.readContract(quote));
  found.set("pay for gas (exact)", Number(paid.gasUsed));

  const inbox = await deployMailbox(destination, domains.destination);
  const { defaultIsm, merkleTreeHook } = destination.core;
  await call(destination, inbox, abi, "initialize", [owner, defaultIsm, merkleTreeHook, merkleTreeHook]);
  const factories = {
    "message-id": await create(
      destination,
      "contracts/isms/multisig/StaticMultisigIsm.sol/StaticMessageIdMultisigIsmFactory",
    ),
    "merkle-root": await create(
      destination,
      "contracts/isms/multisig/StaticMultisigIsm.sol/StaticMerkleRootMultisigIsmFactory",
    ),
  };
  for (const { operation, kind, set, threshold, metadata, message } of proven) {
    const ism = await made(destination, factories[kind], [set, threshold]);
    await call(destination, inbox, mailboxAbi, "setDefaultIsm", [ism]);
    const receipt = await call(destination, inbox, mailboxAbi, "process", [metadata, message]);
    found.set(operation, Number(receipt.gasUsed));
  }
  return found;

  async function meanDispatch(): Promise<number> {
    let total = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const message = [domains.destination, addressToBytes32(recipient), keccak256(toHex(`peer ${i}`))] as const;
      const value = await origin.client.readContract({
        address: mailbox,
        abi: mailboxAbi,
        functionName: "quoteDispatch",
        args: message,
      });
      total += Number((await call(origin, mailbox, mailboxAbi, "dispatch", message, value)).gasUsed);
    }
    return total / SAMPLES;
  }
}

async function deployMailbox(chain: BenchChain, domain: number): Promise<Address> {
  return proxied(chain, await create(chain, "contracts/Mailbox", "uint32", [domain]));
}

async function proxied(chain: BenchChain, implementation: Address): Promise<Address> {
  const admin = await create(chain, "@openzeppelin/contracts/proxy/transparent/ProxyAdmin");
  return create(chain, PROXY, "address, address, bytes", [implementation, admin, "0x"]);
}

async function create(
  { client }: BenchChain,
  path: string,
  types = "",
  args: readonly unknown[] = [],
): Promise<Address> {
  const encoded =
    types === "" ? "0x" : encodeAbiParameters(parseAbiParameters(types) as readonly { type: string }[], args);
  const data: Hex = `${peerBytecode(path)}${encoded.slice(2)}`;
  const { contractAddress } = await client.waitForTransactionReceipt({
    hash: await client.sendTransaction({ chain: null, data }),
  });
  if (contractAddress == null) throw new Error(`${path} was not created`);
  return contractAddress;
}

/** What a factory makes of a set. */
async function made(chain: BenchChain, factory: Address, args: readonly unknown[]): Promise<Address> {
  const request = { address: factory, abi: abi as Abi, functionName: "deploy", args, account };
  const { result } = await chain.client.simulateContract(request);
  await call(chain, factory, abi, "deploy", args);
  return result as Address;
}
