// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "../../MailboxClient.sol";
import {RateLimited} from "../../RateLimited.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {IRateLimitedHook} from "../../interfaces/IRateLimitedHook.sol";
import {Message} from "../../libraries/Message.sol";
import {TokenMessage} from "../../libraries/TokenMessage.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {PostDispatchHook} from "../PostDispatchHook.sol";

/// @title RateLimitedHook
/// @notice Limits the amounts that one sender dispatches. See IRateLimitedHook.
contract RateLimitedHook is IRateLimitedHook, RateLimited, MailboxClient, PostDispatchHook {
    using Message for bytes;
    using TokenMessage for bytes;
    using TypeCasts for address;

    /// @inheritdoc IRateLimitedHook
    address public immutable sender;

    /// @param owner_ May set the rate.
    /// @param capacity What the bucket holds, in units of the messages.
    /// @param duration Seconds in which an empty bucket gets full.
    constructor(IMailbox mailbox_, address owner_, uint256 capacity, uint256 duration, address sender_)
        RateLimited(owner_, capacity, duration)
        MailboxClient(mailbox_)
    {
        // slither-disable-next-line missing-zero-check
        sender = sender_;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 10;
    }

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        bytes32 messageId = message.id();
        if (message.sender() != sender.toBytes32()) revert NotFromSender(message.sender());
        if (mailbox.latestDispatchedId() != messageId) revert NotDispatching(messageId);
        if (messageValidated[messageId]) revert AlreadyValidated(messageId);

        messageValidated[messageId] = true;
        _consume(message.body().amount());

        _refundExcess(metadata, message, 0);
    }

    function _quoteDispatch(bytes calldata, bytes calldata) internal pure override returns (uint256) {
        return 0;
    }
}
