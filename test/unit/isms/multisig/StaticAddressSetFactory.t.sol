// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";

import {BaseTest} from "../../../kit/BaseTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";

contract StaticAddressSetFactoryTest is BaseTest {
    uint8 internal constant MAX_VALIDATORS = 255;

    IStaticAddressSetFactory internal factory;

    function setUp() public override {
        super.setUp();
        factory = messageIdFactory;
    }

    function _set(uint256 count) internal pure returns (address[] memory set) {
        set = new address[](count);
        for (uint256 i; i < count; ++i) {
            set[i] = address(uint160(uint256(keccak256(abi.encode(i)))));
        }
    }

    /* ---------------------------------------------------- deploying ------------------------------------------------- */

    function test_deploy_comesToTheAddressThatWasAnnounced() public {
        address[] memory set = _set(4);
        address announced = factory.getAddress(set, 3);
        assertEq(announced.code.length, 0);
        assertEq(factory.deploy(set, 3), announced);
        assertEq(factory.getAddress(set, 3), announced);
        _assertHolds(announced, set, 3);
    }

    function test_deploy_twice_returnsTheSame() public {
        address first = factory.deploy(_set(4), 3);
        bytes32 code = first.codehash;
        vm.prank(attacker);
        assertEq(factory.deploy(_set(4), 3), first);
        assertEq(first.codehash, code);
    }

    function test_getAddress_doesNotDependOnTheCaller() public {
        address announced = factory.getAddress(_set(4), 3);
        vm.prank(attacker);
        assertEq(factory.getAddress(_set(4), 3), announced);
        vm.prank(attacker);
        assertEq(factory.deploy(_set(4), 3), announced);
    }

    function test_deploy_toAnAddressThatHoldsEth_works() public {
        // Attempt: send value to the address beforehand, to make the deployment fail.
        address announced = factory.getAddress(_set(4), 3);
        vm.deal(announced, 1);
        assertEq(factory.deploy(_set(4), 3), announced);
        _assertHolds(announced, _set(4), 3);
    }

    function test_deploy_otherOrderThresholdOrKind_isAnotherModule() public {
        address[] memory set = _set(3);
        address[] memory swapped = _set(3);
        (swapped[0], swapped[1]) = (swapped[1], swapped[0]);
        address module = factory.deploy(set, 2);
        address other = factory.deploy(swapped, 2);
        assertTrue(module != other);
        assertTrue(module != factory.deploy(set, 3));
        assertTrue(module != Shipped.merkleRootMultisigIsmFactory().deploy(set, 2));
        _assertHolds(module, set, 2);
        _assertHolds(other, swapped, 2);
    }

    function testFuzz_deploy_anySet(uint8 count, uint8 threshold) public {
        count = 1 + (count % 40);
        threshold = 1 + (threshold % count);
        _assertHolds(factory.deploy(_set(count), threshold), _set(count), threshold);
    }

    function test_deploy_255Validators_works() public {
        address[] memory set = new address[](MAX_VALIDATORS);
        for (uint256 i; i < MAX_VALIDATORS; ++i) {
            set[i] = vm.addr(i + 1);
        }
        address module = factory.deploy(set, MAX_VALIDATORS);
        _assertHolds(module, set, MAX_VALIDATORS);

        bytes memory message = _dispatch(address(recipient), "");
        Reference.Checkpoint memory checkpoint = _latestCheckpoint(message);
        bytes memory metadata = Reference.messageIdMetadata(checkpoint);
        for (uint256 i; i < MAX_VALIDATORS; ++i) {
            metadata = bytes.concat(metadata, _sign(i + 1, Reference.checkpointHash(checkpoint)));
        }
        assertTrue(IMultisigIsm(module).verify(metadata, message));
    }

    function test_constructor_kindsHaveTheirImplementation() public {
        assertEq(IMultisigIsm(factory.implementation()).moduleType(), 5);
        assertEq(IMultisigIsm(Shipped.merkleRootMultisigIsmFactory().implementation()).moduleType(), 4);
    }

    /* ----------------------------------------------------- refused -------------------------------------------------- */

    function test_deploy_thresholdOutOfRange_reverts() public {
        _assertRefused(_set(3), 0, _invalidThreshold(0, 3));
        _assertRefused(_set(3), 4, _invalidThreshold(4, 3));
        _assertRefused(_set(3), 255, _invalidThreshold(255, 3));
        _assertRefused(_set(0), 0, _invalidThreshold(0, 0));
        _assertRefused(_set(0), 1, _invalidThreshold(1, 0));
    }

    function test_deploy_256Validators_reverts() public {
        // The count would not fit the 8 bits in which clients read the threshold.
        _assertRefused(_set(256), 1, _invalidThreshold(1, 256));
        _assertRefused(_set(300), 255, _invalidThreshold(255, 300));
    }

    function testFuzz_deploy_duplicateAnywhere_reverts(uint256 count, uint256 first, uint256 second) public {
        // Attempt: one key that meets a threshold of two.
        count = bound(count, 2, 20);
        first = bound(first, 0, count - 2);
        second = bound(second, first + 1, count - 1);
        address[] memory set = _set(count);
        set[second] = set[first];
        _assertRefused(set, 1, abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, set[first]));
    }

    function testFuzz_deploy_zeroAnywhere_reverts(uint256 count, uint256 position) public {
        // Attempt: the address that ecrecover gives for signatures that are none.
        count = bound(count, 1, 20);
        address[] memory set = _set(count);
        set[bound(position, 0, count - 1)] = address(0);
        _assertRefused(set, 1, abi.encodeWithSelector(AddressSet.ZeroAddress.selector));
    }

    function test_deploy_validatorThatIsNoAddress_reverts() public {
        // Attempt: two words that become one address when cut off, past the search for duplicates.
        uint256 validator = uint160(validators[0]);
        bytes memory call =
            abi.encodePacked(factory.deploy.selector, abi.encode(64, 2, 2, validator, validator | (1 << 160)));
        (bool success,) = address(factory).call(call);
        assertFalse(success);
    }

    function _invalidThreshold(uint256 threshold, uint256 count) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, threshold, count);
    }

    function _assertRefused(address[] memory set, uint8 threshold, bytes memory reason) internal {
        vm.expectRevert(reason);
        factory.deploy(set, threshold);
        vm.expectRevert(reason);
        factory.getAddress(set, threshold);
    }

    function _assertHolds(address module, address[] memory set, uint256 threshold) internal view {
        (address[] memory held, uint8 heldThreshold) = IMultisigIsm(module).validatorsAndThreshold("");
        assertEq(held, set);
        assertEq(heldThreshold, threshold);
    }
}
