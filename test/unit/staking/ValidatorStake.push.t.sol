// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";

import {RecordingHook} from "../../mocks/RecordingHook.sol";
import {Reference} from "../../kit/Reference.sol";
import {StakeTest} from "../../kit/StakeTest.sol";

/// @notice The set on its way to other chains.
contract ValidatorStakePushTest is StakeTest {
    bytes32 internal constant MODULE = bytes32(uint256(0xabcd));

    function setUp() public override {
        super.setUp();
        _register(0, SELF_BOND);
        _register(1, SELF_BOND + 1 ether);
        _advance();
    }

    function _expectedBody() internal view returns (bytes memory) {
        return abi.encodePacked(
            uint8(1),
            uint64(1),
            uint48(block.timestamp),
            uint96(SELF_BOND + 1 ether),
            _key(1),
            uint96(SELF_BOND),
            _key(0)
        );
    }

    function test_pushSet_dispatchesTheSet() public {
        bytes memory message = Reference.message(0, ORIGIN, address(stake), DESTINATION, MODULE, _expectedBody());
        vm.expectEmit(address(mailbox));
        emit IMailbox.Dispatch(address(stake), DESTINATION, MODULE, message);
        vm.expectEmit(address(stake));
        emit IValidatorStake.SetPushed(DESTINATION, MODULE, 1, keccak256(message));
        vm.prank(alice); // anyone
        assertEq(stake.pushSet(DESTINATION, MODULE, ""), keccak256(message));
        assertEq(mailbox.nonce(), 1);
    }

    /// @dev The keys of the moment: a rotation counts from the next epoch on.
    function test_pushSet_afterRotationAndJail() public {
        _register(2, SELF_BOND);
        _rotate(0, 1);
        _advance();
        _slash(_operator(1), 0, false);
        address[] memory keys = stake.validators();
        bool firstIsRotated = keys[0] == _key(0, 1);
        assertEq(keys.length, 2);
        assertEq(keys[firstIsRotated ? 1 : 0], _key(2));
        bytes memory body = abi.encodePacked(
            uint8(1), uint64(3), uint48(block.timestamp), uint96(SELF_BOND), keys[0], uint96(SELF_BOND), keys[1]
        );
        bytes memory message = Reference.message(0, ORIGIN, address(stake), DESTINATION, MODULE, body);
        assertEq(stake.pushSet(DESTINATION, MODULE, ""), keccak256(message));
    }

    /// @dev A set in which one or two could do everything is not sent: a destination that gets no set in time trusts nobody.
    function test_pushSet_tooSmall_reverts() public {
        _slash(_operator(0), 0, false);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.SetTooSmall.selector, 1, 2));
        stake.pushSet(DESTINATION, MODULE, "");
        _slash(_operator(1), 0, false);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.SetTooSmall.selector, 0, 2));
        stake.pushSet(DESTINATION, MODULE, "");
    }

    /// @dev The hooks get the value, what is left goes to the caller, nothing stays.
    function test_pushSet_paysHooks_refundsTheCaller() public {
        vm.deal(alice, 10 ether);
        vm.prank(alice);
        stake.pushSet{value: 1 ether}(DESTINATION, MODULE, "");
        assertEq(alice.balance, 10 ether);
        assertEq(address(stake).balance, 2 * SELF_BOND + 1 ether);

        RecordingHook hook = new RecordingHook(0);
        vm.prank(makeAddr("owner"));
        mailbox.setDefaultHook(IPostDispatchHook(address(hook)));
        vm.prank(alice);
        stake.pushSet{value: 1 ether}(DESTINATION, MODULE, "");
        assertEq(address(hook).balance, 1 ether);
        assertEq(hook.metadata(), abi.encodePacked(uint16(1), uint256(0), uint256(330_000), alice));
        vm.prank(alice);
        stake.pushSet(DESTINATION, MODULE, abi.encodePacked(uint16(1), uint256(5)));
        assertEq(hook.metadata(), abi.encodePacked(uint16(1), uint256(5)));
    }

    /// @dev Metadata of the caller's that names nobody for the refund: the stake does not take it.
    function test_pushSet_refundToTheStake_reverts() public {
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.RefundFailed.selector, address(stake), 1 ether));
        stake.pushSet{value: 1 ether}(DESTINATION, MODULE, abi.encodePacked(uint16(1), uint256(0)));
    }

    function test_quotePushSet() public {
        RecordingHook hook = new RecordingHook(0.3 ether);
        vm.prank(makeAddr("owner"));
        mailbox.setRequiredHook(IPostDispatchHook(address(hook)));
        assertEq(stake.quotePushSet(DESTINATION, MODULE, ""), 0.3 ether);
        assertEq(stake.quotePushSet(DESTINATION, MODULE, abi.encodePacked(uint16(1))), 0.3 ether);
    }
}
