// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGasOracle, IStorageGasOracle} from "./IGasOracle.sol";
import {IMailbox} from "./IMailbox.sol";
import {IOffchainQuoter} from "./IOffchainQuoter.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IInterchainGasPaymaster
/// @notice Takes payments for the gas of deliveries on other chains. Hook type 4.
/// @dev A payment costs `gas * gasPrice * tokenExchangeRate / 1e10`, rounded down. In a dispatch, `gas` is the gas limit of the
///      metadata, or DEFAULT_GAS_LIMIT, plus the destination's overhead. Who pays apart from a dispatch (`payForGas`,
///      `quoteGasPayment`) names all the gas: see `destinationGasLimit`.
///
///      Prices come from the oracle that the owner named for a destination. The paymaster may be its own oracle, which is the
///      cheapest: then all that a payment reads is one storage slot. Quotes signed off chain go before any oracle.
///
///      Payments for a message add up: each one is an event of its own. A payment is no promise of a delivery, nor can it be
///      taken back. That a message exists is not looked at.
///
///      Tokens: metadata whose first 20 custom bytes (offset 86) are a token's address pays in that token, as much as
///      `quoteGasPayment(token, destination, destinationGasLimit(destination, gas))`; then `quoteDispatch`, which is in wei, is
///      0, and value sent along is refunded. Tokens are pulled from the caller, or, in a dispatch, from the sender of the
///      message if it is the Mailbox that calls: only then are message and metadata that sender's own.
///
///      A destination without an oracle or with a price of zero is not served: `Configured IGP doesn't support domain N`,
///      which clients of the ecosystem look for, so that it is a string and no custom error.
///
///      Warning: an application that approves tokens to a paymaster and passes on metadata of its users lets them spend these
///      tokens on their messages.
///
///      Left out as they serve proxies: `initialize`, `Initialized`.
interface IInterchainGasPaymaster is IPostDispatchHook, IStorageGasOracle, IOffchainQuoter {
    /// @notice Where prices of a destination come from.
    struct DomainGasConfig {
        /// Zero if the destination is not served.
        IGasOracle gasOracle;
        /// Gas of a delivery besides that of `handle`.
        uint96 gasOverhead;
    }

    /// @notice A destination and where its prices come from.
    struct GasParam {
        uint32 remoteDomain;
        DomainGasConfig config;
    }

    /// @notice A token, a destination and where the prices in that token come from.
    struct TokenGasOracleConfig {
        address feeToken;
        uint32 remoteDomain;
        /// Zero if the token is not taken for the destination.
        IGasOracle gasOracle;
    }

    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice Gas was paid for. `gasAmount` is all of it, overhead included; `payment` is in wei, and 0 if it was paid for in
    ///         a token.
    event GasPayment(bytes32 indexed messageId, uint32 indexed destinationDomain, uint256 gasAmount, uint256 payment);

    /// @notice In what the gas of the `GasPayment` before was paid for, if in a token. `payment` is in units of it.
    event TokenGasPayment(bytes32 indexed messageId, address indexed feeToken, uint256 payment);

    /// @notice The owner, or the constructor, said who gets the payments.
    event BeneficiarySet(address beneficiary);

    /// @notice The owner said where prices of a destination come from.
    event DestinationGasConfigSet(uint32 remoteDomain, address gasOracle, uint96 gasOverhead);

    /// @notice The owner set the overhead of a destination alone.
    event DestinationGasOverheadSet(uint32 indexed remoteDomain, uint256 gasOverhead);

    /// @notice The owner said where prices in a token come from.
    event TokenGasOracleSet(address indexed feeToken, uint32 remoteDomain, address gasOracle);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice An oracle or a token has no code.
    error NotAContract(address account);

    /// @notice Prices above 2^104 - 1 (exchange rate) or 2^72 - 1 (gas price) need an oracle of their own.
    error GasDataTooLarge(uint32 remoteDomain, uint128 tokenExchangeRate, uint128 gasPrice);

    /// @notice An overhead is at most 2^32 - 1.
    error GasOverheadTooLarge(uint32 remoteDomain, uint256 gasOverhead);

    /// @notice The token is not taken for that destination.
    error TokenNotAccepted(address feeToken, uint32 destination);

    /// @notice Metadata names a token, but it is not the Mailbox that calls, so that nobody need have agreed to pay.
    error TokenPaymentNotFromMailbox(address caller);

    /// @notice Payments for nobody would be lost.
    error ZeroBeneficiary();

    /// @notice The beneficiary did not take the payments.
    error ClaimFailed(address beneficiary, uint256 amount);

    /* ---------------------------------------------------- payers ---------------------------------------------------- */

    /// @notice Pays wei for gas on a destination for a message. Anyone, at any time, for any message.
    /// @param messageId The message; not looked at.
    /// @param gasLimit All the gas, see `destinationGasLimit`.
    /// @param refundAddress Gets what is paid too much. Not zero then.
    function payForGas(bytes32 messageId, uint32 destination, uint256 gasLimit, address refundAddress) external payable;

    /// @notice Pays for the same in a token, which the caller must have approved to this contract.
    function payForGas(address feeToken, bytes32 messageId, uint32 destination, uint256 gasLimit) external;

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice What `payForGas` of the same caller costs, in wei.
    function quoteGasPayment(uint32 destination, uint256 gasLimit) external view returns (uint256);

    /// @notice What `payForGas` of the same caller costs, in units of a token; in wei if that is zero.
    function quoteGasPayment(address feeToken, uint32 destination, uint256 gasLimit) external view returns (uint256);

    /// @notice All the gas of a delivery whose `handle` needs `gasLimit`.
    function destinationGasLimit(uint32 destination, uint256 gasLimit) external view returns (uint256);

    /// @notice Gas of a delivery besides that of `handle`.
    function destinationGasOverhead(uint32 destination) external view returns (uint256);

    /// @notice Where prices of a destination come from, this contract if it is its own oracle, and the overhead.
    function destinationGasConfigs(uint32 destination) external view returns (IGasOracle gasOracle, uint96 gasOverhead);

    /// @notice Where prices in a token come from; zero if it is not taken. As `destinationGasConfigs` if the token is zero.
    function tokenGasOracles(address feeToken, uint32 destination) external view returns (IGasOracle);

    /// @notice Gas that `handle` is paid for if the metadata says nothing.
    function DEFAULT_GAS_LIMIT() external view returns (uint256);

    /// @notice What names the native token where a token is named: zero.
    function NATIVE_TOKEN() external view returns (address);

    /// @notice The Mailbox whose dispatches may pay in tokens.
    function mailbox() external view returns (IMailbox);

    /// @notice Block that this contract was created in.
    function deployedBlock() external view returns (uint256);

    /// @notice Who gets the payments.
    function beneficiary() external view returns (address);

    /* ---------------------------------------------------- payout ---------------------------------------------------- */

    /// @notice Sends all wei to the beneficiary. Anyone.
    function claim() external;

    /// @notice Sends all that is here of a token to the beneficiary. Anyone.
    function claimToken(address token) external;

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @notice Says who gets the payments, also those made so far. Owner only.
    function setBeneficiary(address account) external;

    /// @notice Says where prices of destinations come from: this contract, another oracle, or zero, which ends the service.
    ///         Owner only. What `setRemoteGasData` writes counts where this contract is the oracle; it can be written before.
    function setDestinationGasConfigs(GasParam[] calldata configs) external;

    /// @notice Sets the overhead of a destination alone. Owner only.
    function setDestinationGasOverhead(uint32 remoteDomain, uint256 gasOverhead) external;

    /// @notice Says where prices in tokens come from. Owner only. Prices of this contract are those in the native token: it is
    ///         an oracle for tokens of the same worth only.
    function setTokenGasOracles(TokenGasOracleConfig[] calldata configs) external;
}
