// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {console} from "forge-std/console.sol";

import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {IStaticMultisigIsmFactory} from "src/interfaces/IStaticMultisigIsmFactory.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {Checkpoint} from "src/libraries/Checkpoint.sol";

import {PlainRecipient} from "../mocks/PlainRecipient.sol";
import {IOwnedMailbox, Shipped} from "../kit/Shipped.sol";

/// forge-config: default.isolate = true
contract GasTest is Test {
    uint32 constant ORIGIN = 1000;
    uint32 constant DEST = 2000;

    function sets(uint256 n) internal pure returns (uint256[] memory keys, address[] memory vals) {
        keys = new uint256[](n);
        vals = new address[](n);
        for (uint256 i; i < n; ++i) {
            keys[i] = i + 1;
            vals[i] = vm.addr(i + 1);
        }
    }

    function test_gas_dispatch() public {
        address ism = Shipped.messageIdMultisigIsmFactory().deploy(_v(3), 2);
        IOwnedMailbox m = Shipped.mailbox(ORIGIN, address(this), IInterchainSecurityModule(ism));
        uint256 total;
        for (uint256 i; i < 64; ++i) {
            m.dispatch(DEST, bytes32(uint256(uint160(address(this)))), abi.encode(keccak256(abi.encode(i))));
            if (i >= 32) total += vm.lastCallGas().gasTotalUsed;
        }
        console.log("dispatch", total / 32);
    }

    function _v(uint256 n) internal pure returns (address[] memory v) {
        (, v) = sets(n);
    }

    function test_gas_process() public {
        uint8[5] memory ms = [1, 2, 5, 9, 13];
        uint8[5] memory ns = [1, 3, 9, 16, 19];
        for (uint256 i; i < 5; ++i) {
            run(ms[i], ns[i], false);
        }
        for (uint256 i; i < 5; ++i) {
            run(ms[i], ns[i], true);
        }
    }

    function run(uint8 m, uint8 n, bool merkle) internal {
        IStaticMultisigIsmFactory f = merkle
            ? Shipped.merkleRootMultisigIsmFactory()
            : Shipped.messageIdMultisigIsmFactory();
        (uint256[] memory keys, address[] memory vals) = sets(n);
        IOwnedMailbox d = Shipped.mailbox(DEST, address(this), IInterchainSecurityModule(f.deploy(vals, m)));
        address r = address(new PlainRecipient());
        bytes memory message = abi.encodePacked(
            uint8(3),
            uint32(0),
            ORIGIN,
            bytes32(uint256(uint160(address(this)))),
            DEST,
            bytes32(uint256(uint160(r))),
            keccak256("x")
        );
        bytes32 tree = bytes32(uint256(uint160(address(f))));
        bytes32 id = keccak256(message);
        bytes memory metadata;
        bytes32 digest;
        if (!merkle) {
            digest = Checkpoint.digest(ORIGIN, tree, keccak256("root"), 0, id);
            metadata = abi.encodePacked(tree, keccak256("root"), uint32(0));
        } else {
            bytes32 node = id;
            bytes memory proof;
            for (uint256 i; i < 32; ++i) {
                bytes32 s = keccak256(abi.encode(i));
                proof = abi.encodePacked(proof, s);
                node = keccak256(abi.encodePacked(node, s));
            }
            digest = Checkpoint.digest(ORIGIN, tree, node, 5, keccak256("y"));
            metadata = abi.encodePacked(tree, uint32(0), keccak256("y"), proof, uint32(5));
        }
        for (uint256 i = n - m; i < n; ++i) {
            (uint8 v, bytes32 rr, bytes32 s) = vm.sign(keys[i], digest);
            metadata = abi.encodePacked(metadata, rr, s, v);
        }
        d.process(metadata, message);
        console.log(merkle ? "merkle" : "id", m, n, vm.lastCallGas().gasTotalUsed);
    }
}
