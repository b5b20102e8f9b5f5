// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StaticMerkleRootMultisigIsm} from "./StaticMerkleRootMultisigIsm.sol";
import {StaticMultisigIsmFactory} from "./StaticMultisigIsmFactory.sol";

/// @title StaticMerkleRootMultisigIsmFactory
/// @notice Deploys merkle-root multisig modules. See IStaticMultisigIsmFactory.
contract StaticMerkleRootMultisigIsmFactory is StaticMultisigIsmFactory {
    constructor() StaticMultisigIsmFactory(address(new StaticMerkleRootMultisigIsm())) {}
}
