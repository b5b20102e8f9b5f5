// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CrossDomainMessengerMock} from "./CrossDomainMessengerMock.sol";
import {OptimismPortalMock} from "./OptimismPortalMock.sol";

/// @notice The messenger on L1: it deposits at the portal, and takes what the portal finalizes for the L2's messenger.
contract L1CrossDomainMessengerMock is CrossDomainMessengerMock {
    OptimismPortalMock public immutable PORTAL;

    constructor(OptimismPortalMock portal) {
        PORTAL = portal;
    }

    function _send(uint64 gasLimit, bytes memory data) internal override {
        PORTAL.depositTransaction{value: msg.value}(otherMessenger, msg.value, gasLimit, false, data);
    }

    function _isOtherMessenger() internal view override returns (bool) {
        return msg.sender == address(PORTAL) && PORTAL.l2Sender() == otherMessenger;
    }

    function _isUnsafeTarget(address target) internal view override returns (bool) {
        return target == address(this) || target == address(PORTAL);
    }
}
