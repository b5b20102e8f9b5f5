// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExpiringClient} from "src/apps/ExpiringClient.sol";
import {
    IInterchainSecurityModule,
    ISpecifiesInterchainSecurityModule
} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";

/// @notice An application that may expire: it locks native value on one chain and releases as much on another, or gives it
///         back. Anyone may enroll counterparts and set its module: for tests and demonstrations.
contract ExpiringVault is ExpiringClient, ISpecifiesInterchainSecurityModule {
    event Released(address indexed to, uint256 amount);
    event GivenBack(address indexed from, uint256 amount);

    error NotReleased(address to);
    error NotGivenBack(address from);

    IInterchainSecurityModule public interchainSecurityModule;
    mapping(uint32 domain => bytes32 account) public counterparts;

    constructor(IMailbox mailbox_) ExpiringClient(mailbox_) {}

    /// @dev What is released comes from here.
    receive() external payable {}

    function enroll(uint32 domain, bytes32 account) external {
        counterparts[domain] = account;
    }

    function setInterchainSecurityModule(IInterchainSecurityModule module) external {
        interchainSecurityModule = module;
    }

    /// @notice Locks `amount` of the value, to be released to `to`; the rest is for the hooks.
    function transfer(Outgoing memory outgoing, address to, uint256 amount, bytes calldata hookMetadata)
        external
        payable
        returns (bytes32)
    {
        outgoing.value = msg.value - amount;
        return _send(outgoing, abi.encode(msg.sender, to, amount), hookMetadata);
    }

    function quoteTransfer(Outgoing memory outgoing, address to, uint256 amount, bytes calldata hookMetadata)
        external
        view
        returns (uint256)
    {
        return amount + _quoteSend(outgoing, abi.encode(msg.sender, to, amount), hookMetadata);
    }

    function _handle(uint32, bytes32, bytes calldata payload) internal override {
        (, address to, uint256 amount) = abi.decode(payload, (address, address, uint256));
        (bool released,) = to.call{value: amount}("");
        if (!released) revert NotReleased(to);
        emit Released(to, amount);
    }

    function _refund(uint32, bytes32, bytes calldata payload) internal override {
        (address from,, uint256 amount) = abi.decode(payload, (address, address, uint256));
        (bool givenBack,) = from.call{value: amount}("");
        if (!givenBack) revert NotGivenBack(from);
        emit GivenBack(from, amount);
    }

    function _isCounterpart(uint32 domain, bytes32 account) internal view override returns (bool) {
        return account != 0 && counterparts[domain] == account;
    }
}
