// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

import {IAggregationIsm} from "src/interfaces/IAggregationIsm.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPausableIsm} from "src/interfaces/IPausableIsm.sol";
import {AggregationMetadata} from "src/libraries/AggregationMetadata.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ModuleTest} from "../../../kit/ModuleTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {RawAnswer} from "../../../mocks/RawAnswer.sol";
import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";

/// @notice What holds for aggregations wherever the set is kept. Two of three: a message-id multisig, a merkle-root multisig
///         of other keys, and a pausable one.
abstract contract AggregationIsmTest is ModuleTest {
    IAggregationIsm internal module;
    IPausableIsm internal pausable;
    address[] internal modules;
    uint256[] internal otherKeys;
    bytes internal message;
    bytes[] internal parts;

    function setUp() public virtual override {
        super.setUp();
        address[] memory others = new address[](2);
        for (uint256 i; i < 2; ++i) {
            uint256 key;
            (others[i], key) = makeAddrAndKey(string.concat("other validator ", vm.toString(i)));
            otherKeys.push(key);
        }
        pausable = Shipped.pausableIsm(owner, address(0));
        modules = [address(ism), Shipped.merkleRootMultisigIsmFactory().deploy(others, 2), address(pausable)];
        module = _deploy(modules, 2);
        message = _dispatch(address(recipient), "body");
        parts = [_messageIdMetadata(message, _keys(0, 1)), _merkleRootMetadata(message, otherKeys), bytes("")];
        _trust(module);
    }

    function _deploy(address[] memory set, uint8 threshold) internal virtual returns (IAggregationIsm);

    /* ---------------------------------------------------- helpers --------------------------------------------------- */

    /// @dev Of the parts, those whose bit is set.
    function _supply(uint256 mask) internal view returns (bytes memory) {
        bool[] memory supplied = new bool[](parts.length);
        for (uint256 i; i < parts.length; ++i) {
            supplied[i] = (mask >> i) & 1 == 1;
        }
        return Reference.aggregationMetadata(parts, supplied);
    }

    /// @dev Metadata of an aggregation that has only this one table entry for its first module.
    function _entry(uint256 start, uint256 end) internal pure returns (bytes memory) {
        return abi.encodePacked(uint32(start), uint32(end));
    }

    function _assertRefused(bytes memory metadata, bytes memory reason) internal {
        vm.expectRevert(reason);
        module.verify(metadata, message);
    }

    function _notEnough(uint256 agreed, uint256 threshold) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAggregationIsm.NotEnoughModules.selector, agreed, threshold);
    }

    function _invalidRange(uint256 index) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(AggregationMetadata.InvalidRange.selector, index);
    }

    /// @dev The third module is replaced.
    function _replaceThird(address other) internal {
        modules[2] = other;
        module = _deploy(modules, 2);
        _trust(module);
    }

    /* ------------------------------------------------------ m of n -------------------------------------------------- */

    function test_moduleType() public view {
        assertEq(module.moduleType(), 2);
    }

    function test_modulesAndThreshold_areThoseGiven_inTheirOrder() public view {
        (address[] memory set, uint8 threshold) = module.modulesAndThreshold(message);
        assertEq(set, modules);
        assertEq(threshold, 2);
    }

    function test_process_anyTwoOfThree() public {
        uint256 before = vm.snapshotState();
        uint8[4] memory masks = [3, 5, 6, 7];
        for (uint256 i; i < masks.length; ++i) {
            vm.revertToState(before);
            _process(_supply(masks[i]), message);
            assertEq(recipient.received(), 1);
        }
    }

    function test_process_oneOrNone_reverts() public {
        _expectRefused(_supply(0), message, _notEnough(0, 2));
        _expectRefused(_supply(1), message, _notEnough(1, 2));
        _expectRefused(_supply(2), message, _notEnough(1, 2));
        _expectRefused(_supply(4), message, _notEnough(1, 2));
    }

    function test_verify_eachThreshold() public {
        for (uint8 threshold = 1; threshold <= 3; ++threshold) {
            module = _deploy(modules, threshold);
            for (uint256 mask; mask < 8; ++mask) {
                uint256 count = (mask & 1) + ((mask >> 1) & 1) + (mask >> 2);
                if (count < threshold) _assertRefused(_supply(mask), _notEnough(count, threshold));
                else assertTrue(module.verify(_supply(mask), message));
            }
        }
    }

    function test_verify_oneModuleCanNotAgreeTwice() public {
        // Attempt: the metadata of the one module that is satisfied, at the places of the others too.
        parts[1] = parts[0];
        _assertRefused(_supply(3), abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 0, 2));
        pausable = IPausableIsm(modules[2]);
        vm.prank(owner);
        pausable.pause();
        parts[2] = parts[0];
        _assertRefused(_supply(5), abi.encodeWithSelector(Pausable.EnforcedPause.selector));
    }

    function test_verify_modulesInAnotherOrder_reverts() public {
        (parts[0], parts[1]) = (parts[1], parts[0]);
        (bool success,) = address(module).call(abi.encodeCall(module.verify, (_supply(3), message)));
        assertFalse(success);
    }

    function test_process_changedMessage_reverts() public {
        // Attempt: metadata that is good for another message.
        bytes memory forged = _message(0, ORIGIN, "another body");
        (bool success, bytes memory reason) =
            address(destinationMailbox).call(abi.encodeCall(destinationMailbox.process, (_supply(7), forged)));
        assertFalse(success);
        assertEq(bytes4(reason), ValidatorSignatures.NotAValidator.selector);
    }

    function testFuzz_verify_changedMessage_neverVerifies(uint256 bit) public {
        bytes memory changed = message;
        bit = bound(bit, 0, changed.length * 8 - 1);
        changed[bit / 8] ^= bytes1(uint8(2 ** (bit % 8)));
        (bool success,) = address(module).call(abi.encodeCall(module.verify, (_supply(7), changed)));
        assertFalse(success);
    }

    function testFuzz_verify_changedMetadata_neverReplacesAModule(uint256 bit, uint8 mask) public {
        // Attempt: tampered with anywhere, the table too, metadata of one satisfied module never makes two. The pausable one,
        // which takes any metadata, is paused.
        vm.prank(owner);
        pausable.pause();
        bytes memory metadata = _supply(mask % 2 == 0 ? 1 : 2);
        bit = bound(bit, 0, metadata.length * 8 - 1);
        metadata[bit / 8] ^= bytes1(uint8(2 ** (bit % 8)));
        (bool success,) = address(module).call(abi.encodeCall(module.verify, (metadata, message)));
        assertFalse(success);
    }

    /* ------------------------------------------------------ surplus ------------------------------------------------- */

    function test_verify_surplusIsNotLookedAt() public {
        // Good, garbage, out of range in each way, or no table entry at all.
        vm.expectCall(modules[2], abi.encodeWithSelector(module.verify.selector), 0);
        assertTrue(module.verify(_supply(7), message));
        parts[2] = hex"ffffffffffffffff";
        assertTrue(module.verify(_supply(7), message));

        bytes[4] memory entries = [_entry(24, 23), _entry(24, type(uint32).max), _entry(type(uint32).max, 0), bytes("")];
        for (uint256 i; i < entries.length; ++i) {
            uint256 first = 16 + entries[i].length;
            uint256 second = first + parts[0].length;
            bytes memory metadata = bytes.concat(
                _entry(first, second), _entry(second, second + parts[1].length), entries[i], parts[0], parts[1]
            );
            assertTrue(module.verify(metadata, message));
        }
    }

    function test_verify_surplusModule_isNotCalled_evenIfItWouldRevertOrWrite() public {
        RawAnswer.Kind[3] memory kinds = [RawAnswer.Kind.Revert, RawAnswer.Kind.WriteStorage, RawAnswer.Kind.Loop];
        for (uint256 i; i < kinds.length; ++i) {
            _replaceThird(address(new RawAnswer(kinds[i], "", 0)));
            vm.expectCall(modules[2], "", 0);
            assertTrue(module.verify(_supply(7), message));
        }
        _replaceThird(makeAddr("no code"));
        _process(_supply(7), message);
    }

    function test_verify_notSupplied_isNotCalled_evenIfItWouldRevert() public {
        modules[1] = address(new RawAnswer(RawAnswer.Kind.Revert, "", 0));
        module = _deploy(modules, 2);
        vm.expectCall(modules[1], "", 0);
        assertTrue(module.verify(_supply(5), message));
    }

    /* -------------------------------------------------- modules that refuse ------------------------------------------ */

    function test_verify_suppliedAndRefused_reverts_withTheModulesReason() public {
        // Before the threshold a module that refuses stops all, though another would agree.
        parts[0] = _messageIdMetadata(message, _keys(0, 0));
        _assertRefused(_supply(7), abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, validators[0]));
        assertTrue(module.verify(_supply(6), message));

        vm.prank(owner);
        pausable.pause();
        _assertRefused(_supply(6), abi.encodeWithSelector(Pausable.EnforcedPause.selector));
    }

    function test_verify_moduleSaysNo_reverts() public {
        _replaceThird(address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(false), 0)));
        bytes memory reason = abi.encodeWithSelector(IAggregationIsm.RefusedByModule.selector, modules[2]);
        _assertRefused(_supply(5), reason);
        _expectRefused(_supply(6), message, reason);
    }

    function test_verify_moduleReverts_reverts() public {
        _replaceThird(address(new RawAnswer(RawAnswer.Kind.Revert, "reason", 0)));
        _assertRefused(_supply(5), "reason");
    }

    function test_verify_moduleWithoutCode_reverts() public {
        _replaceThird(makeAddr("no code"));
        _assertRefused(_supply(5), "");
        assertTrue(module.verify(_supply(3), message));
    }

    function test_verify_answerThatIsNoBool_reverts() public {
        // Attempt: a module that is none: it answers another number, or nothing.
        _replaceThird(address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(2), 0)));
        _assertRefused(_supply(5), "");
        _replaceThird(address(new RawAnswer(RawAnswer.Kind.Return, "", 0)));
        _assertRefused(_supply(5), "");
        _replaceThird(address(new RawAnswer(RawAnswer.Kind.Return, "", 31)));
        _assertRefused(_supply(5), "");
    }

    function test_process_moduleThatReenters_deliversOnce() public {
        // Attempt: a module that delivers the message that it is being asked about.
        ReentrantCaller hostile = new ReentrantCaller();
        _replaceThird(address(hostile));
        hostile.plan(address(destinationMailbox), abi.encodeCall(destinationMailbox.process, (_supply(3), message)));
        _process(_supply(5), message);
        assertEq(hostile.entries(), 1);
        assertFalse(hostile.succeeded());
        assertEq(hostile.returned(), abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(message)));
        assertEq(recipient.received(), 1);
    }

    /* ------------------------------------------------------- ranges ------------------------------------------------- */

    function test_verify_tableCutShort_reverts() public {
        module = _deploy(modules, 3);
        bytes memory metadata = _supply(4);
        for (uint256 length; length < 24; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) {
                cut[i] = metadata[i];
            }
            // Of an entry that is cut nothing is used.
            _assertRefused(cut, _invalidRange(length / 8));
        }
        assertEq(metadata.length, 24);
        _assertRefused(metadata, _notEnough(1, 3));
    }

    function test_verify_startOfZero_isNone_whateverTheEnd() public {
        _assertRefused(bytes.concat(_entry(0, 24), _entry(0, 7), _entry(0, type(uint32).max)), _notEnough(0, 2));
    }

    function test_verify_rangeOutOfTheMetadata_reverts() public {
        bytes memory rest = bytes.concat(_entry(0, 0), _entry(0, 0), "sixteen bytes...");
        _assertRefused(bytes.concat(_entry(40, 41), rest), _invalidRange(0));
        _assertRefused(bytes.concat(_entry(41, 41), rest), _invalidRange(0));
        _assertRefused(bytes.concat(_entry(24, type(uint32).max), rest), _invalidRange(0));
        _assertRefused(bytes.concat(_entry(type(uint32).max, type(uint32).max), rest), _invalidRange(0));
        _assertRefused(bytes.concat(_entry(0, 0), _entry(24, 41), _entry(0, 0), "sixteen bytes..."), _invalidRange(1));
    }

    function test_verify_endBeforeStart_reverts() public {
        bytes memory rest = bytes.concat(_entry(0, 0), _entry(0, 0), "sixteen bytes...");
        _assertRefused(bytes.concat(_entry(25, 24), rest), _invalidRange(0));
        _assertRefused(bytes.concat(_entry(1, 0), rest), _invalidRange(0));
        _assertRefused(bytes.concat(_entry(type(uint32).max, 24), rest), _invalidRange(0));
    }

    function test_verify_emptyMetadataOfAModule_anywhere() public {
        // Nothing at all is what some modules want: at the very end, in the middle, in the table.
        uint256 end = 24 + parts[0].length;
        bytes memory first = _entry(24, end);
        uint256[4] memory places = [end, 30, 1, 24];
        for (uint256 i; i < places.length; ++i) {
            vm.expectCall(address(pausable), abi.encodeCall(pausable.verify, ("", message)));
            assertTrue(
                module.verify(bytes.concat(first, _entry(0, 0), _entry(places[i], places[i]), parts[0]), message)
            );
        }
    }

    function test_verify_overlappingRanges_countForEachModule() public {
        // The same validators behind two modules may be shown once: whoever composes such modules trusts them twice.
        modules[1] = messageIdFactory.deploy(validators, 1);
        module = _deploy(modules, 2);
        uint256 end = 24 + parts[0].length;
        assertTrue(module.verify(bytes.concat(_entry(24, end), _entry(24, end - 65), _entry(0, 0), parts[0]), message));
    }

    function testFuzz_verify_anyTable_readsWhatItSays(uint32 start, uint32 end, uint16 length) public {
        // Against the definition, byte for byte.
        bytes memory metadata = new bytes(8 + (length % 300));
        start = uint32(bound(start, 0, metadata.length + 2));
        end = uint32(bound(end, 0, metadata.length + 2));
        for (uint256 i = 8; i < metadata.length; ++i) {
            metadata[i] = bytes1(uint8(i));
        }
        bytes memory entry = _entry(start, end);
        for (uint256 i; i < 8; ++i) {
            metadata[i] = entry[i];
        }
        address[] memory one = new address[](1);
        one[0] = address(pausable);
        module = _deploy(one, 1);

        if (start == 0) return _assertRefused(metadata, _notEnough(0, 1));
        if (end < start || end > metadata.length) return _assertRefused(metadata, _invalidRange(0));
        bytes memory part = new bytes(end - start);
        for (uint256 i; i < part.length; ++i) {
            part[i] = metadata[start + i];
        }
        vm.expectCall(address(pausable), abi.encodeCall(pausable.verify, (part, message)));
        assertTrue(module.verify(metadata, message));
    }

    /* ----------------------------------------------------- 255 modules ---------------------------------------------- */

    function test_verify_255Modules() public {
        bytes memory code = address(Shipped.noopIsm()).code;
        address[] memory set = new address[](255);
        bytes[] memory all = new bytes[](255);
        bool[] memory supplied = new bool[](255);
        for (uint256 i; i < 254; ++i) {
            set[i] = address(uint160(0xc0de0000 + i));
            vm.etch(set[i], code);
            all[i] = new bytes(i % 3);
        }
        set[254] = address(ism);
        all[254] = parts[0];

        // One of 255: the last one.
        module = _deploy(set, 1);
        supplied[254] = true;
        assertTrue(module.verify(Reference.aggregationMetadata(all, supplied), message));
        supplied[254] = false;
        _assertRefused(Reference.aggregationMetadata(all, supplied), _notEnough(0, 1));

        // All of them.
        module = _deploy(set, 255);
        for (uint256 i; i < 255; ++i) {
            supplied[i] = true;
        }
        _trust(module);
        bytes memory metadata = Reference.aggregationMetadata(all, supplied);
        supplied[7] = false;
        _assertRefused(Reference.aggregationMetadata(all, supplied), _notEnough(254, 255));
        _process(metadata, message);
        assertEq(recipient.received(), 1);
        (address[] memory held, uint8 threshold) = module.modulesAndThreshold("");
        assertEq(held, set);
        assertEq(threshold, 255);
    }
}
