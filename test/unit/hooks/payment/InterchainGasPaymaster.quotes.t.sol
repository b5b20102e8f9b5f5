// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IOffchainQuoter} from "src/interfaces/IOffchainQuoter.sol";

import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {PaymasterTest} from "./PaymasterTest.sol";

/// @notice Prices signed off chain, with real signatures over digests by the definition of EIP-712.
contract InterchainGasPaymasterQuotesTest is PaymasterTest {
    address internal constant EVERYONE = address(type(uint160).max);
    uint128 internal constant QUOTED_RATE = 1e10;
    uint128 internal constant QUOTED_PRICE = 1 gwei;
    uint256 internal constant GAS = 100_000;

    address internal signer;
    uint256 internal signerKey;
    uint256 internal start;

    function setUp() public override {
        super.setUp();
        (signer, signerKey) = makeAddrAndKey("quote signer");
        vm.prank(owner);
        paymaster.addQuoteSigner(signer);
        start = block.timestamp;
    }

    /* ---------------------------------------------------- helpers --------------------------------------------------- */

    /// @dev For all senders, in the native token, submitted by anyone, good for an hour.
    function _quote() internal view returns (IOffchainQuoter.SignedQuote memory) {
        return _quoteFor(NATIVE, DESTINATION, EVERYONE, QUOTED_PRICE);
    }

    function _quoteFor(address feeToken, uint32 destination, address sender, uint128 gasPrice)
        internal
        view
        returns (IOffchainQuoter.SignedQuote memory)
    {
        return IOffchainQuoter.SignedQuote({
            context: abi.encodePacked(feeToken, destination, sender),
            data: abi.encodePacked(QUOTED_RATE, gasPrice),
            issuedAt: uint48(block.timestamp),
            expiry: uint48(block.timestamp + 1 hours),
            salt: keccak256("salt"),
            submitter: address(0)
        });
    }

    function _digest(IOffchainQuoter.SignedQuote memory sq, uint256 chainId, address contract_)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("OffchainQuoter"),
                keccak256("1"),
                chainId,
                contract_
            )
        );
        bytes32 type_ = keccak256(
            "SignedQuote(bytes context,bytes data,uint48 issuedAt,uint48 expiry,bytes32 salt,address submitter)"
        );
        bytes32 content = keccak256(
            abi.encode(type_, keccak256(sq.context), keccak256(sq.data), sq.issuedAt, sq.expiry, sq.salt, sq.submitter)
        );
        return keccak256(abi.encodePacked(hex"1901", domain, content));
    }

    function _signed(IOffchainQuoter.SignedQuote memory sq) internal view returns (bytes memory) {
        return _sign(signerKey, _digest(sq, block.chainid, address(paymaster)));
    }

    function _submit(IOffchainQuoter.SignedQuote memory sq) internal {
        paymaster.submitQuote(sq, _signed(sq));
    }

    function _expectRefused(IOffchainQuoter.SignedQuote memory sq, bytes4 reason) internal {
        bytes memory signature = _signed(sq);
        vm.expectRevert(reason);
        paymaster.submitQuote(sq, signature);
    }

    function _quotedCost(uint128 gasPrice) internal pure returns (uint256) {
        return (GAS * gasPrice * QUOTED_RATE) / SCALE;
    }

    function _priceFor(address payer) internal returns (uint256) {
        vm.prank(payer);
        return paymaster.quoteGasPayment(DESTINATION, GAS);
    }

    /* ------------------------------------------------------ format -------------------------------------------------- */

    /// @dev The ecosystem's constant, read from its published bytecode.
    function test_typehash_isTheEcosystems() public view {
        assertEq(paymaster.SIGNED_QUOTE_TYPEHASH(), 0x5b9a93ac92d9a233c85eb8944e226f205eb7814ae23191ca6892c4bafc14e764);
        assertEq(paymaster.MAX_QUOTE_LIFETIME(), 1 days);
    }

    function test_submitQuote_setsThePriceForAll() public {
        IOffchainQuoter.SignedQuote memory sq = _quote();
        assertEq(_priceFor(alice), _cost(GAS));
        vm.expectEmit(address(paymaster));
        emit IOffchainQuoter.QuoteSubmitted(sq.context, sq.issuedAt, sq.expiry);
        _submit(sq);
        assertEq(_priceFor(alice), _quotedCost(QUOTED_PRICE));
        assertEq(_priceFor(bob), _quotedCost(QUOTED_PRICE));
        IOffchainQuoter.StoredGasQuote memory stored = paymaster.offchainQuotes(NATIVE, DESTINATION, EVERYONE);
        assertEq(stored.tokenExchangeRate, QUOTED_RATE);
        assertEq(stored.gasPrice, QUOTED_PRICE);
        assertEq(stored.issuedAt, sq.issuedAt);
        assertEq(stored.expiry, sq.expiry);
        // The oracle is what it was, and so are other destinations.
        (uint128 rate, uint128 gasPrice) = paymaster.getExchangeRateAndGasPrice(DESTINATION);
        assertEq(rate, RATE);
        assertEq(gasPrice, GAS_PRICE);
    }

    function test_payments_byQuote() public {
        _submit(_quote());
        uint256 fee = _quotedCost(QUOTED_PRICE);
        vm.prank(alice);
        paymaster.payForGas{value: fee + 1}(ID, DESTINATION, GAS, bob);
        assertEq(address(paymaster).balance, fee);
        assertEq(bob.balance, 1);

        uint256 dispatchFee = ((DEFAULT_GAS + OVERHEAD) * QUOTED_PRICE * QUOTED_RATE) / SCALE;
        assertEq(paymaster.quoteDispatch("", _nextMessage(bob, "")), dispatchFee);
        _dispatchWith(dispatchFee, "");
        assertEq(address(paymaster).balance, fee + dispatchFee);
    }

    function test_quoteForASender_goesBeforeThatForAll_andIsForThatSenderAlone() public {
        _submit(_quoteFor(NATIVE, DESTINATION, alice, 5));
        assertEq(_priceFor(alice), _quotedCost(5));
        assertEq(_priceFor(bob), _cost(GAS));
        _submit(_quoteFor(NATIVE, DESTINATION, EVERYONE, 6));
        assertEq(_priceFor(alice), _quotedCost(5));
        assertEq(_priceFor(bob), _quotedCost(6));
        // Of a dispatch it is the message's sender that counts, whoever calls.
        uint256 gas = DEFAULT_GAS + OVERHEAD;
        bytes memory message = Reference.message(0, ORIGIN, alice, DESTINATION, 0, "");
        vm.prank(bob);
        assertEq(paymaster.quoteDispatch("", message), (gas * 5 * QUOTED_RATE) / SCALE);
        message = Reference.message(0, ORIGIN, bob, DESTINATION, 0, "");
        vm.prank(alice);
        assertEq(paymaster.quoteDispatch("", message), (gas * 6 * QUOTED_RATE) / SCALE);
    }

    /// @dev When that for the sender has expired, that for all counts, and then the oracle again.
    function test_expiry() public {
        IOffchainQuoter.SignedQuote memory short = _quoteFor(NATIVE, DESTINATION, alice, 5);
        short.expiry = short.issuedAt + 60;
        _submit(short);
        _submit(_quoteFor(NATIVE, DESTINATION, EVERYONE, 6));
        vm.warp(start + 60);
        assertEq(_priceFor(alice), _quotedCost(5)); // up to and including
        vm.warp(start + 61);
        assertEq(_priceFor(alice), _quotedCost(6));
        vm.warp(start + 1 hours);
        assertEq(_priceFor(alice), _quotedCost(6));
        vm.warp(start + 1 hours + 1);
        assertEq(_priceFor(alice), _cost(GAS));
        assertEq(paymaster.offchainQuotes(NATIVE, DESTINATION, EVERYONE).gasPrice, 6); // known, but counts no more
    }

    /// @dev A short quote after a long one does not end the looking for the long one.
    function test_aShorterQuote_doesNotHideALongerOne() public {
        _submit(_quote());
        IOffchainQuoter.SignedQuote memory short = _quoteFor(NATIVE, DESTINATION, bob, 5);
        short.expiry = short.issuedAt + 60;
        _submit(short);
        vm.warp(start + 61);
        assertEq(_priceFor(alice), _quotedCost(QUOTED_PRICE));
    }

    function test_tokens_haveQuotesOfTheirOwn() public {
        uint256 byOracle = paymaster.quoteGasPayment(address(token), DESTINATION, GAS);
        _submit(_quoteFor(NATIVE, DESTINATION, EVERYONE, 5));
        assertEq(paymaster.quoteGasPayment(address(token), DESTINATION, GAS), byOracle);
        _submit(_quoteFor(address(token), DESTINATION, EVERYONE, 6));
        assertEq(paymaster.quoteGasPayment(address(token), DESTINATION, GAS), _quotedCost(6));
        assertEq(_priceFor(alice), _quotedCost(5));

        vm.prank(alice);
        token.approve(address(paymaster), type(uint256).max);
        vm.prank(alice);
        paymaster.payForGas(address(token), ID, DESTINATION, GAS);
        assertEq(token.balanceOf(address(paymaster)), _quotedCost(6));
    }

    /// @dev A signer prices, but opens nothing.
    function test_quoteForWhatIsNotServed_countsNot() public {
        _submit(_quoteFor(NATIVE, 77, EVERYONE, 5));
        vm.expectRevert(_notServed(77));
        paymaster.quoteGasPayment(77, GAS);
        _submit(_quoteFor(bob, DESTINATION, EVERYONE, 5));
        vm.expectRevert(abi.encodeWithSelector(IInterchainGasPaymaster.TokenNotAccepted.selector, bob, DESTINATION));
        paymaster.quoteGasPayment(bob, DESTINATION, GAS);
        _submit(_quote());
        _serve(DESTINATION, IGasOracle(address(0)), 0);
        vm.expectRevert(_notServed(DESTINATION));
        paymaster.quoteGasPayment(DESTINATION, GAS);
    }

    /// @dev Where there never were prices, those of a quote do, if the owner opened the destination.
    function test_quoteWhereTheOracleHasNone_counts() public {
        _serve(77, paymaster, 0);
        _submit(_quoteFor(NATIVE, 77, EVERYONE, 5));
        assertEq(paymaster.quoteGasPayment(77, GAS), _quotedCost(5));
        _serve(77, tokenOracle, 0);
        assertEq(paymaster.quoteGasPayment(77, GAS), _quotedCost(5));
    }

    /* ----------------------------------------------------- freshness ------------------------------------------------ */

    function test_submitQuote_newerWins_olderIsStale() public {
        IOffchainQuoter.SignedQuote memory older = _quoteFor(NATIVE, DESTINATION, EVERYONE, 5);
        vm.warp(start + 10);
        IOffchainQuoter.SignedQuote memory newer = _quoteFor(NATIVE, DESTINATION, EVERYONE, 6);
        _submit(older);
        assertEq(_priceFor(alice), _quotedCost(5));
        _submit(newer);
        assertEq(_priceFor(alice), _quotedCost(6));
        _expectRefused(older, IOffchainQuoter.StaleQuote.selector);
        // Also when the newer one has expired before the older.
        newer.issuedAt = uint48(block.timestamp) + 1;
        newer.expiry = newer.issuedAt + 5;
        vm.warp(start + 11);
        _submit(newer);
        vm.warp(start + 100);
        _expectRefused(older, IOffchainQuoter.StaleQuote.selector);
    }

    /// @dev Whoever is faster does the submitter's work, no harm.
    function test_submitQuote_twice_changesNothing() public {
        IOffchainQuoter.SignedQuote memory sq = _quoteFor(NATIVE, DESTINATION, EVERYONE, 5);
        vm.prank(attacker);
        _submitAs(sq);
        _submitAs(sq);
        assertEq(_priceFor(alice), _quotedCost(5));
        // Of two issued in the same second the first submitted counts.
        _submit(_quoteFor(NATIVE, DESTINATION, EVERYONE, 6));
        assertEq(_priceFor(alice), _quotedCost(5));
    }

    function _submitAs(IOffchainQuoter.SignedQuote memory sq) internal {
        bytes memory signature = _signed(sq);
        paymaster.submitQuote(sq, signature);
    }

    function test_submitQuote_outOfTime_reverts() public {
        vm.warp(start + 2 days);
        IOffchainQuoter.SignedQuote memory sq = _quote();
        // From the future: it would make all those of the meantime stale.
        sq.issuedAt = uint48(block.timestamp) + 1;
        _expectRefused(sq, IOffchainQuoter.InvalidQuote.selector);
        // It ends before it begins, or at once.
        sq = _quote();
        sq.expiry = sq.issuedAt;
        _expectRefused(sq, IOffchainQuoter.InvalidQuote.selector);
        sq.expiry = sq.issuedAt - 1;
        _expectRefused(sq, IOffchainQuoter.InvalidQuote.selector);
        // Too long.
        sq = _quote();
        sq.expiry = sq.issuedAt + 1 days + 1;
        _expectRefused(sq, IOffchainQuoter.InvalidQuote.selector);
        sq.expiry = sq.issuedAt + 1 days;
        _submit(sq);
        // Over.
        sq = _quote();
        sq.issuedAt -= 100;
        sq.expiry = uint48(block.timestamp) - 1;
        _expectRefused(sq, IOffchainQuoter.QuoteExpired.selector);
        sq.context = abi.encodePacked(NATIVE, DESTINATION, bob);
        sq.expiry = uint48(block.timestamp);
        _submit(sq);
    }

    /* ------------------------------------------------------ refusals ------------------------------------------------ */

    function test_submitQuote_malformed_reverts() public {
        IOffchainQuoter.SignedQuote memory sq = _quote();
        bytes[4] memory contexts =
            [bytes(""), bytes.concat(sq.context, hex"00"), abi.encodePacked(NATIVE, DESTINATION, bytes19(0)), sq.data];
        for (uint256 i; i < contexts.length; ++i) {
            sq.context = contexts[i];
            _expectRefused(sq, IOffchainQuoter.InvalidQuote.selector);
        }
        sq = _quote();
        bytes[5] memory datas = [
            bytes(""),
            bytes.concat(sq.data, hex"00"),
            abi.encodePacked(QUOTED_RATE, uint120(1)),
            abi.encodePacked(QUOTED_RATE, uint128(0)),
            abi.encodePacked(uint128(0), QUOTED_PRICE)
        ];
        for (uint256 i; i < datas.length; ++i) {
            sq.data = datas[i];
            _expectRefused(sq, IOffchainQuoter.InvalidQuote.selector);
        }
        // There is no price for every destination.
        _expectRefused(_quoteFor(NATIVE, type(uint32).max, EVERYONE, 1), IOffchainQuoter.InvalidQuote.selector);
    }

    function test_submitQuote_byAnotherSubmitter_reverts() public {
        IOffchainQuoter.SignedQuote memory sq = _quote();
        sq.submitter = bob;
        bytes memory signature = _signed(sq);
        vm.prank(attacker);
        vm.expectRevert(IOffchainQuoter.InvalidSubmitter.selector);
        paymaster.submitQuote(sq, signature);
        vm.prank(bob);
        paymaster.submitQuote(sq, signature);
        assertEq(_priceFor(alice), _quotedCost(QUOTED_PRICE));
    }

    function test_submitQuote_notSignedByASigner_reverts() public {
        IOffchainQuoter.SignedQuote memory sq = _quote();
        bytes32 digest = _digest(sq, block.chainid, address(paymaster));
        bytes memory good = _signed(sq);
        bytes[5] memory signatures = [
            _sign(attackerKey, digest),
            _malleated(signerKey, digest),
            bytes(""),
            new bytes(65),
            bytes.concat(good, hex"00")
        ];
        for (uint256 i; i < signatures.length; ++i) {
            vm.expectRevert(IOffchainQuoter.InvalidSigner.selector);
            paymaster.submitQuote(sq, signatures[i]);
        }
    }

    /// @dev One test per field of the digest: what was signed for something else is not good here.
    function test_submitQuote_signedForSomethingElse_reverts() public {
        IOffchainQuoter.SignedQuote memory sq = _quote();
        bytes[2] memory signatures = [
            _sign(signerKey, _digest(sq, block.chainid + 1, address(paymaster))),
            _sign(signerKey, _digest(sq, block.chainid, address(tokenOracle)))
        ];
        for (uint256 i; i < signatures.length; ++i) {
            vm.expectRevert(IOffchainQuoter.InvalidSigner.selector);
            paymaster.submitQuote(sq, signatures[i]);
        }
        bytes memory signature = _signed(sq);
        IOffchainQuoter.SignedQuote[6] memory others;
        for (uint256 i; i < others.length; ++i) {
            others[i] = _quote();
        }
        others[0].context = abi.encodePacked(NATIVE, uint32(77), EVERYONE);
        others[1].data = abi.encodePacked(QUOTED_RATE, QUOTED_PRICE - 1);
        others[2].issuedAt -= 1;
        others[3].expiry += 1;
        others[4].salt = 0;
        others[5].submitter = address(this);
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(IOffchainQuoter.InvalidSigner.selector);
            paymaster.submitQuote(others[i], signature);
        }
        paymaster.submitQuote(sq, signature);
    }

    /// @dev On a fork of the chain the quotes of the other side are not good.
    function test_submitQuote_afterAChainSplit_reverts() public {
        IOffchainQuoter.SignedQuote memory sq = _quote();
        bytes memory signature = _signed(sq);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(IOffchainQuoter.InvalidSigner.selector);
        paymaster.submitQuote(sq, signature);
    }

    /* ------------------------------------------------------ signers ------------------------------------------------- */

    function test_signers() public {
        vm.startPrank(owner);
        vm.expectEmit(address(paymaster));
        emit IOffchainQuoter.QuoteSignerAdded(bob);
        paymaster.addQuoteSigner(bob);
        assertTrue(paymaster.isQuoteSigner(bob));
        assertEq(paymaster.quoteSigners().length, 2);
        assertEq(paymaster.quoteSigners()[1], bob);
        vm.expectEmit(address(paymaster));
        emit IOffchainQuoter.QuoteSignerRemoved(signer);
        paymaster.removeQuoteSigner(signer);
        assertFalse(paymaster.isQuoteSigner(signer));
        assertEq(paymaster.quoteSigners().length, 1);
        assertEq(paymaster.quoteSigners()[0], bob);
        vm.expectRevert(IOffchainQuoter.InvalidSigner.selector);
        paymaster.removeQuoteSigner(signer);
        vm.expectRevert(IOffchainQuoter.InvalidSigner.selector);
        paymaster.addQuoteSigner(bob);
    }

    /// @dev If nobody were a signer, every broken signature would be good.
    function test_addQuoteSigner_nobody_reverts() public {
        vm.prank(owner);
        vm.expectRevert(IOffchainQuoter.InvalidSigner.selector);
        paymaster.addQuoteSigner(address(0));
        assertFalse(paymaster.isQuoteSigner(address(0)));
    }

    function test_removeQuoteSigner_endsItsQuotes() public {
        _submit(_quote());
        _submit(_quoteFor(NATIVE, DESTINATION, alice, 5));
        vm.prank(owner);
        paymaster.removeQuoteSigner(signer);
        assertEq(_priceFor(alice), _cost(GAS));
        _expectRefused(_quoteFor(NATIVE, DESTINATION, bob, 5), IOffchainQuoter.InvalidSigner.selector);
        // Making it one again revives them.
        vm.prank(owner);
        paymaster.addQuoteSigner(signer);
        assertEq(_priceFor(alice), _quotedCost(5));
    }

    /// @dev A stolen key's last quote, as new as can be, does not hold up an honest one that is older.
    function test_removeQuoteSigner_whatItSignedHoldsUpNobody() public {
        IOffchainQuoter.SignedQuote memory honest = _quoteFor(NATIVE, DESTINATION, EVERYONE, 6);
        vm.warp(start + 10);
        (address stolen, uint256 stolenKey) = makeAddrAndKey("stolen");
        vm.prank(owner);
        paymaster.addQuoteSigner(stolen);
        IOffchainQuoter.SignedQuote memory bad = _quoteFor(NATIVE, DESTINATION, EVERYONE, 1);
        paymaster.submitQuote(bad, _sign(stolenKey, _digest(bad, block.chainid, address(paymaster))));
        _expectRefused(honest, IOffchainQuoter.StaleQuote.selector);
        vm.prank(owner);
        paymaster.removeQuoteSigner(stolen);
        _submit(honest);
        assertEq(_priceFor(alice), _quotedCost(6));
    }

    /// @dev Of another paymaster nothing is known here.
    function test_quotes_areOfOnePaymaster() public {
        _submit(_quote());
        IInterchainGasPaymaster other = Shipped.gasPaymaster(originMailbox, owner, beneficiary, updater);
        assertEq(other.offchainQuotes(NATIVE, DESTINATION, EVERYONE).issuedAt, 0);
    }
}
