import { BaseError, decodeErrorResult, type Hex, isHex, parseAbi, size, slice } from "viem";
import { errorsAbi } from "../../contracts/abi.ts";

const MAX_TEXT = 300;

/** What a call can revert with by our contracts, and by Solidity. */
const errors = [...parseAbi(["error Error(string reason)", "error Panic(uint256 code)"]), ...errorsAbi];

/** The shortest account of an error: the revert's reason, the node's words, or our own. One line, bounded. */
export function errorText(error: unknown): string {
  if (!(error instanceof BaseError)) return printable(error instanceof Error ? error.message : String(error));
  const data = revertData(error);
  if (data !== undefined && data !== "0x") return `reverted: ${revertReason(data)}`;
  for (const link of chainOf(error)) {
    if (typeof link.details === "string" && link.details !== "") return printable(link.details);
  }
  return printable(error.shortMessage);
}

/** Whether the node answered, with an error; not so when the connection failed or the answer was none of JSON-RPC. */
export function isAnswer(error: unknown): boolean {
  return chainOf(error).some((link) => link.name === "RpcRequestError");
}

/** Whether the node ran the call and it failed: a retry gives the same until the chain's state or the call changes. */
export function isRevert(error: unknown): boolean {
  if (!isAnswer(error)) return false;
  return (
    revertData(error) !== undefined ||
    chainOf(error).some((link) => link.code === 3) ||
    /revert|EVM error|out ?of ?gas|gas required exceeds|invalid opcode|stack (over|under)flow|invalid jump/i.test(
      errorText(error),
    )
  );
}

/** Names a revert by its data: a known custom error with its arguments, the text of a `require`, else the selector. */
export function revertReason(data: Hex): string {
  if (size(data) < 4) return "without a reason";
  try {
    const { errorName, args } = decodeErrorResult({ abi: errors, data });
    if (errorName === "Error") return printable(`"${String(args?.[0])}"`);
    return printable(`${errorName}(${(args ?? []).map(argument).join(", ")})`);
  } catch {
    return `error ${slice(data, 0, 4)} (unknown, ${size(data)} bytes)`;
  }
}

function argument(value: unknown): string {
  return isHex(value) ? value.toLowerCase() : String(value);
}

/** The data that a call reverted with; undefined where it did not revert, or the node does not say. */
export function revertData(error: unknown): Hex | undefined {
  for (const { data } of chainOf(error)) {
    if (isHex(data) && data.length % 2 === 0) return data;
  }
  return undefined;
}

type ErrorLink = { name?: unknown; code?: unknown; data?: unknown; details?: unknown; cause?: unknown };

/** An error and its causes; bounded, since an error may be its own cause. */
function chainOf(error: unknown): ErrorLink[] {
  const links: ErrorLink[] = [];
  for (let link = error; typeof link === "object" && link !== null && links.length < 10; ) {
    links.push(link as ErrorLink);
    link = (link as ErrorLink).cause;
  }
  return links;
}

/** Texts of chains and validators are hostile: no control characters reach a terminal or a log, and they are cut. */
export function printable(text: string, maxLength = MAX_TEXT): string {
  const head = text
    .slice(0, maxLength)
    .replace(/[\p{C}\s]+/gu, " ")
    .trim();
  return text.length > maxLength ? `${head}…` : head;
}
