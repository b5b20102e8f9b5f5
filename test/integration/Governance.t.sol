// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {IInterchainAccount} from "src/interfaces/IInterchainAccount.sol";
import {IInterchainAccountRouter} from "src/interfaces/IInterchainAccountRouter.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {ModuleTest} from "../kit/ModuleTest.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../kit/Shipped.sol";
import {RecordingHook} from "../mocks/RecordingHook.sol";

/// @notice A timelock on one chain owns the Mailboxes of two other chains, through its accounts there (docs/governance.md).
contract GovernanceTest is ModuleTest {
    uint32 internal constant THIRD = 3000;
    uint256 internal constant DELAY = 2 days;
    uint256 internal constant FEE = 7;

    TimelockController internal timelock;
    IOwnedMailbox internal thirdMailbox;
    IInterchainAccountRouter internal home;
    RecordingHook internal paymaster;
    IPostDispatchHook internal newHook;
    /// @dev Of the timelock.
    mapping(uint32 domain => address) internal accounts;

    function setUp() public override {
        super.setUp();
        thirdMailbox = Shipped.mailbox(THIRD, owner, ism);
        paymaster = new RecordingHook(FEE);
        newHook = new RecordingHook(0);
        home = Shipped.accountRouter(originMailbox, paymaster, owner, 200_000, new string[](0));
        address[] memory proposers = new address[](1);
        proposers[0] = alice;
        address[] memory executors = new address[](1); // zero: anyone
        timelock = new TimelockController(DELAY, proposers, executors, address(0));
        vm.deal(address(timelock), 1 ether);
        _govern(DESTINATION, destinationMailbox);
        _govern(THIRD, thirdMailbox);
    }

    /// @dev One proposal, two chains.
    function test_proposal_isCarriedOutOnBoth() public {
        bytes32 id = _propose();
        vm.expectRevert(
            abi.encodeWithSelector(
                TimelockController.TimelockUnexpectedOperationState.selector, id, bytes32(uint256(1 << 2))
            )
        );
        _execute();

        vm.warp(block.timestamp + DELAY);
        bytes memory first = _nextOrder(DESTINATION, 0);
        bytes memory second = _nextOrder(THIRD, 1);
        _execute();
        // The one that was sent last arrives first.
        thirdMailbox.process(_messageIdMetadata(second, _keys(0, 2)), second);
        destinationMailbox.process(_messageIdMetadata(first, _keys(1, 2)), first);

        assertEq(address(destinationMailbox.defaultHook()), address(newHook));
        assertEq(address(thirdMailbox.defaultHook()), address(newHook));
    }

    /// @dev The proposer himself, past the timelock: it is his own account that would act.
    function test_proposer_withoutTheTimelock_reverts() public {
        IInterchainAccount.Call[] memory calls = _calls(DESTINATION);
        hoax(alice, FEE);
        home.callRemote{value: FEE}(DESTINATION, calls);
        bytes memory message = paymaster.message();
        address own = home.getRemoteInterchainAccount(DESTINATION, alice);
        _expectRefused(_messageIdMetadata(message, _keys(0, 1)), message, _notTheOwner(own));
    }

    /// @dev An order of the timelock that it never gave, verified by a module that verifies all.
    function test_forgery_thatNamesANoop_reverts() public {
        address noop = address(Shipped.noopIsm());
        bytes memory message = _order(DESTINATION, 0, noop, address(timelock));
        address other = home.getRemoteInterchainAccount(
            address(timelock), address(uint160(uint256(home.routers(DESTINATION)))), noop
        );
        _expectRefused("", message, _notTheOwner(other));
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    /// @dev What a deployer does for each chain: routers know each other, and the timelock's account takes the Mailbox over. To
    ///      accept it is the timelock's first order.
    function _govern(uint32 domain, IOwnedMailbox mailbox) internal {
        IInterchainAccountRouter router =
            Shipped.accountRouter(mailbox, IPostDispatchHook(address(0)), owner, 200_000, new string[](0));
        vm.startPrank(owner);
        router.enrollRemoteRouter(ORIGIN, Reference.addr32(address(home)));
        home.enrollRemoteRouterAndIsm(domain, Reference.addr32(address(router)), Reference.addr32(address(ism)));
        home.setDestinationGas(domain, 150_000);
        accounts[domain] = home.getRemoteInterchainAccount(domain, address(timelock));
        mailbox.transferOwnership(accounts[domain]);
        vm.stopPrank();

        IInterchainAccount.Call[] memory calls = new IInterchainAccount.Call[](1);
        bytes memory data = abi.encodeCall(IOwnedMailbox.acceptOwnership, ());
        calls[0] = IInterchainAccount.Call(Reference.addr32(address(mailbox)), 0, data);
        data = abi.encodeWithSignature("callRemote(uint32,(bytes32,uint256,bytes)[])", domain, calls);
        vm.prank(alice);
        timelock.schedule(address(home), FEE, data, 0, 0, DELAY);
        vm.warp(block.timestamp + DELAY);
        timelock.execute(address(home), FEE, data, 0, 0);
        bytes memory message = paymaster.message();
        mailbox.process(_messageIdMetadata(message, _keys(0, 1)), message);
        assertEq(mailbox.owner(), accounts[domain]);
    }

    /// @dev The governed Mailbox gets a new default hook.
    function _calls(uint32 domain) internal view returns (IInterchainAccount.Call[] memory calls) {
        address mailbox = domain == THIRD ? address(thirdMailbox) : address(destinationMailbox);
        calls = new IInterchainAccount.Call[](1);
        bytes memory data = abi.encodeWithSignature("setDefaultHook(address)", newHook);
        calls[0] = IInterchainAccount.Call(Reference.addr32(mailbox), 0, data);
    }

    function _proposal() internal view returns (address[] memory to, uint256[] memory values, bytes[] memory data) {
        (to, values, data) = (new address[](2), new uint256[](2), new bytes[](2));
        uint32[2] memory domains = [DESTINATION, THIRD];
        for (uint256 i; i < 2; ++i) {
            (to[i], values[i]) = (address(home), FEE);
            data[i] =
                abi.encodeWithSignature("callRemote(uint32,(bytes32,uint256,bytes)[])", domains[i], _calls(domains[i]));
        }
    }

    function _propose() internal returns (bytes32) {
        (address[] memory to, uint256[] memory values, bytes[] memory data) = _proposal();
        vm.prank(alice);
        timelock.scheduleBatch(to, values, data, 0, "both", DELAY);
        return timelock.hashOperationBatch(to, values, data, 0, "both");
    }

    function _execute() internal {
        (address[] memory to, uint256[] memory values, bytes[] memory data) = _proposal();
        timelock.executeBatch(to, values, data, 0, "both");
    }

    /// @dev The message that the timelock's order to `domain` will be, so many messages from now.
    function _nextOrder(uint32 domain, uint32 later) internal view returns (bytes memory) {
        return _order(domain, later, address(ism), address(timelock));
    }

    function _order(uint32 domain, uint32 later, address module, address by) internal view returns (bytes memory) {
        bytes memory body = abi.encodePacked(
            uint8(0), Reference.addr32(by), Reference.addr32(module), bytes32(0), abi.encode(_calls(domain))
        );
        return
            Reference.message(originMailbox.nonce() + later, ORIGIN, address(home), domain, home.routers(domain), body);
    }

    function _notTheOwner(address caller) internal view returns (bytes memory) {
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
        return abi.encodeWithSelector(IInterchainAccount.CallFailed.selector, 0, address(destinationMailbox), reason);
    }
}
