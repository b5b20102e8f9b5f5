// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {CountingRecipient} from "../mocks/CountingRecipient.sol";
import {ProtocolHandler} from "./ProtocolHandler.sol";

/// @notice The invariants in prose: README.md beside this file.
contract ProtocolInvariantTest is BaseTest {
    ProtocolHandler internal handler;
    CountingRecipient internal counter;

    function setUp() public override {
        super.setUp();
        counter = new CountingRecipient();
        handler = new ProtocolHandler(
            ProtocolHandler.World(originMailbox, destinationMailbox, ism, counter, owner, validatorKeys)
        );
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](6);
        selectors[0] = handler.dispatch.selector;
        selectors[1] = handler.process.selector;
        selectors[2] = handler.processWithoutQuorum.selector;
        selectors[3] = handler.processForged.selector;
        selectors[4] = handler.dispatchUnderpaid.selector;
        selectors[5] = handler.setHooks.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function invariant_nonceIsTreeCountIsDispatches() public view {
        assertEq(originMailbox.nonce(), handler.ids().length);
        assertEq(originTree.count(), handler.ids().length);
        assertEq(handler.calls("dispatch"), handler.ids().length);
        assertEq(destinationMailbox.nonce(), 0);
    }

    function invariant_rootIsThatOfTheDispatchedIds() public view {
        bytes32[] memory ids = handler.ids();
        bytes32 expected = Reference.root(ids);
        assertEq(originTree.root(), expected);
        if (ids.length == 0) return;
        (bytes32 root, uint32 index) = originTree.latestCheckpoint();
        assertEq(root, expected);
        assertEq(index, ids.length - 1);
    }

    function invariant_noMessageIsHandledTwice() public view {
        for (uint256 i; i < handler.ids().length; ++i) {
            assertLe(counter.handled(i), 1);
        }
    }

    function invariant_nothingIsHandledWithoutAQuorum() public view {
        bytes32[] memory ids = handler.ids();
        for (uint256 i; i < ids.length; ++i) {
            assertEq(counter.handled(i) == 1, handler.hasQuorum(ids[i]));
            assertEq(destinationMailbox.delivered(ids[i]), handler.hasQuorum(ids[i]));
        }
        assertEq(counter.total(), handler.calls("process"));
    }

    function invariant_mailboxesHoldNoEther() public view {
        assertEq(address(originMailbox).balance, 0);
        assertEq(address(destinationMailbox).balance, 0);
        assertEq(address(originTree).balance, 0);
        assertEq(handler.hookBalances(), handler.paid());
    }

    /// @dev Every action of the handler can happen: an invariant over nothing would hold too.
    function test_handler_everyActionWorks() public {
        for (uint256 overload; overload < 3; ++overload) {
            handler.dispatch(overload, overload, 1, 1);
        }
        for (uint256 fill; fill < 3; ++fill) {
            handler.processWithoutQuorum(0, 0, fill);
        }
        handler.processForged(1, 1);
        handler.process(0, 0, 0, 1);
        handler.process(0, 0, 0, 1);
        handler.dispatchUnderpaid(0);
        handler.setHooks(1, 0);
        handler.dispatch(0, 0, 0, 0);
        handler.dispatchUnderpaid(0);

        assertEq(handler.calls("dispatch"), 4);
        assertEq(handler.calls("processWithoutQuorum"), 3);
        assertEq(handler.calls("processForged"), 1);
        assertEq(handler.calls("process"), 1);
        assertEq(handler.calls("replay"), 1);
        assertEq(handler.calls("dispatchUnderpaid"), 2);
        assertGt(handler.paid(), 0);
    }
}
