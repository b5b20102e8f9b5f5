// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {MailboxClient} from "src/MailboxClient.sol";
import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypERC20Collateral} from "src/interfaces/IHypERC20Collateral.sol";
import {IHypNative} from "src/interfaces/IHypNative.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {Quote} from "src/interfaces/ITokenRouter.sol";

import {FreezableToken} from "../mocks/FreezableToken.sol";
import {BaseTest} from "./BaseTest.sol";
import {Reference} from "./Reference.sol";
import {IOwnedMailbox, RouterConfig, Shipped} from "./Shipped.sol";

/// @notice Token routes between the two domains, guarded by the real multisig.
abstract contract TokenTest is BaseTest {
    IPostDispatchHook internal constant DEFAULT_HOOK = IPostDispatchHook(address(0));
    IInterchainSecurityModule internal constant DEFAULT_ISM = IInterchainSecurityModule(address(0));

    bytes32 internal bob32;
    FreezableToken internal token;

    function setUp() public virtual override {
        super.setUp();
        bob32 = Reference.addr32(bob);
        token = new FreezableToken(18);
    }

    /* ----------------------------------------------------- routes --------------------------------------------------- */

    function _config(IMailbox mailbox) internal view returns (RouterConfig memory) {
        return RouterConfig({mailbox: mailbox, hook: DEFAULT_HOOK, module: ism, owner: owner});
    }

    function _collateral(uint256 numerator, uint256 denominator) internal returns (IHypERC20Collateral) {
        return Shipped.hypERC20Collateral(token, numerator, denominator, _config(originMailbox));
    }

    function _native(uint256 numerator, uint256 denominator) internal returns (IHypNative) {
        return Shipped.hypNative(numerator, denominator, _config(originMailbox));
    }

    /// @dev On the destination.
    function _synthetic(uint256 numerator, uint256 denominator) internal returns (IHypERC20) {
        return Shipped.hypERC20(numerator, denominator, _config(destinationMailbox));
    }

    function _connect(IRouter here, IRouter there) internal {
        vm.startPrank(owner);
        here.enrollRemoteRouter(DESTINATION, Reference.addr32(address(there)));
        there.enrollRemoteRouter(ORIGIN, Reference.addr32(address(here)));
        vm.stopPrank();
    }

    function _fund(address account, address spender, uint256 amount) internal {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(spender, amount);
    }

    /* ---------------------------------------------------- messages -------------------------------------------------- */

    /// @dev The account sends, with the value that is quoted; the message.
    function _transfer(address account, IFungibleRouter from, bytes32 to, uint256 amount)
        internal
        returns (bytes memory)
    {
        uint32 destination = MailboxClient(address(from)).localDomain() == ORIGIN ? DESTINATION : ORIGIN;
        Quote[] memory quotes = from.quoteTransferRemote(destination, to, amount);
        uint256 value = quotes[0].amount + (quotes[1].token == address(0) ? quotes[1].amount : 0);
        vm.deal(account, account.balance + value);
        vm.recordLogs();
        vm.prank(account);
        from.transferRemote{value: value}(destination, to, amount);
        return _dispatched();
    }

    /// @dev The last message dispatched since logs are recorded.
    function _dispatched() internal returns (bytes memory message) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == IMailbox.Dispatch.selector) message = abi.decode(logs[i].data, (bytes));
        }
    }

    /// @dev A message of the other domain's router, sent by that router.
    function _forge(IFungibleRouter from, IFungibleRouter to, bytes memory body) internal returns (bytes memory) {
        uint32 destination = MailboxClient(address(to)).localDomain();
        IMailbox mailbox = MailboxClient(address(from)).mailbox();
        vm.recordLogs();
        vm.prank(address(from));
        mailbox.dispatch(destination, Reference.addr32(address(to)), body);
        return _dispatched();
    }

    /// @dev Delivers by a real quorum.
    function _deliver(bytes memory message) internal {
        (IOwnedMailbox to, bytes memory metadata) = _quorum(message);
        vm.prank(relayer);
        to.process(metadata, message);
    }

    /// @dev Where the message goes, and the signatures of two validators for it.
    function _quorum(bytes memory message) internal view returns (IOwnedMailbox to, bytes memory metadata) {
        bool forth = _originOf(message) == ORIGIN;
        (bytes32 root, uint32 index) = (forth ? originMailbox : destinationMailbox).merkleTreeHook().latestCheckpoint();
        Reference.Checkpoint memory checkpoint = Reference.Checkpoint({
            origin: forth ? ORIGIN : DESTINATION,
            tree: Reference.addr32(address((forth ? originMailbox : destinationMailbox).merkleTreeHook())),
            root: root,
            index: index,
            messageId: keccak256(message)
        });
        metadata = bytes.concat(
            Reference.messageIdMetadata(checkpoint), _signatures(Reference.checkpointHash(checkpoint), _keys(0, 1))
        );
        return (forth ? destinationMailbox : originMailbox, metadata);
    }

    function _originOf(bytes memory message) internal pure returns (uint32 domain) {
        assembly ("memory-safe") {
            domain := shr(224, mload(add(message, 37)))
        }
    }
}
