// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Claims to be an optimistic module, says of every message what it was told to say, and forgets each
///         pre-verification.
contract HostileOptimisticIsm {
    error Refused();

    address public immutable submodule;
    uint8 public status;
    uint256 public deliverableAt;
    bool public refuses;
    uint256 public preVerifications;

    constructor(address submodule_) {
        submodule = submodule_;
    }

    function say(uint8 status_, uint256 deliverableAt_, bool refuses_) external {
        (status, deliverableAt, refuses) = (status_, deliverableAt_, refuses_);
    }

    function preVerify(bytes calldata, bytes calldata) external {
        if (refuses) revert Refused();
        ++preVerifications;
    }

    function moduleType() external pure returns (uint8) {
        return 128;
    }

    function messageStatus(bytes32) external view returns (uint8, uint256) {
        return (status, deliverableAt);
    }
}
