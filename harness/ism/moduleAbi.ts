import { parseAbi } from "viem";

/**
 * What modules, ours and others', may be asked. Each function is in some of them only, so that no contract's own ABI would do.
 */
export const moduleAbi = parseAbi([
  "function owner() view returns (address)",
  "function pendingOwner() view returns (address)",
  "function getMinDelay() view returns (uint256)",
  "function moduleType() view returns (uint8)",
  "function validatorsAndThreshold(bytes message) view returns (address[], uint8)",
  "function validatorsAndThresholdWeight(bytes message) view returns ((address signingAddress, uint96 weight)[], uint96)",
  "function modulesAndThreshold(bytes message) view returns (address[], uint8)",
  "function domains() view returns (uint256[])",
  "function module(uint32 domain) view returns (address)",
  "function route(bytes message) view returns (address)",
  "function mailbox() view returns (address)",
  "function defaultIsm() view returns (address)",
  "function lower() view returns (address)",
  "function upper() view returns (address)",
  "function threshold() view returns (uint256)",
  "function guardian() view returns (address)",
  "function paused() view returns (bool)",
  "function calculateCurrentLevel() view returns (uint256)",
  "function maxCapacity() view returns (uint256)",
  "function recipient() view returns (address)",
  "function trustedRelayer() view returns (address)",
  "function VERIFIED_MASK_INDEX() view returns (uint256)",
  "function authorizedHook() view returns (bytes32)",
  "function deployer() view returns (address)",
  "function l2Messenger() view returns (address)",
  "function l1Messenger() view returns (address)",
  "function executor() view returns (address)",
  "function arbBridge() view returns (address)",
  "function arbOutbox() view returns (address)",
  "function urls() view returns (string[])",
  "function attester() view returns (address)",
  "function submodule() view returns (address)",
  "function fraudWindow() view returns (uint48)",
  "function watchersAndThreshold() view returns (address[], uint8)",
  "function validators() view returns (address[])",
  "function interchainSecurityModule() view returns (address)",
  "function recipientIsm(address recipient) view returns (address)",
]);

/** Removes a route. Only modules whose owner may do that have it. */
export const removeAbi = parseAbi(["function remove(uint32 domain)"]);

export const recipientAbi = parseAbi(["function handle(uint32 origin, bytes32 sender, bytes body) payable"]);
