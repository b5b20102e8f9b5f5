// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlsKeyRegistry} from "src/interfaces/IBlsKeyRegistry.sol";
import {IBlsMultisigIsm} from "src/interfaces/IBlsMultisigIsm.sol";
import {IBlsMultisigIsmFactory} from "src/interfaces/IBlsMultisigIsmFactory.sol";
import {Bls12381} from "src/libraries/Bls12381.sol";

import {BaseTest} from "./BaseTest.sol";
import {BlsReference} from "./BlsReference.sol";
import {Reference} from "./Reference.sol";
import {Shipped} from "./Shipped.sol";

/// @notice Validators with a BLS key each, in ascending order of their addresses. Contracts that inherit this need the inline
/// configuration `evm_version = "prague"`, for the precompiles.
abstract contract BlsTest is BaseTest {
    struct BlsValidator {
        address account;
        uint256 ecdsaKey;
        uint256 secret;
    }

    uint32 internal constant INDEX = 7;

    /// @dev A precompile that refuses its input takes all gas that it was given.
    uint256 internal constant ENOUGH_GAS = 1_000_000;

    IBlsKeyRegistry internal registry;
    IBlsMultisigIsmFactory internal blsFactory;
    BlsValidator[] internal blsValidators;

    function setUp() public virtual override {
        super.setUp();
        registry = Shipped.blsKeyRegistry();
        blsFactory = Shipped.blsMultisigIsmFactory(registry);
        BlsValidator[] memory all = new BlsValidator[](_validatorCount());
        for (uint256 i; i < all.length; ++i) {
            uint256 ecdsaKey = uint256(keccak256(abi.encode("ECDSA", i)));
            uint256 secret = uint256(keccak256(abi.encode("BLS", i))) % BlsReference.ORDER;
            BlsValidator memory next = BlsValidator(vm.addr(ecdsaKey), ecdsaKey, secret);
            uint256 place = i;
            for (; place > 0 && all[place - 1].account > next.account; --place) {
                all[place] = all[place - 1];
            }
            all[place] = next;
        }
        for (uint256 i; i < all.length; ++i) {
            blsValidators.push(all[i]);
            _register(all[i]);
        }
    }

    function _validatorCount() internal pure virtual returns (uint256) {
        return 9;
    }

    function _register(BlsValidator memory validator) internal {
        Bls12381.G2Point memory key = BlsReference.publicKey(validator.secret);
        registry.register(
            validator.account,
            key,
            BlsReference.prove(validator.secret, validator.account),
            _sign(validator.ecdsaKey, BlsReference.consentHash(key))
        );
    }

    /// @dev Keys of `count` validators from position `first` on.
    function _blsKeys(uint256 first, uint256 count) internal view returns (Bls12381.G2Point[] memory keys) {
        keys = new Bls12381.G2Point[](count);
        for (uint256 i; i < count; ++i) {
            keys[i] = BlsReference.publicKey(blsValidators[first + i].secret);
        }
    }

    /// @dev The module of the first `count` validators.
    function _deployModule(uint256 count, uint256 threshold) internal returns (IBlsMultisigIsm) {
        uint256 capacity = blsFactory.PAGE_CAPACITY();
        address[] memory pages = new address[]((count + capacity - 1) / capacity);
        for (uint256 i; i < pages.length; ++i) {
            uint256 rest = count - i * capacity;
            pages[i] = blsFactory.writePage(_blsKeys(i * capacity, rest < capacity ? rest : capacity));
        }
        return IBlsMultisigIsm(blsFactory.deploy(pages, threshold));
    }

    function _checkpoint(bytes memory message) internal view returns (Reference.Checkpoint memory) {
        return Reference.Checkpoint(
            ORIGIN, Reference.addr32(address(originTree)), keccak256("root"), INDEX, keccak256(message)
        );
    }

    /// @dev The sum of the secrets makes the sum of the signatures.
    function _secretOf(uint256 signers) internal view returns (uint256 secret) {
        for (uint256 i; i < blsValidators.length; ++i) {
            if ((signers >> i) & 1 == 1) secret = addmod(secret, blsValidators[i].secret, BlsReference.ORDER);
        }
    }

    function _aggregate(Reference.Checkpoint memory c, uint256 signers)
        internal
        view
        returns (Bls12381.G1Point memory)
    {
        return BlsReference.sign(_secretOf(signers), Reference.checkpointDigest(c));
    }

    function _signed(Reference.Checkpoint memory c, uint256 signers) internal view returns (bytes memory) {
        return BlsReference.metadata(c, signers, _aggregate(c, signers));
    }
}
