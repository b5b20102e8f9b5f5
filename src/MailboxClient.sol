// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "./PackageVersioned.sol";
import {IMailbox} from "./interfaces/IMailbox.sol";

/// @title MailboxClient
/// @notice Base of contracts bound for ever to one Mailbox.
abstract contract MailboxClient is PackageVersioned {
    /// @notice The Mailbox that this contract trusts.
    IMailbox public immutable mailbox;

    /// @notice Domain of that Mailbox.
    uint32 public immutable localDomain;

    /// @notice The caller is not the Mailbox.
    error NotMailbox(address caller);

    /// @dev The Mailbox delivers to this contract: every function that takes a message must bear this.
    modifier onlyMailbox() {
        if (msg.sender != address(mailbox)) revert NotMailbox(msg.sender);
        _;
    }

    constructor(IMailbox mailbox_) {
        mailbox = mailbox_;
        localDomain = mailbox_.localDomain();
    }
}
