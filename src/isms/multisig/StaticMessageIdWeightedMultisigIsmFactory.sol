// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StaticMessageIdWeightedMultisigIsm} from "./StaticMessageIdWeightedMultisigIsm.sol";
import {StaticWeightedMultisigIsmFactory} from "./StaticWeightedMultisigIsmFactory.sol";

/// @title StaticMessageIdWeightedMultisigIsmFactory
/// @notice Deploys weighted message-id multisig modules. See IStaticWeightedMultisigIsmFactory.
contract StaticMessageIdWeightedMultisigIsmFactory is StaticWeightedMultisigIsmFactory {
    constructor() StaticWeightedMultisigIsmFactory(address(new StaticMessageIdWeightedMultisigIsm())) {}
}
