// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "../../MailboxClient.sol";
import {RateLimited} from "../../RateLimited.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IRateLimitedIsm} from "../../interfaces/IRateLimitedIsm.sol";
import {Message} from "../../libraries/Message.sol";
import {TokenMessage} from "../../libraries/TokenMessage.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";

/// @title RateLimitedIsm
/// @notice Limits the amounts that one recipient gets. See IRateLimitedIsm.
contract RateLimitedIsm is IRateLimitedIsm, RateLimited, MailboxClient {
    using Message for bytes;
    using TokenMessage for bytes;
    using TypeCasts for address;

    /// @inheritdoc IRateLimitedIsm
    address public immutable recipient;

    /// @param owner_ May set the rate.
    /// @param capacity What the bucket holds, in units of the messages.
    /// @param duration Seconds in which an empty bucket gets full.
    constructor(IMailbox mailbox_, address owner_, uint256 capacity, uint256 duration, address recipient_)
        RateLimited(owner_, capacity, duration)
        MailboxClient(mailbox_)
    {
        // slither-disable-next-line missing-zero-check
        recipient = recipient_;
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata, bytes calldata message) external returns (bool) {
        bytes32 messageId = message.id();
        if (message.recipient() != recipient.toBytes32()) revert NotForRecipient(message.recipient());
        if (mailbox.processedAt(messageId) != block.number) revert NotInDelivery(messageId);
        if (messageValidated[messageId]) revert AlreadyValidated(messageId);

        messageValidated[messageId] = true;
        _consume(message.body().amount());
        return true;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 6;
    }
}
