// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Looks like a tree and like its Mailbox, of whatever domain, and claims whatever it is told to.
contract FakeTree {
    uint32 public localDomain;
    uint32 public count;
    bytes32 public root;

    constructor(uint32 domain) {
        localDomain = domain;
    }

    function claim(bytes32 root_, uint32 count_) external {
        (root, count) = (root_, count_);
    }

    function mailbox() external view returns (address) {
        return address(this);
    }

    function merkleTreeHook() external view returns (address) {
        return address(this);
    }

    function nonce() external view returns (uint32) {
        return count;
    }

    function latestCheckpoint() external view returns (bytes32, uint32) {
        return (root, count - 1);
    }
}
