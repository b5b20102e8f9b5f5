// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IBlsKeyRegistry} from "../../interfaces/IBlsKeyRegistry.sol";
import {IBlsMultisigIsmFactory} from "../../interfaces/IBlsMultisigIsmFactory.sol";
import {Bls12381} from "../../libraries/Bls12381.sol";
import {BlsKeyPage} from "../../libraries/BlsKeyPage.sol";
import {BlsKeySet} from "../../libraries/BlsKeySet.sol";
import {CodeSet} from "../../libraries/CodeSet.sol";
import {BlsMultisigIsm} from "./BlsMultisigIsm.sol";

/// @title BlsMultisigIsmFactory
/// @notice Deploys BLS multisig modules. See IBlsMultisigIsmFactory.
contract BlsMultisigIsmFactory is IBlsMultisigIsmFactory, PackageVersioned {
    using Bls12381 for Bls12381.G2Point;
    using BlsKeyPage for bytes;
    using BlsKeySet for BlsKeySet.Set;

    /// @inheritdoc IBlsMultisigIsmFactory
    uint256 public constant PAGE_CAPACITY = BlsKeyPage.CAPACITY;
    uint256 internal constant _MAX_VALIDATORS = 256;

    /// @inheritdoc IBlsMultisigIsmFactory
    IBlsKeyRegistry public immutable registry;

    /// @inheritdoc IBlsMultisigIsmFactory
    address public immutable implementation = address(new BlsMultisigIsm());

    /// @inheritdoc IBlsMultisigIsmFactory
    mapping(address page => bool) public isPage;

    constructor(IBlsKeyRegistry registry_) {
        registry = registry_;
    }

    /// @inheritdoc IBlsMultisigIsmFactory
    function writePage(Bls12381.G2Point[] calldata keys) external returns (address page) {
        page = _createOnce(_pageCreationCode(keys));
        isPage[page] = true;
    }

    /// @inheritdoc IBlsMultisigIsmFactory
    function pageAddress(Bls12381.G2Point[] calldata keys) external view returns (address) {
        return _addressOf(_pageCreationCode(keys));
    }

    /// @inheritdoc IBlsMultisigIsmFactory
    function deploy(address[] calldata pages, uint256 threshold) external returns (address) {
        return _createOnce(_moduleCreationCode(pages, threshold));
    }

    /// @inheritdoc IBlsMultisigIsmFactory
    function getAddress(address[] calldata pages, uint256 threshold) external view returns (address) {
        return _addressOf(_moduleCreationCode(pages, threshold));
    }

    function _createOnce(bytes memory creationCode) internal returns (address created) {
        created = _addressOf(creationCode);
        if (created.code.length == 0) created = Create2.deploy(0, 0, creationCode);
    }

    function _addressOf(bytes memory creationCode) internal view returns (address) {
        return Create2.computeAddress(0, keccak256(creationCode));
    }

    function _pageCreationCode(Bls12381.G2Point[] calldata keys) internal view returns (bytes memory) {
        uint256 count = keys.length;
        if (count == 0 || count > PAGE_CAPACITY) revert InvalidPageLength(count);
        bytes memory page = BlsKeyPage.empty(count);
        address previous;
        for (uint256 i; i < count; ++i) {
            bytes32 keyHash = keccak256(abi.encode(keys[i]));
            // slither-disable-next-line calls-loop
            address validator = registry.validatorOf(keyHash);
            if (validator == address(0)) revert KeyNotRegistered(keyHash);
            if (validator <= previous) revert NotAscending(previous, validator);
            page.write(i, keys[i], validator);
            previous = validator;
        }
        return CodeSet.creationCodeOf(page);
    }

    function _moduleCreationCode(address[] calldata pages, uint256 threshold) internal view returns (bytes memory) {
        BlsKeySet.Set memory set;
        set.threshold = threshold;
        set.pages = new uint256[](pages.length);
        address previous;
        for (uint256 i; i < pages.length; ++i) {
            if (!isPage[pages[i]]) revert UnknownPage(pages[i]);
            bytes memory page = pages[i].code;
            uint256 count = page.count();
            if (i + 1 < pages.length && count < PAGE_CAPACITY) revert PageNotFull(pages[i]);
            address first = page.validatorAt(0);
            if (first <= previous) revert NotAscending(previous, first);
            set.pages[i] = uint160(pages[i]);
            set.count += count;
            previous = page.validatorAt(count - 1);
        }
        if (threshold == 0 || threshold > set.count || set.count > _MAX_VALIDATORS) {
            revert InvalidThreshold(threshold, set.count);
        }
        set.negatedAggregate = BlsKeyPage.sum(set.negatedAggregate, set.pages, set.everybody()).negate();
        return BlsKeySet.creationCode(implementation, set);
    }
}
