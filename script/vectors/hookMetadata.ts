import { address, bytes, columns, hex, uint, word } from "./bytes.ts";

type HookFields = [msgValue: bigint, gasLimit: bigint, refundAddress: Buffer, custom: Buffer];

function hookRow(fieldCount: number, [msgValue, gasLimit, refundAddress, custom]: HookFields) {
  const fields = [uint(msgValue, 32), uint(gasLimit, 32), refundAddress, custom].slice(0, fieldCount);
  return {
    fieldCount,
    msgValue: hex(uint(msgValue, 32)),
    gasLimit: hex(uint(gasLimit, 32)),
    refundAddress: hex(refundAddress),
    custom: hex(custom),
    encoded: fieldCount === 0 ? "0x" : hex(Buffer.concat([uint(1, 2), ...fields])),
  };
}

const nobody = Buffer.alloc(20);
const nothing = Buffer.alloc(0);
export const hookMetadataVectors = columns([
  hookRow(0, [0n, 0n, nobody, nothing]),
  hookRow(1, [10n ** 18n, 0n, nobody, nothing]),
  hookRow(2, [0n, 50_000n, nobody, nothing]),
  hookRow(2, [2n ** 256n - 1n, 2n ** 256n - 1n, nobody, nothing]),
  hookRow(3, [1n, 200_000n, address("refund"), nothing]),
  hookRow(4, [0n, 0n, nobody, bytes("0x00")]),
  hookRow(4, [1n, 2n, address("refund"), word("custom")]),
]);
