// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ImplementationTest} from "./ImplementationTest.sol";

/// @notice What holds for multisigs with a fixed set in which every validator counts once.
abstract contract StaticSetTest is ImplementationTest {
    IStaticAddressSetFactory internal factory;

    function setUp() public virtual override {
        factory = _newFactory();
        super.setUp();
    }

    function _newFactory() internal virtual returns (IStaticAddressSetFactory);

    function _deploy(address[] memory set, uint8 threshold) internal virtual override returns (IMultisigIsm) {
        return IMultisigIsm(factory.deploy(set, threshold));
    }

    function _held() internal view virtual override returns (address[] memory, uint256) {
        return module.validatorsAndThreshold(message);
    }

    function _notEnough(uint256 count) internal pure virtual override returns (bytes memory) {
        return abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, count, THRESHOLD);
    }

    function _implementation() internal view override returns (IMultisigIsm) {
        return IMultisigIsm(factory.implementation());
    }
}
