// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IPausableIsm} from "src/interfaces/IPausableIsm.sol";
import {IDomainRoutes} from "src/interfaces/IRoutingIsm.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";

import {ModuleTest} from "../../kit/ModuleTest.sol";
import {Reference} from "../../kit/Reference.sol";
import {Shipped} from "../../kit/Shipped.sol";

/// @notice Random trees of modules against the definition: a tree is satisfied by a set of satisfied leaves, or it is not.
///         With metadata of the satisfied leaves the Mailbox delivers in the one case, and with no metadata at all in the
///         other.
/// forge-config: default.fuzz.runs = 100
contract CompositionTest is ModuleTest {
    uint32 internal constant OTHER = 3000;
    uint256 internal constant LEVELS = 3;
    uint256 internal constant MAX_CHILDREN = 3;
    uint256 internal constant TAMPERINGS = 6;

    enum Kind {
        MessageId,
        MerkleRoot,
        Pausable,
        Noop,
        StaticAggregation,
        StorageAggregation,
        DomainRouting,
        FallbackRouting,
        AmountRouting
    }

    /// @dev What the validators of a leaf did; a pausable one is paused unless `Signed`.
    enum Leaf {
        Signed,
        OneMissing,
        ForeignKey,
        Nothing
    }

    struct Node {
        Kind kind;
        address module;
        uint256[] children;
        // Of a leaf.
        Leaf state;
        uint256[] keys;
        // m of an aggregation; of a routing by amount, the amount; of one by domain, whether ORIGIN has a route.
        uint256 parameter;
    }

    IStaticAddressSetFactory internal merkleRootFactory;
    bytes internal pausableCode;
    bytes internal noopCode;
    bytes internal storageAggregationCode;
    bytes internal domainRoutingCode;
    bytes internal fallbackRoutingCode;
    bytes internal amountRoutingCode;

    Node[] internal nodes;
    uint256 internal seed;
    uint256 internal drawn;

    function setUp() public override {
        super.setUp();
        merkleRootFactory = Shipped.merkleRootMultisigIsmFactory();
        pausableCode = vm.getCode("PausableIsm.sol:PausableIsm");
        noopCode = vm.getCode("NoopIsm.sol:NoopIsm");
        storageAggregationCode = vm.getCode("StorageAggregationIsm.sol:StorageAggregationIsm");
        domainRoutingCode = vm.getCode("DomainRoutingIsm.sol:DomainRoutingIsm");
        fallbackRoutingCode = vm.getCode("DefaultFallbackRoutingIsm.sol:DefaultFallbackRoutingIsm");
        amountRoutingCode = vm.getCode("AmountRoutingIsm.sol:AmountRoutingIsm");
    }

    /* ------------------------------------------------------ the tests ----------------------------------------------- */

    function testFuzz_process_deliversIfAndOnlyIfTheLeavesSatisfyTheTree(uint256 seed_) public {
        _checkTree(seed_);
    }

    /// @dev The fuzz test would hold over nothing: both outcomes, and every kind of module as what decides, do come up.
    function test_trees_areOfEveryKindAndOutcome() public {
        uint256 satisfied;
        uint256[9] memory kinds;
        for (uint256 i; i < 40; ++i) {
            uint256 before = vm.snapshotState();
            if (_checkTree(i)) ++satisfied;
            for (uint256 j; j < nodes.length; ++j) {
                ++kinds[uint256(nodes[j].kind)];
            }
            vm.revertToState(before);
        }
        assertGt(satisfied, 10);
        assertLt(satisfied, 30);
        for (uint256 i; i < kinds.length; ++i) {
            assertGt(kinds[i], 5);
        }
    }

    function _checkTree(uint256 seed_) internal returns (bool satisfied) {
        seed = seed_;
        uint256 root = _buildTree();
        uint256 amount = _draw(4);
        bytes memory message = _message(0, ORIGIN, abi.encode(bob, amount));
        _trust(IInterchainSecurityModule(nodes[root].module));

        satisfied = _isSatisfied(root, ORIGIN, amount, true);
        bytes memory metadata = _metadataOf(root, message, amount, false);
        bytes memory everything = _metadataOf(root, message, amount, true);
        if (!satisfied) {
            assertFalse(_tryProcess(metadata, message));
            assertFalse(_tryProcess(everything, message));
            for (uint256 i; i < TAMPERINGS; ++i) {
                assertFalse(_tryProcess(_tampered(i % 2 == 0 ? metadata : everything), message));
            }
        }
        _checkChangedMessages(root, message, metadata);
        assertEq(_tryProcess(metadata, message), satisfied);
        assertEq(recipient.received(), satisfied ? 1 : 0);
    }

    /// @dev Nobody signed for a changed message. What is satisfied then is satisfied by modules that prove nothing.
    function _checkChangedMessages(uint256 root, bytes memory message, bytes memory metadata) internal {
        bytes[3] memory changed = [
            _message(0, OTHER, abi.encode(bob, 1)), // another origin
            _message(0, ORIGIN, abi.encode(alice, 3)), // another receiver or amount
            _message(1, ORIGIN, abi.encode(bob, 0)) // never dispatched
        ];
        uint8[3] memory amounts = [1, 3, 0];
        for (uint256 i; i < changed.length; ++i) {
            uint32 origin = i == 0 ? OTHER : ORIGIN;
            if (_isSatisfied(root, origin, amounts[i], false)) continue;
            assertFalse(_verifies(root, metadata, changed[i]));
            assertFalse(_verifies(root, _tampered(metadata), changed[i]));
            assertFalse(_verifies(root, _metadataOf(root, message, amounts[i], true), changed[i]));
        }
    }

    function _tryProcess(bytes memory metadata, bytes memory message) internal returns (bool delivered) {
        vm.prank(relayer);
        (delivered,) = address(destinationMailbox).call(abi.encodeCall(destinationMailbox.process, (metadata, message)));
    }

    function _verifies(uint256 root, bytes memory metadata, bytes memory message) internal returns (bool) {
        (bool success, bytes memory answer) =
            nodes[root].module.call(abi.encodeCall(IInterchainSecurityModule.verify, (metadata, message)));
        return success && abi.decode(answer, (bool));
    }

    /* ------------------------------------------------ reference evaluator ------------------------------------------- */

    /// @dev Whether the satisfied leaves satisfy the node, for a message of this origin and amount that has, or has not, been
    ///      signed.
    function _isSatisfied(uint256 index, uint32 origin, uint256 amount, bool signed) internal view returns (bool) {
        Node storage node = nodes[index];
        if (node.kind == Kind.Noop) return true;
        if (node.kind == Kind.Pausable) return node.state == Leaf.Signed;
        if (node.kind <= Kind.MerkleRoot) return signed && node.state == Leaf.Signed;
        if (node.kind <= Kind.StorageAggregation) {
            uint256 satisfied;
            for (uint256 i; i < node.children.length; ++i) {
                if (_isSatisfied(node.children[i], origin, amount, signed)) ++satisfied;
            }
            return satisfied >= node.parameter;
        }
        (bool found, uint256 child) = _routed(index, origin, amount);
        return found && _isSatisfied(child, origin, amount, signed);
    }

    /// @dev Routings by domain have their first child for ORIGIN, if they have a route for it, and their second for OTHER.
    ///      Node 0 is the Mailbox's default module.
    function _routed(uint256 index, uint32 origin, uint256 amount) internal view returns (bool found, uint256 child) {
        Node storage node = nodes[index];
        if (node.kind == Kind.AmountRouting) return (true, node.children[amount < node.parameter ? 0 : 1]);
        if (origin == OTHER) return (true, node.children[1]);
        if (node.parameter == 1) return (true, node.children[0]);
        return (node.kind == Kind.FallbackRouting, 0);
    }

    /* --------------------------------------------------- metadata --------------------------------------------------- */

    /// @dev Of all satisfied children of aggregations, also of more than must agree; with `everything`, of all children.
    function _metadataOf(uint256 index, bytes memory message, uint256 amount, bool everything)
        internal
        view
        returns (bytes memory)
    {
        Node storage node = nodes[index];
        if (node.kind <= Kind.Noop) return _leafMetadata(node, message);
        if (node.kind <= Kind.StorageAggregation) {
            uint256 count = node.children.length;
            bytes[] memory parts = new bytes[](count);
            bool[] memory supplied = new bool[](count);
            for (uint256 i; i < count; ++i) {
                supplied[i] = everything || _isSatisfied(node.children[i], ORIGIN, amount, true);
                if (supplied[i]) parts[i] = _metadataOf(node.children[i], message, amount, everything);
            }
            return Reference.aggregationMetadata(parts, supplied);
        }
        (bool found, uint256 child) = _routed(index, ORIGIN, amount);
        return found ? _metadataOf(child, message, amount, everything) : bytes("");
    }

    function _leafMetadata(Node storage node, bytes memory message) internal view returns (bytes memory) {
        if (node.kind >= Kind.Pausable || node.state == Leaf.Nothing) return "";
        uint256[] memory keys = node.keys;
        if (node.state == Leaf.ForeignKey) keys[1] = attackerKey;
        if (node.state == Leaf.OneMissing) {
            keys = new uint256[](1);
            keys[0] = node.keys[0];
        }
        return node.kind == Kind.MessageId ? _messageIdMetadata(message, keys) : _merkleRootMetadata(message, keys);
    }

    /// @dev Flipped bits, other numbers in tables, cut short, longer, one part copied over another.
    function _tampered(bytes memory original) internal returns (bytes memory metadata) {
        metadata = bytes.concat(original);
        if (metadata.length == 0) return new bytes(_draw(300));
        uint256 way = _draw(5);
        uint256 at = _draw(metadata.length);
        if (way == 0) {
            metadata[at] ^= bytes1(uint8(1 << _draw(8)));
        } else if (way == 1) {
            // The end of a range, or the low byte of its start, in the table of the root if that is an aggregation.
            metadata[(8 * _draw(3) + 4 * _draw(2) + 3) % metadata.length] = bytes1(uint8(_draw(256)));
        } else if (way == 2) {
            assembly ("memory-safe") {
                mstore(metadata, at)
            }
        } else if (way == 3) {
            metadata = bytes.concat(metadata, new bytes(1 + _draw(200)));
        } else {
            uint256 to = _draw(metadata.length);
            for (uint256 i; i < 65 && at + i < metadata.length && to + i < metadata.length; ++i) {
                metadata[to + i] = original[at + i];
            }
        }
    }

    /* ---------------------------------------------------- the tree -------------------------------------------------- */

    function _draw(uint256 end) internal returns (uint256) {
        return uint256(keccak256(abi.encode(seed, ++drawn))) % end;
    }

    function _buildTree() internal returns (uint256) {
        uint256 fallbackLeaf = _newNode(Kind.MessageId);
        nodes[fallbackLeaf].module = address(ism);
        nodes[fallbackLeaf].keys = _keys(0, 1);
        nodes[fallbackLeaf].state = _drawState();
        return _buildInner(LEVELS);
    }

    function _newNode(Kind kind) internal returns (uint256 index) {
        index = nodes.length;
        nodes.push();
        nodes[index].kind = kind;
    }

    function _drawState() internal returns (Leaf) {
        return _draw(5) < 3 ? Leaf.Signed : Leaf(_draw(4));
    }

    function _build(uint256 levels) internal returns (uint256) {
        return levels == 0 || _draw(3) == 0 ? _buildLeaf() : _buildInner(levels);
    }

    function _buildLeaf() internal returns (uint256 index) {
        uint256 drawnKind = _draw(8);
        Kind kind = drawnKind < 4 ? Kind.MessageId : drawnKind < 6 ? Kind.MerkleRoot : Kind(drawnKind - 4);
        index = _newNode(kind);
        Node storage node = nodes[index];
        node.state = _drawState();
        if (kind == Kind.Noop) {
            node.module = _create(noopCode, "");
        } else if (kind == Kind.Pausable) {
            node.module = _create(pausableCode, abi.encode(owner, address(0)));
            vm.prank(owner);
            if (node.state != Leaf.Signed) IPausableIsm(node.module).pause();
            else IPausableIsm(node.module).setGuardian(bob);
        } else {
            // Keys of its own: no leaf is satisfied by what another was given.
            node.keys = [1000 + 2 * index, 1001 + 2 * index];
            address[] memory set = _pair(vm.addr(node.keys[0]), vm.addr(node.keys[1]));
            node.module = (kind == Kind.MessageId ? messageIdFactory : merkleRootFactory).deploy(set, 2);
        }
    }

    function _buildInner(uint256 levels) internal returns (uint256 index) {
        uint256 first = uint256(Kind.StaticAggregation);
        index = _newNode(Kind(first + _draw(5)));
        Node storage node = nodes[index];
        bool aggregates = node.kind <= Kind.StorageAggregation;
        uint256 count = aggregates ? 1 + _draw(MAX_CHILDREN) : 2;
        for (uint256 i; i < count; ++i) {
            uint256 child = _build(levels - 1);
            node.children.push(child);
        }
        if (aggregates) node.parameter = 1 + _draw(count);
        else if (node.kind == Kind.AmountRouting) node.parameter = _draw(5);
        else node.parameter = _draw(4) == 0 ? 0 : 1;
        node.module = _deployInner(node);
    }

    function _deployInner(Node storage node) internal returns (address) {
        address[] memory modules = new address[](node.children.length);
        for (uint256 i; i < modules.length; ++i) {
            modules[i] = nodes[node.children[i]].module;
        }
        if (node.kind == Kind.StaticAggregation) return aggregationFactory.deploy(modules, uint8(node.parameter));
        if (node.kind == Kind.StorageAggregation) {
            return _create(storageAggregationCode, abi.encode(owner, modules, node.parameter));
        }
        if (node.kind == Kind.AmountRouting) {
            return _create(amountRoutingCode, abi.encode(modules[0], modules[1], node.parameter));
        }
        IDomainRoutes.DomainModule[] memory routes = new IDomainRoutes.DomainModule[](2);
        // Without a route for ORIGIN its module stands at another domain.
        routes[0] =
            IDomainRoutes.DomainModule(node.parameter == 1 ? ORIGIN : OTHER + 1, IInterchainSecurityModule(modules[0]));
        routes[1] = IDomainRoutes.DomainModule(OTHER, IInterchainSecurityModule(modules[1]));
        return node.kind == Kind.DomainRouting
            ? _create(domainRoutingCode, abi.encode(owner, routes))
            : _create(fallbackRoutingCode, abi.encode(destinationMailbox, owner, routes));
    }

    function _create(bytes memory code, bytes memory arguments) internal returns (address created) {
        code = bytes.concat(code, arguments);
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        // solhint-disable-next-line gas-custom-errors
        require(created != address(0), "not deployed");
    }
}
