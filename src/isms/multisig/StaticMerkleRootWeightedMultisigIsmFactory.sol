// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StaticMerkleRootWeightedMultisigIsm} from "./StaticMerkleRootWeightedMultisigIsm.sol";
import {StaticWeightedMultisigIsmFactory} from "./StaticWeightedMultisigIsmFactory.sol";

/// @title StaticMerkleRootWeightedMultisigIsmFactory
/// @notice Deploys weighted merkle-root multisig modules. See IStaticWeightedMultisigIsmFactory.
contract StaticMerkleRootWeightedMultisigIsmFactory is StaticWeightedMultisigIsmFactory {
    constructor() StaticWeightedMultisigIsmFactory(address(new StaticMerkleRootWeightedMultisigIsm())) {}
}
