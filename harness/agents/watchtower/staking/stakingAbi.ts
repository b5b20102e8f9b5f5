import { parseAbi } from "viem";

const CHECKPOINT =
  "struct Checkpoint { uint32 origin; bytes32 merkleTree; bytes32 root; uint32 index; bytes32 messageId; }";

export const validatorStakeAbi = parseAbi([
  "event ValidatorRegistered(address indexed validator, address indexed key, uint256 commission)",
  "event KeyRotated(address indexed validator, address indexed oldKey, address indexed newKey, uint48 fromEpoch, uint48 exitEpoch)",
  "function validators() view returns (address[])",
  "function validatorOf(address key) view returns (address)",
  "function mailbox() view returns (address)",
  "function slasher() view returns (address)",
  "function creditOf(address account) view returns (uint256)",
  "function withdrawCredit(address account) returns (uint256)",
]);

export const checkpointFraudProofsAbi = parseAbi([
  "event CheckpointStored(address indexed merkleTree, bytes32 indexed root, uint32 index)",
  "function storeLatestCheckpoint(address merkleTree) returns (bytes32 root, uint32 index)",
  "function storedCheckpoints(address merkleTree, bytes32 root) view returns (uint32 index, bool exists)",
]);

export const slasherAbi = parseAbi([
  CHECKPOINT,
  "event PrematureChallenged(bytes32 indexed challengeId, address indexed validator, address indexed reporter, Checkpoint checkpoint, uint256 deadline)",
  "event LivenessAnswered(address indexed validator, uint32 indexed index, bytes32 root, bytes32 messageId, bytes signature)",
  "function proveEquivocation(Checkpoint first, bytes firstSignature, Checkpoint second, bytes secondSignature) returns (uint256)",
  "function proveMessageId(Checkpoint checkpoint, bytes signature, bytes32[32] proof, bytes32 actualMessageId) returns (uint256)",
  "function proveRoot(Checkpoint checkpoint, bytes signature, bytes32[32] proof) returns (uint256)",
  "function proveForeignTree(Checkpoint checkpoint, bytes signature) returns (uint256)",
  "function challengePremature(Checkpoint checkpoint, bytes signature) returns (bytes32)",
  "function closePremature(address validator, Checkpoint checkpoint, bytes32[32] proof)",
  "function resolvePremature(address validator, Checkpoint checkpoint) returns (uint256)",
  "function prematureChallengeId(address validator, Checkpoint checkpoint) view returns (bytes32)",
  "function prematureChallenge(bytes32 challengeId) view returns (address reporter, uint48 deadline)",
  "function slashedFor(address validator, uint32 origin, bytes32 merkleTree, uint32 index) view returns (uint256)",
  "function shareOf(uint8 kind) view returns (uint256)",
  "function merkleTreeHook() view returns (address)",
  "function proofs() view returns (address)",
]);
