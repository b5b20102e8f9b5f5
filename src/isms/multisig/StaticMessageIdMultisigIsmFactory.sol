// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StaticMessageIdMultisigIsm} from "./StaticMessageIdMultisigIsm.sol";
import {StaticMultisigIsmFactory} from "./StaticMultisigIsmFactory.sol";

/// @title StaticMessageIdMultisigIsmFactory
/// @notice Deploys message-id multisig modules. See IStaticMultisigIsmFactory.
contract StaticMessageIdMultisigIsmFactory is StaticMultisigIsmFactory {
    constructor() StaticMultisigIsmFactory(address(new StaticMessageIdMultisigIsm())) {}
}
