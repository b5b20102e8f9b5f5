// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainQueryRouter, IQuerySender} from "src/interfaces/IInterchainQueryRouter.sol";

/// @notice Asks, and keeps what it is answered.
contract QueryAsker is IQuerySender {
    IInterchainQueryRouter public immutable router;

    mapping(uint256 tag => uint256) public answers;
    uint256 public callbacks;
    bytes public failedCallback;
    bytes32 public reasonHash;
    bool public broken;
    bool public greedy;

    error Broken();
    error NotTheRouter();

    constructor(IInterchainQueryRouter router_) {
        router = router_;
    }

    modifier onlyRouter() {
        if (msg.sender != address(router)) revert NotTheRouter();
        if (broken) revert Broken();
        if (greedy) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        ++callbacks;
        _;
    }

    function ask(uint32 domain, address to, bytes calldata data, uint256 tag) external payable returns (bytes32) {
        return router.query{value: msg.value}(domain, to, data, callback(tag));
    }

    function ask(uint32 domain, IInterchainQueryRouter.QueryCall[] calldata calls) external payable returns (bytes32) {
        return router.query{value: msg.value}(domain, calls);
    }

    function answered(uint256 tag, uint256 value) external onlyRouter {
        answers[tag] = value;
    }

    function queryFailed(bytes calldata callback_, bytes calldata reason) external onlyRouter {
        failedCallback = callback_;
        reasonHash = keccak256(reason);
    }

    function set(bool broken_, bool greedy_) external {
        broken = broken_;
        greedy = greedy_;
    }

    function callback(uint256 tag) public pure returns (bytes memory) {
        return abi.encodeWithSelector(this.answered.selector, tag);
    }

    receive() external payable {}
}
