// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IInterchainSecurityModule,
    ISpecifiesInterchainSecurityModule
} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMessageRecipient} from "src/interfaces/IMessageRecipient.sol";

/// @notice Takes any message and shows it. Anyone may set its module and whether it accepts: for tests and demonstrations.
contract TestRecipient is IMessageRecipient, ISpecifiesInterchainSecurityModule {
    event ReceivedMessage(uint32 indexed origin, bytes32 indexed sender, uint256 indexed value, string message);

    error Refused();

    IInterchainSecurityModule public interchainSecurityModule;
    bool public refuses;
    bytes32 public lastSender;
    bytes public lastData;
    uint256 public received;

    function setInterchainSecurityModule(IInterchainSecurityModule module) external {
        interchainSecurityModule = module;
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    function handle(uint32 origin, bytes32 sender, bytes calldata body) external payable {
        if (refuses) revert Refused();
        lastSender = sender;
        lastData = body;
        ++received;
        emit ReceivedMessage(origin, sender, msg.value, string(body));
    }
}
