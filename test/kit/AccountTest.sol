// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainAccount} from "src/interfaces/IInterchainAccount.sol";
import {IInterchainAccountRouter} from "src/interfaces/IInterchainAccountRouter.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {CallTarget} from "../mocks/CallTarget.sol";
import {RecordingHook} from "../mocks/RecordingHook.sol";
import {ModuleTest} from "./ModuleTest.sol";
import {Reference} from "./Reference.sol";
import {Shipped} from "./Shipped.sol";

/// @notice Two account routers. Alice, on the origin, has an account on the destination that is bound to the real multisig.
abstract contract AccountTest is ModuleTest {
    uint8 internal constant CALLS = 0;
    uint8 internal constant COMMITMENT = 1;
    uint8 internal constant REVEAL = 2;
    uint256 internal constant FEE = 7;
    uint256 internal constant GAS = 123_456;
    uint256 internal constant COMMIT_GAS = 200_000;
    bytes32 internal constant SALT = "salt";

    IInterchainAccountRouter internal here;
    IInterchainAccountRouter internal there;
    RecordingHook internal hook;
    CallTarget internal target;
    /// @dev Alice's, with userSalt 0.
    address internal account;
    bytes32 internal ism32;

    function setUp() public virtual override {
        super.setUp();
        string[] memory urls = new string[](1);
        urls[0] = "https://gateway.example";
        hook = new RecordingHook(FEE);
        target = new CallTarget();
        here = Shipped.accountRouter(originMailbox, hook, owner, COMMIT_GAS, urls);
        there = Shipped.accountRouter(destinationMailbox, IPostDispatchHook(address(0)), owner, COMMIT_GAS, urls);
        ism32 = Reference.addr32(address(ism));
        vm.startPrank(owner);
        here.enrollRemoteRouterAndIsm(DESTINATION, Reference.addr32(address(there)), ism32);
        here.setDestinationGas(DESTINATION, GAS);
        there.enrollRemoteRouter(ORIGIN, Reference.addr32(address(here)));
        vm.stopPrank();
        account = _account(alice, address(ism), 0);
    }

    /* ---------------------------------------------------- accounts -------------------------------------------------- */

    function _account(address owner_, address module, bytes32 salt) internal view returns (address) {
        return there.getLocalInterchainAccount(
            ORIGIN, Reference.addr32(owner_), Reference.addr32(address(here)), module, salt
        );
    }

    /* ----------------------------------------------------- bodies --------------------------------------------------- */

    function _call(address to, uint256 value, bytes memory data)
        internal
        pure
        returns (IInterchainAccount.Call[] memory calls)
    {
        calls = new IInterchainAccount.Call[](1);
        calls[0] = IInterchainAccount.Call(Reference.addr32(to), value, data);
    }

    /// @dev One call that sets the target's number.
    function _set(uint256 number) internal view returns (IInterchainAccount.Call[] memory) {
        return _call(address(target), 0, abi.encodeCall(CallTarget.set, (number)));
    }

    /// @dev By the definition. `owner_` has sent it, so it says.
    function _callsBody(address owner_, bytes32 module, bytes32 salt, IInterchainAccount.Call[] memory calls)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(CALLS, Reference.addr32(owner_), module, salt, abi.encode(calls));
    }

    function _commitBody(address owner_, bytes32 module, bytes32 salt, bytes32 commitment)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(COMMITMENT, Reference.addr32(owner_), module, salt, commitment);
    }

    function _revealBody(bytes32 readIsm, bytes32 commitment, address owner_, bytes32 module, bytes32 salt)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(REVEAL, readIsm, commitment, Reference.addr32(owner_), module, salt);
    }

    function _commitment(IInterchainAccount.Call[] memory calls, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(salt, abi.encode(calls)));
    }

    /* ---------------------------------------------------- messages -------------------------------------------------- */

    /// @dev What the router's next dispatch makes of the body.
    function _fromRouter(bytes memory body) internal view returns (bytes memory) {
        return Reference.message(
            originMailbox.nonce(), ORIGIN, address(here), DESTINATION, Reference.addr32(address(there)), body
        );
    }

    /// @dev Delivers any message of the router, signed by two of the validators.
    function _deliver(bytes memory body) internal {
        bytes memory message = _fromRouter(body);
        _process(_messageIdMetadata(message, _keys(0, 1)), message);
    }

    function _expectUndeliverable(bytes memory body, bytes memory reason) internal {
        bytes memory message = _fromRouter(body);
        _expectRefused(_messageIdMetadata(message, _keys(0, 1)), message, reason);
    }
}
