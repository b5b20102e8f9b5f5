// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IBlsKeyRegistry} from "src/interfaces/IBlsKeyRegistry.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {ISlashingTerms} from "src/interfaces/ISlashingTerms.sol";
import {IStakeTerms} from "src/interfaces/IStakeTerms.sol";
import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";

import {HostileToken} from "../mocks/HostileToken.sol";
import {TestRecipient} from "../mocks/TestRecipient.sol";
import {Reference} from "./Reference.sol";
import {IOwnedMailbox, Shipped} from "./Shipped.sol";

/// @notice A Mailbox with stake behind its validators, in the native token unless a suite says otherwise. Slashes are made
///         in the slasher's name: what it proves is not the subject here.
abstract contract StakeTest is Test {
    uint32 internal constant ORIGIN = 1000;
    uint32 internal constant DESTINATION = 2000;
    uint256 internal constant SELF_BOND = 100 ether;
    uint48 internal constant EPOCH = 1 days;
    uint48 internal constant UNBONDING = 11;
    uint48 internal constant HOLD = 4; // 2 days of challenge window, and two epochs
    uint48 internal constant FOREVER = type(uint48).max;
    uint256 internal constant WHOLE = 1e18;
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal carol = makeAddr("carol");
    address internal reporter = makeAddr("reporter");

    IOwnedMailbox internal mailbox;
    HostileToken internal token;
    IValidatorStake internal stake;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        mailbox = Shipped.mailbox(ORIGIN, makeAddr("owner"), IInterchainSecurityModule(address(new TestRecipient())));
        token = new HostileToken();
        stake = Shipped.validatorStake(mailbox, _registry(), _terms(), _slashingTerms());
    }

    function _asset() internal view virtual returns (address) {
        return address(0);
    }

    function _registry() internal virtual returns (IBlsKeyRegistry) {
        return IBlsKeyRegistry(address(0));
    }

    function _terms() internal view virtual returns (IStakeTerms.Terms memory) {
        return IStakeTerms.Terms({
            asset: _asset(),
            minSelfBond: uint96(SELF_BOND),
            reporterShare: 0.2e18,
            epochLength: uint32(EPOCH),
            setLifetime: 3 days,
            fraudWindow: 7 days,
            challengeWindow: 2 days,
            jailTime: 2 days,
            unbondingEpochs: uint16(UNBONDING),
            minActive: 2,
            maxActive: 4,
            maxCandidates: 6
        });
    }

    function _slashingTerms() internal view virtual returns (ISlashingTerms.Terms memory) {
        return ISlashingTerms.Terms({
            equivocationShare: 1e18,
            messageIdShare: 1e18,
            rootShare: 0.5e18,
            prematureShare: 0.3e18,
            foreignTreeShare: 0.5e18,
            silenceShare: 0.01e18,
            prematureWindow: 2 days,
            livenessWindow: 12 hours,
            finalAfter: 2 hours,
            livenessBond: 0.1 ether
        });
    }

    /* --------------------------------------------------- validators ------------------------------------------------- */

    function _operator(uint256 i) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("operator", i)))));
    }

    /// @dev The i-th validator's n-th secret.
    function _secret(uint256 i, uint256 n) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("key", i, n)));
    }

    function _key(uint256 i, uint256 n) internal pure returns (address) {
        return vm.addr(_secret(i, n));
    }

    function _key(uint256 i) internal pure returns (address) {
        return _key(i, 0);
    }

    /// @dev By the definition, not by the contract's own view.
    function _proof(uint256 secret, address operator) internal view returns (bytes memory) {
        bytes32 digest = keccak256(
            abi.encode(keccak256("CAUSEWAY_VALIDATOR_KEY"), block.chainid, address(stake), operator, vm.addr(secret))
        );
        return _sign(secret, digest);
    }

    function _sign(uint256 secret, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, Reference.ethSigned(digest));
        return abi.encodePacked(r, s, v);
    }

    function _register(uint256 i, uint256 amount) internal returns (address operator) {
        return _register(i, amount, 0);
    }

    function _register(uint256 i, uint256 amount, uint16 commission) internal returns (address operator) {
        operator = _operator(i);
        bytes memory proof = _proof(_secret(i, 0), operator);
        uint256 value = _fund(operator, amount);
        vm.prank(operator);
        stake.register{value: value}(_key(i), proof, commission, amount);
    }

    function _delegate(address account, address validator, uint256 amount) internal returns (uint256) {
        uint256 value = _fund(account, amount);
        vm.prank(account);
        return stake.delegate{value: value}(validator, amount);
    }

    function _reward(address validator, uint256 amount) internal {
        uint256 value = _fund(carol, amount);
        vm.prank(carol);
        stake.addReward{value: value}(validator, amount);
    }

    function _unbondAll(address account, address validator) internal returns (uint256 amount, uint48 releaseEpoch) {
        (uint256 shares,) = stake.delegationOf(validator, account);
        vm.prank(account);
        return stake.unbond(validator, shares);
    }

    function _withdraw(address account, address validator, uint48 releaseEpoch) internal returns (uint256) {
        vm.prank(account);
        return stake.withdraw(validator, releaseEpoch);
    }

    function _rotate(uint256 i, uint256 n) internal {
        bytes memory proof = _proof(_secret(i, n), _operator(i));
        vm.prank(_operator(i));
        stake.rotateKey(_key(i, n), proof);
    }

    /* ----------------------------------------------- time and punishment -------------------------------------------- */

    function _advance() internal {
        uint256 earliest = uint256(stake.epochStart()) + EPOCH;
        if (block.timestamp < earliest) vm.warp(earliest); // time never goes back
        stake.advanceEpoch();
    }

    function _advance(uint256 epochs) internal {
        for (uint256 i; i < epochs; ++i) {
            _advance();
        }
    }

    function _slash(address validator, uint256 share, bool forever) internal returns (uint256) {
        vm.prank(address(stake.slasher()));
        return stake.slash(validator, share, reporter, forever);
    }

    function _freeze(address validator) internal returns (uint48) {
        vm.prank(address(stake.slasher()));
        return stake.freeze(validator);
    }

    function _unfreeze(address validator, uint48 sinceEpoch) internal {
        vm.prank(address(stake.slasher()));
        stake.unfreeze(validator, sinceEpoch);
    }

    /* ----------------------------------------------------- asset ---------------------------------------------------- */

    /// @dev Gives an account what it is about to pay. Returns the value to send.
    function _fund(address account, uint256 amount) internal returns (uint256 value) {
        if (_asset() == address(0)) {
            vm.deal(account, account.balance + amount);
            return amount;
        }
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(stake), amount);
    }

    function _balance(address account) internal view returns (uint256) {
        return _asset() == address(0) ? account.balance : token.balanceOf(account);
    }

    /* ------------------------------------------------------ views --------------------------------------------------- */

    function _tokensOf(address validator, address account) internal view returns (uint256 tokens) {
        (, tokens) = stake.delegationOf(validator, account);
    }

    function _poolTokens(address validator) internal view returns (uint256 tokens) {
        (tokens,) = stake.poolOf(validator);
    }

    function _isActive(address validator) internal view returns (bool active) {
        (active,) = stake.activation(validator);
    }

    function _setId() internal view returns (uint64 setId) {
        (setId,,) = stake.validatorSet();
    }

    function _keysOf(uint256[] memory indexes) internal pure returns (address[] memory keys) {
        keys = new address[](indexes.length);
        for (uint256 i; i < indexes.length; ++i) {
            keys[i] = _key(indexes[i]);
        }
    }
}
