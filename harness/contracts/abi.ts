import { parseAbi } from "viem";

export const mailboxAbi = parseAbi([
  "event Dispatch(address indexed sender, uint32 indexed destination, bytes32 indexed recipient, bytes message)",
  "event DispatchId(bytes32 indexed messageId)",
  "event Process(uint32 indexed origin, bytes32 indexed sender, address indexed recipient)",
  "event ProcessId(bytes32 indexed messageId)",
  "function dispatch(uint32 destination, bytes32 recipient, bytes body) payable returns (bytes32)",
  "function quoteDispatch(uint32 destination, bytes32 recipient, bytes body) view returns (uint256)",
  "function process(bytes metadata, bytes message) payable",
  "function delivered(bytes32 messageId) view returns (bool)",
  "function processor(bytes32 messageId) view returns (address)",
  "function processedAt(bytes32 messageId) view returns (uint48)",
  "function recipientIsm(address recipient) view returns (address)",
  "function defaultIsm() view returns (address)",
  "function localDomain() view returns (uint32)",
  "function nonce() view returns (uint32)",
]);

export const merkleTreeHookAbi = parseAbi([
  "event InsertedIntoTree(bytes32 messageId, uint32 index)",
  "function count() view returns (uint32)",
  "function root() view returns (bytes32)",
  "function latestCheckpoint() view returns (bytes32 root, uint32 index)",
]);

export const validatorAnnounceAbi = parseAbi([
  "event ValidatorAnnouncement(address indexed validator, string storageLocation)",
  "function announce(address validator, string storageLocation, bytes signature) returns (bool)",
  "function getAnnouncedStorageLocations(address[] validators) view returns (string[][])",
  "function getAnnouncedValidators() view returns (address[])",
]);

/** What every module answers, and what the multisig kinds answer besides. */
export const ismAbi = parseAbi([
  "function moduleType() view returns (uint8)",
  "function validatorsAndThreshold(bytes message) view returns (address[] validators, uint8 threshold)",
]);
