// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {IGasOracle, IStorageGasOracle} from "../../interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "../../interfaces/IInterchainGasPaymaster.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IOffchainQuoter} from "../../interfaces/IOffchainQuoter.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {PackedDestination} from "../../libraries/GasDestination.sol";
import {ExactPull} from "../../libraries/ExactPull.sol";
import {GasPrices} from "../../libraries/GasPrices.sol";
import {GasQuotes} from "../../libraries/GasQuotes.sol";
import {Message} from "../../libraries/Message.sol";
import {StandardHookMetadata} from "../../libraries/StandardHookMetadata.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {PostDispatchHook} from "../PostDispatchHook.sol";
import {UpdatableGasOracle} from "./UpdatableGasOracle.sol";

/// @title InterchainGasPaymaster
/// @notice Takes payments for the gas of deliveries on other chains. See IInterchainGasPaymaster.
contract InterchainGasPaymaster is
    IInterchainGasPaymaster,
    UpdatableGasOracle,
    PostDispatchHook,
    EIP712,
    ReentrancyGuardTransient
{
    using EnumerableSet for EnumerableSet.AddressSet;
    using ExactPull for IERC20;
    using GasPrices for GasPrices.Table;
    using GasQuotes for GasQuotes.Book;
    using Message for bytes;
    using SafeERC20 for IERC20;
    using StandardHookMetadata for bytes;
    using TypeCasts for bytes32;

    /// @inheritdoc IInterchainGasPaymaster
    uint256 public constant DEFAULT_GAS_LIMIT = 50_000;

    /// @inheritdoc IInterchainGasPaymaster
    address public constant NATIVE_TOKEN = GasPrices.NATIVE_TOKEN;

    /// @inheritdoc IOffchainQuoter
    bytes32 public constant SIGNED_QUOTE_TYPEHASH = GasQuotes.TYPEHASH;

    /// @inheritdoc IOffchainQuoter
    uint256 public constant MAX_QUOTE_LIFETIME = GasQuotes.MAX_LIFETIME;

    /// @inheritdoc IInterchainGasPaymaster
    IMailbox public immutable mailbox;

    /// @inheritdoc IInterchainGasPaymaster
    uint256 public immutable deployedBlock;

    /// @inheritdoc IInterchainGasPaymaster
    address public beneficiary;

    GasPrices.Table internal _table;
    GasQuotes.Book internal _book;

    /// @param mailbox_ Whose dispatches may pay in tokens.
    /// @param owner_ Sets whom it serves, at which prices, for whom.
    /// @param beneficiary_ Gets the payments.
    /// @param updater May write the prices of this contract; zero for nobody.
    constructor(IMailbox mailbox_, address owner_, address beneficiary_, address updater)
        UpdatableGasOracle(owner_, updater)
        EIP712("OffchainQuoter", "1")
    {
        mailbox = mailbox_;
        deployedBlock = block.number;
        _setBeneficiary(beneficiary_);
    }

    /* ---------------------------------------------------- payers ---------------------------------------------------- */

    /// @inheritdoc IInterchainGasPaymaster
    function payForGas(bytes32 messageId, uint32 destination, uint256 gasLimit, address refundAddress)
        external
        payable
    {
        uint256 fee = _fee(NATIVE_TOKEN, destination, msg.sender, gasLimit);
        uint256 excess = _excess(fee);
        if (excess != 0 && refundAddress == address(0)) revert RefundFailed(refundAddress, excess);

        emit GasPayment(messageId, destination, gasLimit, fee);

        if (excess != 0) _refund(refundAddress, excess);
    }

    /// @inheritdoc IInterchainGasPaymaster
    function payForGas(address feeToken, bytes32 messageId, uint32 destination, uint256 gasLimit) external {
        if (feeToken == NATIVE_TOKEN) revert TokenNotAccepted(feeToken, destination);
        uint256 fee = _fee(feeToken, destination, msg.sender, gasLimit);
        emit GasPayment(messageId, destination, gasLimit, 0);
        _payInToken(feeToken, messageId, msg.sender, fee);
    }

    /// @inheritdoc IOffchainQuoter
    function submitQuote(SignedQuote calldata sq, bytes calldata signature) external {
        // An invalid signature is of nobody, and nobody is no signer.
        // slither-disable-next-line unused-return
        (address signer,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(GasQuotes.hash(sq)), signature);

        _table.expectQuotes(_book.submit(sq, signer), sq.expiry);
    }

    /* ---------------------------------------------------- payout ---------------------------------------------------- */

    /// @inheritdoc IInterchainGasPaymaster
    function claim() external {
        uint256 amount = address(this).balance;

        (bool sent,) = beneficiary.call{value: amount}("");
        if (!sent) revert ClaimFailed(beneficiary, amount);
    }

    /// @inheritdoc IInterchainGasPaymaster
    function claimToken(address token) external nonReentrant {
        IERC20(token).safeTransfer(beneficiary, IERC20(token).balanceOf(address(this)));
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @inheritdoc IInterchainGasPaymaster
    function setBeneficiary(address account) external onlyOwner {
        _setBeneficiary(account);
    }

    /// @inheritdoc IInterchainGasPaymaster
    function setDestinationGasConfigs(GasParam[] calldata configs) external onlyOwner {
        for (uint256 i; i < configs.length; ++i) {
            _table.setDestination(_domains, configs[i]);
        }
    }

    /// @inheritdoc IInterchainGasPaymaster
    function setDestinationGasOverhead(uint32 remoteDomain, uint256 gasOverhead) external onlyOwner {
        _table.setOverhead(remoteDomain, gasOverhead);
        emit DestinationGasOverheadSet(remoteDomain, gasOverhead);
    }

    /// @inheritdoc IInterchainGasPaymaster
    function setTokenGasOracles(TokenGasOracleConfig[] calldata configs) external onlyOwner {
        for (uint256 i; i < configs.length; ++i) {
            _table.setTokenOracle(configs[i]);
        }
    }

    /// @inheritdoc IOffchainQuoter
    function addQuoteSigner(address signer) external onlyOwner {
        _book.addSigner(signer);
    }

    /// @inheritdoc IOffchainQuoter
    function removeQuoteSigner(address signer) external onlyOwner {
        _book.removeSigner(signer);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IInterchainGasPaymaster
    function quoteGasPayment(uint32 destination, uint256 gasLimit) external view returns (uint256) {
        return _fee(NATIVE_TOKEN, destination, msg.sender, gasLimit);
    }

    /// @inheritdoc IInterchainGasPaymaster
    function quoteGasPayment(address feeToken, uint32 destination, uint256 gasLimit) external view returns (uint256) {
        return _fee(feeToken, destination, msg.sender, gasLimit);
    }

    /// @inheritdoc IInterchainGasPaymaster
    function destinationGasLimit(uint32 destination, uint256 gasLimit) external view returns (uint256) {
        return gasLimit + _table.destinations[destination].gasOverhead();
    }

    /// @inheritdoc IInterchainGasPaymaster
    function destinationGasOverhead(uint32 destination) external view returns (uint256) {
        return _table.destinations[destination].gasOverhead();
    }

    /// @inheritdoc IInterchainGasPaymaster
    function destinationGasConfigs(uint32 destination) external view returns (IGasOracle, uint96) {
        return (tokenGasOracles(NATIVE_TOKEN, destination), _table.destinations[destination].gasOverhead());
    }

    /// @inheritdoc IGasOracle
    function getExchangeRateAndGasPrice(uint32 destination) external view returns (uint128, uint128) {
        return _table.ask(_table.requireOracle(NATIVE_TOKEN, destination), destination);
    }

    /// @inheritdoc IStorageGasOracle
    function remoteGasData(uint32 remoteDomain) external view returns (uint128, uint128) {
        PackedDestination to = _table.destinations[remoteDomain];
        return (to.tokenExchangeRate(), to.gasPrice());
    }

    /// @inheritdoc IOffchainQuoter
    function quoteSigners() external view returns (address[] memory) {
        return _book.signers.values();
    }

    /// @inheritdoc IOffchainQuoter
    function isQuoteSigner(address signer) external view returns (bool) {
        return _book.signers.contains(signer);
    }

    /// @inheritdoc IOffchainQuoter
    function offchainQuotes(address feeToken, uint32 destination, address sender)
        external
        view
        returns (StoredGasQuote memory)
    {
        return _book.stored(feeToken, destination, sender);
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 4;
    }

    /// @inheritdoc IInterchainGasPaymaster
    function tokenGasOracles(address feeToken, uint32 destination) public view returns (IGasOracle) {
        return _table.oracleOf(feeToken, destination);
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        address feeToken = metadata.feeToken();
        uint32 destination = message.destination();
        (uint256 gas, uint256 fee) = _dispatchFee(feeToken, destination, metadata, message);

        if (feeToken == NATIVE_TOKEN) {
            emit GasPayment(message.id(), destination, gas, fee);
            _refundExcess(metadata, message, fee);
        } else {
            // Anyone can call with any message and metadata. The Mailbox calls with what its caller gave it.
            if (msg.sender != address(mailbox)) revert TokenPaymentNotFromMailbox(msg.sender);
            emit GasPayment(message.id(), destination, gas, 0);
            _payInToken(feeToken, message.id(), message.sender().toAddress(), fee);
            _refundExcess(metadata, message, 0);
        }
    }

    /// @dev In wei: what is due in tokens is not part of it.
    function _quoteDispatch(bytes calldata metadata, bytes calldata message)
        internal
        view
        override
        returns (uint256 fee)
    {
        if (metadata.feeToken() != NATIVE_TOKEN) return 0;
        (, fee) = _dispatchFee(NATIVE_TOKEN, message.destination(), metadata, message);
    }

    function _dispatchFee(address feeToken, uint32 domain, bytes calldata metadata, bytes calldata message)
        internal
        view
        returns (uint256 gas, uint256 fee)
    {
        PackedDestination to = _table.destinations[domain];
        gas = metadata.gasLimit(DEFAULT_GAS_LIMIT) + to.gasOverhead();
        uint256 price = feeToken == NATIVE_TOKEN ? to.ownPrice() : 0;
        if (price == 0) price = _table.find(_book, feeToken, domain, message.sender().toAddress());
        fee = GasPrices.fee(gas, price);
    }

    function _fee(address feeToken, uint32 domain, address sender, uint256 gas) internal view returns (uint256) {
        uint256 price = feeToken == NATIVE_TOKEN ? _table.destinations[domain].ownPrice() : 0;
        if (price == 0) price = _table.find(_book, feeToken, domain, sender);
        return GasPrices.fee(gas, price);
    }

    /// @dev Not reentrant: tokens that another payment brings are not this one's.
    function _payInToken(address feeToken, bytes32 messageId, address payer, uint256 fee) internal nonReentrant {
        emit TokenGasPayment(messageId, feeToken, fee);

        IERC20(feeToken).pull(payer, fee);
    }

    function _setRemoteGasData(RemoteGasDataConfig calldata config) internal override {
        _table.setPrices(config);
    }

    function _setBeneficiary(address account) internal {
        if (account == address(0)) revert ZeroBeneficiary();

        beneficiary = account;
        emit BeneficiarySet(account);
    }
}
