// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable not-rely-on-time
// forge-lint: disable-start(block-timestamp)
// Whoever builds blocks can be off by seconds, which is nothing to how long prices of gas are good.

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {IOffchainQuoter} from "../interfaces/IOffchainQuoter.sol";

/// @title GasQuotes
/// @notice Prices that were signed off chain: who may sign, and the last ones. See IOffchainQuoter for their format and rules.
library GasQuotes {
    using EnumerableSet for EnumerableSet.AddressSet;

    bytes32 internal constant TYPEHASH =
        keccak256("SignedQuote(bytes context,bytes data,uint48 issuedAt,uint48 expiry,bytes32 salt,address submitter)");

    uint256 internal constant MAX_LIFETIME = 1 days;
    uint256 internal constant CONTEXT_LENGTH = 44;
    uint256 internal constant DATA_LENGTH = 32;

    /// @dev As destination of a context, no destination; as sender, everyone.
    uint32 internal constant NO_DESTINATION = type(uint32).max;
    address internal constant ANY_SENDER = address(type(uint160).max);

    struct Quote {
        uint128 tokenExchangeRate;
        uint128 gasPrice;
        uint48 issuedAt;
        uint48 expiry;
        address signer;
    }

    struct Book {
        EnumerableSet.AddressSet signers;
        mapping(address feeToken => mapping(uint32 destination => mapping(address sender => Quote))) quotes;
    }

    /// @notice The EIP-712 hash of a quote, without its domain.
    function hash(IOffchainQuoter.SignedQuote calldata sq) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TYPEHASH, keccak256(sq.context), keccak256(sq.data), sq.issuedAt, sq.expiry, sq.salt, sq.submitter
            )
        );
    }

    function addSigner(Book storage book, address signer) internal {
        if (signer == address(0) || !book.signers.add(signer)) revert IOffchainQuoter.InvalidSigner();
        emit IOffchainQuoter.QuoteSignerAdded(signer);
    }

    function removeSigner(Book storage book, address signer) internal {
        if (!book.signers.remove(signer)) revert IOffchainQuoter.InvalidSigner();
        emit IOffchainQuoter.QuoteSignerRemoved(signer);
    }

    /// @notice Enters a quote that `signer` signed.
    /// @return destination That it is for.
    function submit(Book storage book, IOffchainQuoter.SignedQuote calldata sq, address signer)
        internal
        returns (uint32 destination)
    {
        _requireInTime(sq);
        if (sq.submitter != address(0) && sq.submitter != msg.sender) revert IOffchainQuoter.InvalidSubmitter();
        if (!book.signers.contains(signer)) revert IOffchainQuoter.InvalidSigner();
        Quote memory quote = _parse(sq, signer);
        address feeToken = address(bytes20(sq.context[:20]));
        destination = uint32(bytes4(sq.context[20:24]));
        address sender = address(bytes20(sq.context[24:]));
        if (destination == NO_DESTINATION) revert IOffchainQuoter.InvalidQuote();

        Quote memory known = book.quotes[feeToken][destination][sender];
        // What was signed by one who is no signer any more does not hold up others.
        if (known.issuedAt >= quote.issuedAt && book.signers.contains(known.signer)) {
            if (known.issuedAt == quote.issuedAt) return destination;
            revert IOffchainQuoter.StaleQuote();
        }

        book.quotes[feeToken][destination][sender] = quote;
        emit IOffchainQuoter.QuoteSubmitted(sq.context, sq.issuedAt, sq.expiry);
    }

    /// @notice The prices that count for a sender now; zeros if none do.
    function find(Book storage book, address feeToken, uint32 destination, address sender)
        internal
        view
        returns (uint128 tokenExchangeRate, uint128 gasPrice)
    {
        mapping(address sender => Quote) storage quotes = book.quotes[feeToken][destination];
        (tokenExchangeRate, gasPrice) = _ifCounts(book, quotes[sender]);
        if (tokenExchangeRate == 0) (tokenExchangeRate, gasPrice) = _ifCounts(book, quotes[ANY_SENDER]);
    }

    /// @notice What was submitted last, whether it counts or not.
    function stored(Book storage book, address feeToken, uint32 destination, address sender)
        internal
        view
        returns (IOffchainQuoter.StoredGasQuote memory)
    {
        Quote memory quote = book.quotes[feeToken][destination][sender];
        return IOffchainQuoter.StoredGasQuote(quote.tokenExchangeRate, quote.gasPrice, quote.issuedAt, quote.expiry);
    }

    function _ifCounts(Book storage book, Quote memory quote) private view returns (uint128, uint128) {
        if (block.timestamp > quote.expiry || !book.signers.contains(quote.signer)) return (0, 0);
        return (quote.tokenExchangeRate, quote.gasPrice);
    }

    function _parse(IOffchainQuoter.SignedQuote calldata sq, address signer) private pure returns (Quote memory quote) {
        if (sq.context.length != CONTEXT_LENGTH || sq.data.length != DATA_LENGTH) {
            revert IOffchainQuoter.InvalidQuote();
        }
        quote = Quote({
            tokenExchangeRate: uint128(bytes16(sq.data[:16])),
            gasPrice: uint128(bytes16(sq.data[16:])),
            issuedAt: sq.issuedAt,
            expiry: sq.expiry,
            signer: signer
        });
        if (quote.tokenExchangeRate == 0 || quote.gasPrice == 0) revert IOffchainQuoter.InvalidQuote();
    }

    function _requireInTime(IOffchainQuoter.SignedQuote calldata sq) private view {
        if (sq.issuedAt > block.timestamp || sq.expiry <= sq.issuedAt || sq.expiry - sq.issuedAt > MAX_LIFETIME) {
            revert IOffchainQuoter.InvalidQuote();
        }
        if (block.timestamp > sq.expiry) revert IOffchainQuoter.QuoteExpired();
    }
}
