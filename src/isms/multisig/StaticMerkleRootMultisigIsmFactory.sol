// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StaticAddressSetFactory} from "../../StaticAddressSetFactory.sol";
import {StaticMerkleRootMultisigIsm} from "./StaticMerkleRootMultisigIsm.sol";

/// @title StaticMerkleRootMultisigIsmFactory
/// @notice Deploys merkle-root multisig modules. See IStaticAddressSetFactory.
contract StaticMerkleRootMultisigIsmFactory is StaticAddressSetFactory {
    constructor() StaticAddressSetFactory(address(new StaticMerkleRootMultisigIsm())) {}
}
