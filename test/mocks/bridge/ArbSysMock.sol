// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbSys} from "src/interfaces/IArbSys.sol";

/// @notice The system contract of an Arbitrum chain.
contract ArbSysMock is IArbSys {
    uint256 internal _position;

    event L2ToL1Tx(
        address caller,
        address indexed destination,
        uint256 indexed hash,
        uint256 indexed position,
        uint256 arbBlockNum,
        uint256 ethBlockNum,
        uint256 timestamp,
        uint256 callvalue,
        bytes data
    );

    function sendTxToL1(address destination, bytes calldata data) external payable returns (uint256 position) {
        position = _position++;
        uint256 hash = uint256(
            keccak256(
                abi.encodePacked(msg.sender, destination, block.number, block.number, block.timestamp, msg.value, data)
            )
        );
        emit L2ToL1Tx(
            msg.sender, destination, hash, position, block.number, block.number, block.timestamp, msg.value, data
        );
    }
}
