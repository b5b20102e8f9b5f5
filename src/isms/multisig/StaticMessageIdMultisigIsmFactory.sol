// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StaticAddressSetFactory} from "../../StaticAddressSetFactory.sol";
import {StaticMessageIdMultisigIsm} from "./StaticMessageIdMultisigIsm.sol";

/// @title StaticMessageIdMultisigIsmFactory
/// @notice Deploys message-id multisig modules. See IStaticAddressSetFactory.
contract StaticMessageIdMultisigIsmFactory is StaticAddressSetFactory {
    constructor() StaticAddressSetFactory(address(new StaticMessageIdMultisigIsm())) {}
}
