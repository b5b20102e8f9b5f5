// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CrossDomainMessengerMock} from "./CrossDomainMessengerMock.sol";
import {MessagePasserMock} from "./MessagePasserMock.sol";

/// @notice The messenger on L2: it asks for withdrawals, and takes deposits of the L1's messenger, whose address is aliased
///         there.
contract L2CrossDomainMessengerMock is CrossDomainMessengerMock {
    uint160 internal constant ALIAS_OFFSET = uint160(0x1111000000000000000000000000000000001111);

    MessagePasserMock public immutable PASSER;

    constructor(MessagePasserMock passer) {
        PASSER = passer;
    }

    function _send(uint64 gasLimit, bytes memory data) internal override {
        PASSER.initiateWithdrawal{value: msg.value}(otherMessenger, gasLimit, data);
    }

    function _isOtherMessenger() internal view override returns (bool) {
        unchecked {
            return address(uint160(msg.sender) - ALIAS_OFFSET) == otherMessenger;
        }
    }

    function _isUnsafeTarget(address target) internal view override returns (bool) {
        return target == address(this) || target == address(PASSER);
    }
}
