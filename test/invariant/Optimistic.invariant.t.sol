// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IOptimisticIsm} from "src/interfaces/IOptimisticIsm.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {IOwnedOptimisticIsm, Shipped} from "../kit/Shipped.sol";
import {OptimisticHandler} from "./OptimisticHandler.sol";

/// @notice The invariants in prose: README.md beside this file.
contract OptimisticInvariantTest is BaseTest {
    uint48 internal constant WINDOW = 1 hours;
    uint256 internal constant MESSAGES = 3;
    uint256 internal constant ACCOUNTS = 5;
    uint256 internal constant WATCHERS = 3;
    uint8 internal constant FLAGS = 2;

    IOwnedOptimisticIsm internal module;
    OptimisticHandler internal handler;

    function setUp() public override {
        super.setUp();
        vm.warp(1_800_000_000);
        address[] memory accounts = new address[](ACCOUNTS);
        address[] memory watchers = new address[](WATCHERS);
        for (uint256 i; i < ACCOUNTS; ++i) {
            accounts[i] = makeAddr(string.concat("account ", vm.toString(i)));
            if (i < WATCHERS) watchers[i] = accounts[i];
        }
        module = Shipped.optimisticIsm(owner, ism, WINDOW, watchers, FLAGS);
        recipient.setInterchainSecurityModule(module);
        bytes[] memory messages = new bytes[](MESSAGES);
        bytes[] memory metadata = new bytes[](MESSAGES);
        for (uint256 i; i < MESSAGES; ++i) {
            messages[i] = _dispatch(address(recipient), abi.encode(i));
            metadata[i] = _metadata(messages[i]);
        }
        IInterchainSecurityModule[] memory submodules = new IInterchainSecurityModule[](2);
        (submodules[0], submodules[1]) = (ism, IInterchainSecurityModule(messageIdFactory.deploy(validators, 1)));
        handler = new OptimisticHandler(
            OptimisticHandler.World(module, destinationMailbox, submodules, owner, accounts, WATCHERS, FLAGS),
            messages,
            metadata
        );
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](8);
        selectors[0] = handler.pass.selector;
        selectors[1] = handler.passToEdge.selector;
        selectors[2] = handler.preVerify.selector;
        selectors[3] = handler.deliver.selector;
        selectors[4] = handler.flagMessage.selector;
        selectors[5] = handler.flagSubmodule.selector;
        selectors[6] = handler.setWatchers.selector;
        selectors[7] = handler.setSubmodule.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function invariant_deliverableOnlyByTheRule() public {
        bytes[] memory messages = handler.messages();
        for (uint256 i; i < messages.length; ++i) {
            bytes32 id = keccak256(messages[i]);
            (IOptimisticIsm.Status status,) = module.messageStatus(id);
            assertEq(status == IOptimisticIsm.Status.Deliverable, handler.mayDeliver(id));
            try module.verify("", messages[i]) returns (bool verified) {
                assertTrue(verified && handler.mayDeliver(id));
            } catch {
                assertFalse(handler.mayDeliver(id));
            }
        }
    }

    function invariant_nothingIsDeliveredButByTheRule() public view {
        bytes[] memory messages = handler.messages();
        for (uint256 i; i < messages.length; ++i) {
            bytes32 id = keccak256(messages[i]);
            assertEq(destinationMailbox.delivered(id), handler.delivered(id));
        }
        assertEq(recipient.received(), handler.calls("deliver"));
    }

    function invariant_flagsAreOfEnrolledWatchersAlone_onceEach() public view {
        bytes[] memory messages = handler.messages();
        address[] memory accounts = handler.accounts();
        uint256 round = module.round();
        uint256 onSubmodule;
        for (uint256 j; j < accounts.length; ++j) {
            assertEq(module.isEnrolled(accounts[j]), handler.isWatcher(accounts[j]));
            if (module.hasFlaggedSubmodule(accounts[j])) ++onSubmodule;
            assertTrue(handler.isWatcher(accounts[j]) || !module.hasFlaggedSubmodule(accounts[j]));
        }
        assertEq(module.submoduleFlags(), onSubmodule);
        assertEq(module.submoduleFlags(), handler.submoduleFlags());
        for (uint256 i; i < messages.length; ++i) {
            bytes32 id = keccak256(messages[i]);
            uint256 flags;
            for (uint256 j; j < accounts.length; ++j) {
                bool has = module.hasFlaggedMessage(id, accounts[j]);
                assertEq(has, handler.flagged(round, id, accounts[j]));
                assertTrue(handler.isWatcher(accounts[j]) || !has);
                if (has) ++flags;
            }
            assertEq(module.messageFlags(id), flags);
        }
    }

    function invariant_delayedByOneWindowARoundAtMost() public view {
        bytes[] memory messages = handler.messages();
        assertEq(module.round(), handler.round());
        for (uint256 i; i < messages.length; ++i) {
            bytes32 id = keccak256(messages[i]);
            uint256 since = handler.book(id).preVerifiedAt;
            assertEq(module.deliverableAt(id), since == 0 ? 0 : since + WINDOW);
            assertLe(module.deliverableAt(id), block.timestamp + WINDOW);
        }
    }

    /// @dev Every action of the handler can happen: an invariant over nothing would hold too.
    function test_handler_everyActionWorks() public {
        handler.deliver(0);
        handler.preVerify(0);
        handler.preVerify(0);
        handler.flagMessage(4, 0);
        handler.flagMessage(0, 0);
        handler.flagMessage(0, 0);
        handler.flagMessage(0, 1);
        handler.passToEdge(0, true);
        handler.passToEdge(0, false);
        handler.flagMessage(1, 0);
        handler.deliver(0);
        handler.flagSubmodule(4, 0);
        handler.flagSubmodule(0, 0);
        handler.flagSubmodule(0, 0);
        handler.flagSubmodule(1, 0);
        handler.preVerify(1);
        handler.setSubmodule(1, 0);
        handler.setWatchers(1, 2, 1, 0);
        handler.pass(1);

        string[15] memory names = [
            "deliver refused",
            "preVerify",
            "preVerify again",
            "flagMessage by an outsider",
            "flagMessage",
            "flagMessage again",
            "passToEdge",
            "flagMessage too late",
            "deliver",
            "flagSubmodule by an outsider",
            "flagSubmodule",
            "flagSubmodule again",
            "preVerify refused",
            "setSubmodule",
            "setWatchers"
        ];
        for (uint256 i; i < names.length; ++i) {
            assertGt(handler.calls(names[i]), 0, names[i]);
        }
        assertEq(recipient.received(), 1);
    }
}
