// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Answers every call in one way, as a hostile recipient or module might.
contract RawAnswer {
    enum Kind {
        Return,
        Revert,
        InvalidOpcode,
        Loop,
        WriteStorage
    }

    Kind internal immutable _kind;
    uint256 internal immutable _padding;
    bytes internal _data;

    /// @param kind What it does; all but `Return` and `Revert` ignore the rest.
    /// @param data What it returns or reverts with,
    /// @param padding followed by so many zero bytes.
    constructor(Kind kind, bytes memory data, uint256 padding) {
        _kind = kind;
        _data = data;
        _padding = padding;
    }

    fallback() external payable {
        if (_kind == Kind.WriteStorage) _data = abi.encode(address(this));
        if (_kind == Kind.Loop) while (true) {}
        if (_kind == Kind.InvalidOpcode) {
            assembly {
                invalid()
            }
        }
        bool reverts = _kind == Kind.Revert;
        bytes memory data = _data;
        uint256 padding = _padding;
        assembly {
            let size := add(mload(data), padding)
            if reverts {
                revert(add(data, 32), size)
            }
            return(add(data, 32), size)
        }
    }
}
