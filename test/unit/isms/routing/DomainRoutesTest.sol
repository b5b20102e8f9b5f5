// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IDomainRoutes, IRoutingIsm} from "src/interfaces/IRoutingIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ModuleTest} from "../../../kit/ModuleTest.sol";
import {Reference} from "../../../kit/Reference.sol";

/// @notice What holds for all modules that route by origin. Messages from ORIGIN go to `ism`, those from OTHER to a multisig
///         of other keys, and there is no route for UNKNOWN.
abstract contract DomainRoutesTest is ModuleTest {
    uint32 internal constant OTHER = 3000;
    uint32 internal constant UNKNOWN = 4000;

    IDomainRoutes internal module;
    IInterchainSecurityModule internal otherIsm;
    uint256[] internal otherKeys;
    bytes internal message;

    function setUp() public virtual override {
        super.setUp();
        address[] memory others = new address[](2);
        for (uint256 i; i < 2; ++i) {
            uint256 key;
            (others[i], key) = makeAddrAndKey(string.concat("other validator ", vm.toString(i)));
            otherKeys.push(key);
        }
        otherIsm = IInterchainSecurityModule(messageIdFactory.deploy(others, 2));
        module = _deploy(owner, _routes());
        message = _dispatch(address(recipient), "body");
        _trust(module);
    }

    function _deploy(address moduleOwner, IDomainRoutes.DomainModule[] memory routes)
        internal
        virtual
        returns (IDomainRoutes);

    /* ---------------------------------------------------- helpers --------------------------------------------------- */

    function _routes() internal view returns (IDomainRoutes.DomainModule[] memory routes) {
        routes = new IDomainRoutes.DomainModule[](2);
        routes[0] = IDomainRoutes.DomainModule(ORIGIN, ism);
        routes[1] = IDomainRoutes.DomainModule(OTHER, otherIsm);
    }

    function _route(uint32 domain, IInterchainSecurityModule to)
        internal
        pure
        returns (IDomainRoutes.DomainModule[] memory routes)
    {
        routes = new IDomainRoutes.DomainModule[](1);
        routes[0] = IDomainRoutes.DomainModule(domain, to);
    }

    function _noRoute(uint32 domain) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDomainRoutes.NoRoute.selector, domain);
    }

    function _unauthorized(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
    }

    function _ownable() internal view returns (Ownable2Step) {
        return Ownable2Step(address(module));
    }

    /// @dev The keys sign `signed`, and it is `message_` that is delivered with that.
    function _assertForeign(bytes memory signed, uint256[] memory keys, bytes memory message_) internal {
        bytes32 hash = Reference.checkpointHash(_checkpointOf(message_));
        bytes memory signatures = _signatures(Reference.checkpointHash(_checkpointOf(signed)), keys);
        bytes memory metadata = bytes.concat(Reference.messageIdMetadata(_checkpointOf(message_)), signatures);
        address seeming = _recovered(keys[0], Reference.checkpointHash(_checkpointOf(signed)), hash);
        _expectRefused(
            metadata, message_, abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, seeming)
        );
    }

    /* ------------------------------------------------------ routes -------------------------------------------------- */

    function test_moduleType() public view {
        assertEq(module.moduleType(), 1);
    }

    function test_constructor_setsAndEmitsTheRoutes() public {
        vm.expectEmit();
        emit IDomainRoutes.ModuleSet(ORIGIN, ism);
        vm.expectEmit();
        emit IDomainRoutes.ModuleSet(OTHER, otherIsm);
        module = _deploy(owner, _routes());
        assertEq(address(module.module(ORIGIN)), address(ism));
        assertEq(address(module.module(OTHER)), address(otherIsm));
        uint256[] memory domains = module.domains();
        assertEq(domains.length, 2);
        assertEq(domains[0], ORIGIN);
        assertEq(domains[1], OTHER);
        assertEq(_ownable().owner(), owner);
    }

    function test_constructor_ownerZero_reverts() public {
        IDomainRoutes.DomainModule[] memory routes = _routes();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        _deploy(address(0), routes);
    }

    function test_route_goesByTheOriginAlone() public view {
        assertEq(address(module.route(_message(7, ORIGIN, ""))), address(ism));
        assertEq(address(module.route(_message(0, OTHER, "body"))), address(otherIsm));
        // Sender, destination and recipient that look like other domains change nothing.
        bytes memory other =
            Reference.message(OTHER, ORIGIN, address(uint160(OTHER)), OTHER, bytes32(uint256(OTHER)), "");
        assertEq(address(module.route(other)), address(ism));
    }

    function test_route_tooShortToHaveAnOrigin_reverts() public {
        vm.expectRevert(bytes(""));
        module.route(new bytes(8));
        vm.expectRevert(bytes(""));
        module.verify("", new bytes(8));
    }

    function test_process_byTheModuleOfItsOrigin() public {
        _process(_messageIdMetadata(message, _keys(0, 1)), message);
        bytes memory other = _message(0, OTHER, "body");
        _process(_messageIdMetadata(other, otherKeys), other);
        assertEq(recipient.received(), 2);
    }

    function test_verify_passesWhatTheModuleAnswers() public {
        assertTrue(module.verify(_messageIdMetadata(message, _keys(0, 1)), message));
        vm.mockCall(address(ism), abi.encodeWithSelector(ism.verify.selector), abi.encode(false));
        assertFalse(module.verify("", message));
    }

    /* ----------------------------------------------- from another origin -------------------------------------------- */

    function test_process_otherOriginsValidators_canNotForge() public {
        // Attempt: validators of OTHER, all of them corrupt, sign a message that claims to come from ORIGIN, as such.
        _assertForeign(message, otherKeys, message);
        // The same the other way round.
        bytes memory forged = _message(0, OTHER, "body");
        _assertForeign(forged, _keys(0, 1), forged);
    }

    function test_process_replayedFromAnotherOrigin_reverts() public {
        // Attempt: what the validators of ORIGIN signed, for the same message as if it came from OTHER.
        bytes memory replayed = _message(0, OTHER, "body");
        _assertForeign(message, _keys(0, 1), replayed);
        bytes memory metadata = _messageIdMetadata(message, _keys(0, 1));
        vm.prank(relayer);
        (bool success,) =
            address(destinationMailbox).call(abi.encodeCall(destinationMailbox.process, (metadata, replayed)));
        assertFalse(success);
    }

    function test_process_replayedFromAnotherOrigin_byTheSameValidators_reverts() public {
        // Attempt: the same, where one set of validators signs for both origins.
        IDomainRoutes.DomainModule[] memory routes = _routes();
        routes[1].module = ism;
        module = _deploy(owner, routes);
        _trust(module);
        _assertForeign(message, _keys(0, 1), _message(0, OTHER, "body"));
    }

    /* ----------------------------------------------------- the owner ------------------------------------------------ */

    function test_set_addsARoute() public {
        vm.expectEmit(address(module));
        emit IDomainRoutes.ModuleSet(UNKNOWN, otherIsm);
        vm.prank(owner);
        module.set(UNKNOWN, otherIsm);
        assertEq(address(module.module(UNKNOWN)), address(otherIsm));
        assertEq(module.domains().length, 3);
        assertEq(module.domains()[2], UNKNOWN);
        bytes memory other = _message(0, UNKNOWN, "body");
        _process(_messageIdMetadata(other, otherKeys), other);
    }

    function test_setIsms_addsRoutes() public {
        IDomainRoutes.DomainModule[] memory routes = _routes();
        (routes[0].domain, routes[1].domain) = (UNKNOWN, UNKNOWN + 1);
        vm.expectEmit(address(module));
        emit IDomainRoutes.ModuleSet(UNKNOWN, ism);
        vm.expectEmit(address(module));
        emit IDomainRoutes.ModuleSet(UNKNOWN + 1, otherIsm);
        vm.prank(owner);
        module.setIsms(routes);
        assertEq(address(module.module(UNKNOWN)), address(ism));
        assertEq(address(module.module(UNKNOWN + 1)), address(otherIsm));
    }

    function test_moduleWithoutCode_isRefused() public {
        IDomainRoutes sut = module;
        address[2] memory without = [bob, address(0)];
        for (uint256 i; i < without.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(IRoutingIsm.NotAContract.selector, without[i]);
            IInterchainSecurityModule to = IInterchainSecurityModule(without[i]);
            vm.expectRevert(reason);
            _deploy(owner, _route(UNKNOWN, to));
            vm.startPrank(owner);
            vm.expectRevert(reason);
            sut.set(UNKNOWN, to);
            vm.expectRevert(reason);
            sut.setIsms(_route(UNKNOWN, to));
            vm.stopPrank();
        }
        assertEq(module.domains().length, 2);
    }

    function test_setters_whenNotOwner_revert() public {
        // Attempt: anyone, a module, the Mailbox, who is to be the owner but has not accepted.
        vm.prank(owner);
        _ownable().transferOwnership(bob);
        address[4] memory strangers = [attacker, address(ism), address(destinationMailbox), bob];
        for (uint256 i; i < strangers.length; ++i) {
            _assertNoPower(strangers[i]);
        }
    }

    function test_ownership_goesOverInTwoSteps() public {
        vm.prank(owner);
        _ownable().transferOwnership(bob);
        assertEq(_ownable().owner(), owner);
        vm.prank(bob);
        _ownable().acceptOwnership();
        assertEq(_ownable().owner(), bob);
        _assertNoPower(owner);
        vm.prank(bob);
        module.set(UNKNOWN, ism);
    }

    function test_renounceOwnership_leavesTheRoutesForEver() public {
        vm.prank(owner);
        _ownable().renounceOwnership();
        _assertNoPower(owner);
        _process(_messageIdMetadata(message, _keys(0, 1)), message);
    }

    function _assertNoPower(address caller) internal virtual {
        IDomainRoutes sut = module;
        vm.startPrank(caller);
        vm.expectRevert(_unauthorized(caller));
        sut.set(UNKNOWN, otherIsm);
        vm.expectRevert(_unauthorized(caller));
        sut.set(ORIGIN, otherIsm);
        vm.expectRevert(_unauthorized(caller));
        sut.setIsms(_route(UNKNOWN, otherIsm));
        vm.stopPrank();
    }

    function test_nothingIsLeftToInitialize() public {
        // Attempt (Wormhole 2022): the ecosystem's initialisers.
        bytes[2] memory calls = [
            abi.encodeWithSignature("initialize(address)", attacker),
            abi.encodeWithSignature(
                "initialize(address,uint32[],address[])", attacker, new uint32[](0), new address[](0)
            )
        ];
        for (uint256 i; i < calls.length; ++i) {
            (bool success, bytes memory data) = address(module).call(calls[i]);
            assertFalse(success);
            assertEq(data.length, 0);
        }
    }

    /// @dev Against a plain mapping.
    function testFuzz_set_addedDomains_areThoseSet(uint32[8] memory added) public {
        vm.startPrank(owner);
        for (uint256 i; i < added.length; ++i) {
            bool known = added[i] == ORIGIN || added[i] == OTHER;
            for (uint256 j; j < i; ++j) {
                known = known || added[j] == added[i];
            }
            if (known) continue;
            uint256 before = module.domains().length;
            module.set(added[i], otherIsm);
            assertEq(address(module.module(added[i])), address(otherIsm));
            assertEq(module.domains().length, before + 1);
            assertEq(module.domains()[before], added[i]);
        }
        assertEq(address(module.module(ORIGIN)), address(ism));
    }
}
