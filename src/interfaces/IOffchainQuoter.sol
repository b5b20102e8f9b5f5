// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IOffchainQuoter
/// @notice Takes prices of gas that were signed off chain and holds for a while, instead of those of an oracle.
/// @dev A quote is signed by EIP-712, domain name "OffchainQuoter", version "1", the chain's id, this contract, as
///
///      SignedQuote(bytes context,bytes data,uint48 issuedAt,uint48 expiry,bytes32 salt,address submitter)
///
///      with times in seconds since 1970, big-endian and packed:
///
///      | context | offset | bytes | field       |                                                              |
///      |---------|--------|-------|-------------|--------------------------------------------------------------|
///      |         |      0 |    20 | feeToken    | paid in, zero for the native token                            |
///      |         |     20 |     4 | destination | domain; 2^32 - 1 is none                                      |
///      |         |     24 |    20 | sender      | of the message, or who pays apart from one; 0xff...ff for all |
///
///      | data    | offset | bytes | field             |                          |
///      |---------|--------|-------|-------------------|--------------------------|
///      |         |      0 |    16 | tokenExchangeRate | as IGasOracle has them   |
///      |         |     16 |    16 | gasPrice          |                          |
///
///      Of two for the same context the one issued later counts, of two issued in the same second the first submitted. A quote
///      for the sender goes before one for all. It counts from its submission up to and including `expiry`, as long as who
///      signed it is a signer: removing a signer ends its quotes at once, making it one again revives those not expired.
///      `salt` is free; it is signed and means nothing.
///
///      There are no quotes for every destination, and none that live for a single transaction (`expiry == issuedAt`), which
///      the ecosystem has: a payment would have to look for them each time.
///
///      Warning: a signer prices gas as it likes, also at next to nothing, where the owner has opened a destination and a token
///      for payment. Who submits chooses among the quotes still good that it was given.
interface IOffchainQuoter {
    /// @notice What is signed.
    // solhint-disable-next-line gas-struct-packing
    struct SignedQuote {
        bytes context;
        bytes data;
        uint48 issuedAt;
        uint48 expiry;
        bytes32 salt;
        address submitter;
    }

    /// @notice What is known of the quote submitted last for a context.
    struct StoredGasQuote {
        uint128 tokenExchangeRate;
        uint128 gasPrice;
        uint48 issuedAt;
        uint48 expiry;
    }

    /// @notice The owner made an account a signer.
    event QuoteSignerAdded(address signer);

    /// @notice The owner removed a signer.
    event QuoteSignerRemoved(address signer);

    /// @notice A quote counts from now on.
    event QuoteSubmitted(bytes context, uint48 issuedAt, uint48 expiry);

    /// @notice Context or data are of another length, a price is zero, the destination is 2^32 - 1, or the times are in the
    ///         future, in the wrong order, or further apart than MAX_QUOTE_LIFETIME.
    error InvalidQuote();

    /// @notice It is not signed by a signer, or who shall be one is zero or one already, or who shall not is none.
    error InvalidSigner();

    /// @notice Another account is to submit it.
    error InvalidSubmitter();

    /// @notice It counts no more.
    error QuoteExpired();

    /// @notice One issued later is known.
    error StaleQuote();

    /// @notice EIP-712 hash of the type above.
    function SIGNED_QUOTE_TYPEHASH() external view returns (bytes32);

    /// @notice Seconds that a quote counts at most.
    function MAX_QUOTE_LIFETIME() external view returns (uint256);

    /// @notice Who may sign quotes.
    function quoteSigners() external view returns (address[] memory);

    /// @notice Whether an account may sign quotes.
    function isQuoteSigner(address signer) external view returns (bool);

    /// @notice The quote submitted last for a context, whether it counts or not; zeros if there was none.
    function offchainQuotes(address feeToken, uint32 destination, address sender)
        external
        view
        returns (StoredGasQuote memory);

    /// @notice Makes a quote count. Its `submitter`, or anyone if that is zero. One that is known already changes nothing, so
    ///         that whoever was faster does no harm.
    function submitQuote(SignedQuote calldata sq, bytes calldata signature) external;

    /// @notice Makes an account a signer. Owner only.
    function addQuoteSigner(address signer) external;

    /// @notice Removes a signer, and with it the quotes that it signed. Owner only.
    function removeQuoteSigner(address signer) external;
}
