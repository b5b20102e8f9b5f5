// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {IProtocolFee} from "../../interfaces/IProtocolFee.sol";
import {Message} from "../../libraries/Message.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {PostDispatchHook} from "../PostDispatchHook.sol";

/// @title ProtocolFee
/// @notice Takes a fixed fee for each dispatch. See IProtocolFee.
contract ProtocolFee is IProtocolFee, PostDispatchHook, Ownable2Step {
    using Message for bytes;
    using TypeCasts for bytes32;

    /// @inheritdoc IProtocolFee
    uint256 public immutable MAX_PROTOCOL_FEE;

    /// @inheritdoc IProtocolFee
    uint256 public protocolFee;

    /// @inheritdoc IProtocolFee
    address public beneficiary;

    /// @param cap What the fee will be at most, in wei.
    /// @param fee What it is at first.
    /// @param beneficiary_ Gets the fees.
    /// @param owner_ May set the fee and the beneficiary.
    constructor(uint256 cap, uint256 fee, address beneficiary_, address owner_) Ownable(owner_) {
        MAX_PROTOCOL_FEE = cap;
        _setProtocolFee(fee);
        _setBeneficiary(beneficiary_);
    }

    /// @inheritdoc IProtocolFee
    function collectProtocolFees() external {
        uint256 amount = address(this).balance;

        // slither-disable-next-line arbitrary-send-eth
        (bool sent,) = beneficiary.call{value: amount}("");
        if (!sent) revert CollectFailed(beneficiary, amount);
    }

    /// @inheritdoc IProtocolFee
    function setProtocolFee(uint256 fee) external onlyOwner {
        _setProtocolFee(fee);
    }

    /// @inheritdoc IProtocolFee
    function setBeneficiary(address account) external onlyOwner {
        _setBeneficiary(account);
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 8;
    }

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        uint256 fee = protocolFee;

        if (fee != 0) emit ProtocolFeePaid(message.sender().toAddress(), fee);

        _refundExcess(metadata, message, fee);
    }

    function _quoteDispatch(bytes calldata, bytes calldata) internal view override returns (uint256) {
        return protocolFee;
    }

    function _setProtocolFee(uint256 fee) internal {
        if (fee > MAX_PROTOCOL_FEE) revert FeeAboveCap(fee, MAX_PROTOCOL_FEE);

        protocolFee = fee;
        emit ProtocolFeeSet(fee);
    }

    function _setBeneficiary(address account) internal {
        if (account == address(0)) revert ZeroBeneficiary();

        beneficiary = account;
        emit BeneficiarySet(account);
    }
}
