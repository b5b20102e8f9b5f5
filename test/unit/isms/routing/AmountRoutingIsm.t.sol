// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IAmountRoutingIsm, IRoutingIsm} from "src/interfaces/IRoutingIsm.sol";
import {TokenMessage} from "src/libraries/TokenMessage.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ModuleTest} from "../../../kit/ModuleTest.sol";
import {Shipped} from "../../../kit/Shipped.sol";

/// @notice Small amounts by two of three validators, large ones by all three.
contract AmountRoutingIsmTest is ModuleTest {
    uint256 internal constant AMOUNT = 1000 ether;

    IAmountRoutingIsm internal module;
    IInterchainSecurityModule internal all;

    function setUp() public override {
        super.setUp();
        all = IInterchainSecurityModule(messageIdFactory.deploy(validators, 3));
        module = Shipped.amountRoutingIsm(ism, all, AMOUNT);
        _trust(module);
    }

    function _transfer(uint256 amount) internal view returns (bytes memory) {
        return _message(0, ORIGIN, abi.encode(bob, amount));
    }

    function test_getters() public view {
        assertEq(address(module.lower()), address(ism));
        assertEq(address(module.upper()), address(all));
        assertEq(module.threshold(), AMOUNT);
        assertEq(module.moduleType(), 1);
    }

    function test_route_edges() public view {
        assertEq(address(module.route(_transfer(0))), address(ism));
        assertEq(address(module.route(_transfer(AMOUNT - 1))), address(ism));
        assertEq(address(module.route(_transfer(AMOUNT))), address(all));
        assertEq(address(module.route(_transfer(AMOUNT + 1))), address(all));
        assertEq(address(module.route(_transfer(type(uint256).max))), address(all));
    }

    function testFuzz_route_anyAmountAndThreshold(uint256 amount, uint256 threshold) public {
        module = Shipped.amountRoutingIsm(ism, all, threshold);
        assertEq(address(module.route(_transfer(amount))), amount >= threshold ? address(all) : address(ism));
    }

    function test_route_thresholdZero_allIsLarge() public {
        module = Shipped.amountRoutingIsm(ism, all, 0);
        assertEq(address(module.route(_transfer(0))), address(all));
    }

    function test_process_smallByTwo_largeByThree() public {
        bytes memory small = _transfer(AMOUNT - 1);
        bytes memory large = _transfer(AMOUNT);
        _process(_messageIdMetadata(small, _keys(0, 1)), small);
        _expectRefused(
            _messageIdMetadata(large, _keys(0, 1)),
            large,
            abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 2, 3)
        );
        _process(_messageIdMetadata(large, validatorKeys), large);
        assertEq(recipient.received(), 2);
    }

    function test_process_smallOnesSignatures_doNotPassALargeOne() public {
        // Attempt: what was signed for a small transfer, with the amount changed to another small or a large one.
        bytes memory signatures = _messageIdMetadata(_transfer(1), validatorKeys);
        uint256[2] memory amounts = [uint256(2), AMOUNT];
        for (uint256 i; i < amounts.length; ++i) {
            vm.prank(relayer);
            (bool success, bytes memory reason) = address(destinationMailbox)
                .call(abi.encodeCall(destinationMailbox.process, (signatures, _transfer(amounts[i]))));
            assertFalse(success);
            assertEq(bytes4(reason), ValidatorSignatures.NotAValidator.selector);
        }
    }

    function test_verify_passesWhatTheModuleAnswers() public {
        vm.mockCall(address(ism), abi.encodeWithSelector(ism.verify.selector), abi.encode(false));
        assertFalse(module.verify("", _transfer(1)));
    }

    function test_bodyTooShort_reverts() public {
        for (uint256 length; length < 64; ++length) {
            bytes memory short = _message(0, ORIGIN, new bytes(length));
            bytes memory reason = abi.encodeWithSelector(TokenMessage.NotATokenMessage.selector, length);
            vm.expectRevert(reason);
            module.route(short);
            vm.expectRevert(reason);
            module.verify("", short);
        }
        _expectRefused("", _message(0, ORIGIN, ""), abi.encodeWithSelector(TokenMessage.NotATokenMessage.selector, 0));
    }

    function test_route_longerBody_readsTheSameAmount() public view {
        bytes memory longer = _message(0, ORIGIN, abi.encode(bob, AMOUNT - 1, type(uint256).max, "metadata"));
        assertEq(address(module.route(longer)), address(ism));
    }

    function test_route_messageTooShortForABody_reverts() public {
        vm.expectRevert(bytes(""));
        module.route(new bytes(76));
    }

    function test_constructor_moduleWithoutCode_reverts() public {
        bytes memory reason = abi.encodeWithSelector(IRoutingIsm.NotAContract.selector, bob);
        vm.expectRevert(reason);
        Shipped.amountRoutingIsm(IInterchainSecurityModule(bob), all, AMOUNT);
        vm.expectRevert(reason);
        Shipped.amountRoutingIsm(ism, IInterchainSecurityModule(bob), AMOUNT);
    }
}
