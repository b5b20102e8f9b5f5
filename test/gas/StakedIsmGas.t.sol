// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";

import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox, IOwnedStakedMultisigIsm, Shipped} from "../kit/Shipped.sol";
import {StakedIsmTest} from "../kit/StakedIsmTest.sol";

/// @notice Deliveries through a staked module, beside the weighted module whose set is fixed: all weigh the same, and the last
///         of the set sign, as many as are more than two thirds. Whole transactions, as in Gas.t.sol.
/// forge-config: default.isolate = true
contract StakedIsmGasTest is StakedIsmTest {
    function test_process() public {
        uint256[3] memory sizes = [uint256(3), 9, 19];
        for (uint256 i; i < sizes.length; ++i) {
            uint256 needed = (2 * sizes[i]) / 3 + 1;
            Member[] memory members = _members(1, sizes[i], 1);
            string memory size = string.concat(vm.toString(needed), " of ", vm.toString(sizes[i]));
            IWeightedMultisigIsm fixedSet = IWeightedMultisigIsm(
                Shipped.messageIdWeightedMultisigIsmFactory().deploy(_infos(members), uint96(needed))
            );
            _measure(string.concat("process, weighted message-id ", size), fixedSet, members, needed);

            IOwnedStakedMultisigIsm staked = Shipped.stakedMultisigIsm(destinationMailbox, owner, LIFETIME, DELAY);
            vm.prank(owner);
            staked.proposeSet(ORIGIN, Reference.addr32(stakeContract), 1, _infos(members));
            skip(DELAY);
            staked.applyProposal(ORIGIN);
            _measure(string.concat("process, staked ", size), staked, members, needed);
        }
    }

    function test_handover() public {
        _bootstrap();
        Member[] memory present = first;
        uint256[3] memory sizes = [uint256(4), 32, 64];
        for (uint256 i; i < sizes.length; ++i) {
            Member[] memory next = _members(100 + 100 * i, sizes[i], 1);
            bytes memory message = _sendSet(FIRST_ID + uint64(i) + 1, block.timestamp, next);
            bytes memory metadata = _signedBy(message, present, (2 * present.length) / 3 + 1);
            _process(metadata, message);
            vm.snapshotGasLastCall(
                "StakedMultisigIsm",
                string.concat(
                    "process, set of ", vm.toString(sizes[i]), " signed by one of ", vm.toString(present.length)
                )
            );
            present = next;
        }
        skip(1);
        bytes memory again = _sendSet(FIRST_ID + 3, block.timestamp, present);
        _process(_signedBy(again, present, 43), again);
        vm.snapshotGasLastCall("StakedMultisigIsm", "process, the same set of 64 issued again");
    }

    function test_owner() public {
        Member[] memory members = _members(100, 32, 1);
        _propose(ORIGIN, stakeContract, 1, members);
        vm.snapshotGasLastCall("StakedMultisigIsm", "proposeSet, 32 validators");
        skip(DELAY);
        module.applyProposal(ORIGIN);
        vm.snapshotGasLastCall("StakedMultisigIsm", "applyProposal, 32 validators");
    }

    function _measure(string memory row, IInterchainSecurityModule module_, Member[] memory members, uint256 needed)
        internal
    {
        IOwnedMailbox mailbox = Shipped.mailbox(DESTINATION, owner, module_);
        address to = makeAddr("plain");
        vm.etch(to, hex"00"); // it stops: what is measured is the protocol alone
        bytes memory message =
            Reference.message(1000, ORIGIN, alice, DESTINATION, Reference.addr32(to), abi.encode(bob, 100 ether));
        Reference.Checkpoint memory c = Reference.Checkpoint(
            ORIGIN, Reference.addr32(address(originTree)), keccak256("root"), 1000, keccak256(message)
        );
        bytes memory metadata = Reference.messageIdMetadata(c);
        for (uint256 i = members.length - needed; i < members.length; ++i) {
            metadata = bytes.concat(metadata, _sign(members[i].key, Reference.checkpointHash(c)));
        }
        vm.prank(relayer);
        mailbox.process(metadata, message);
        vm.snapshotGasLastCall("StakedMultisigIsm", row);
    }
}
