// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMessageRecipient} from "src/interfaces/IMessageRecipient.sol";

/// @notice Takes value, or does not, or asks its module for the same value again while it gets it.
contract WealthyRecipient is IMessageRecipient {
    IInterchainSecurityModule public interchainSecurityModule;
    bool public refuses;
    bytes public again;
    uint256 public payments;
    uint256 public handled;

    error Refused();

    constructor(IInterchainSecurityModule module) {
        interchainSecurityModule = module;
    }

    receive() external payable {
        if (refuses) revert Refused();
        ++payments;
        // solhint-disable-next-line gas-custom-errors
        if (again.length != 0) require(interchainSecurityModule.verify("", again), "not verified");
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    /// @param message Verified again whenever value comes.
    function setAgain(bytes calldata message) external {
        again = message;
    }

    function handle(uint32, bytes32, bytes calldata) external payable {
        ++handled;
    }
}
