// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Quote} from "src/interfaces/ITokenRouter.sol";

/// @notice A fee contract that asks for whatever it was told to. It takes no native coin.
contract AnyFee {
    Quote[] internal _quotes;

    function add(address token, uint256 amount) external {
        _quotes.push(Quote({token: token, amount: amount}));
    }

    function quoteTransferRemote(uint32, bytes32, uint256) external view returns (Quote[] memory) {
        return _quotes;
    }
}
