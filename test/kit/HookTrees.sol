// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IStaticAggregationHookFactory} from "src/interfaces/IAggregationHook.sol";
import {IStorageGasOracle} from "src/interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IPausableHook} from "src/interfaces/IPausableHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IProtocolFee} from "src/interfaces/IProtocolFee.sol";
import {IRateLimitedHook} from "src/interfaces/IRateLimitedHook.sol";
import {IDomainRoutingHook, IRecipientRoutingHook} from "src/interfaces/IRoutingHook.sol";

import {PaymentToken} from "../mocks/PaymentToken.sol";
import {IOwnedGasPaymaster, IOwnedMailbox, Shipped} from "./Shipped.sol";

/// @notice Trees of hooks as they ship, and what each takes of a message by the rule, to hold the hooks against.
abstract contract HookTrees is Test {
    enum Kind {
        Tree,
        Pausable,
        RateLimited,
        Fee,
        Paymaster,
        Aggregation,
        Domain,
        Fallback,
        Recipient,
        Amount,
        Default
    }

    /// @dev What is below means: all members; of a routing hook first where what it looks for goes, then all else.
    struct Node {
        Kind kind;
        IPostDispatchHook hook;
        uint256 depth;
        bool holdsDefault;
        uint256[] below;
    }

    struct Order {
        address sender;
        uint32 destination;
        bytes32 recipient;
        uint256 amount;
        uint256 gas;
        address feeToken;
    }

    struct Due {
        uint256 value;
        uint256 tokens;
        bool refused;
        /// @dev How often the rate limit is asked, which it may be once.
        uint256 limited;
    }

    uint256 internal constant MAX_DEPTH = 3;
    uint256 internal constant SERVED = 2;
    uint256 internal constant MAX_FEE = 1 ether;
    uint256 internal constant THRESHOLD = 100;
    uint256 internal constant CAPACITY = 600; // in a minute
    uint96 internal constant OVERHEAD = 75_000;
    bytes32 internal constant TO = bytes32(uint256(0x1234));

    IOwnedMailbox internal _mailbox;
    IStaticAggregationHookFactory internal _factory;
    IStorageGasOracle internal _oracle;
    IStorageGasOracle internal _tokenOracle;
    PaymentToken internal _token;
    address internal _owner = makeAddr("owner");
    address internal _beneficiary = makeAddr("beneficiary");
    /// @dev Whose messages the rate limit takes.
    address internal _limited = makeAddr("first");
    IRateLimitedHook internal _rateLimit;
    /// @dev How many hooks are there at first, none of them deeper than 1.
    uint256 internal _leaves;

    /// @dev The last of them has no prices.
    uint32[3] internal _destinations = [2000, 3000, 4000];
    Node[] internal _nodes;
    uint256 internal _required;
    uint256 internal _default;

    constructor(IOwnedMailbox mailbox) {
        _mailbox = mailbox;
        _factory = Shipped.aggregationHookFactory();
        _oracle = Shipped.storageGasOracle(_owner, _owner);
        _tokenOracle = Shipped.storageGasOracle(_owner, _owner);
        _token = new PaymentToken();
        _addLeaf(Kind.Tree, mailbox.merkleTreeHook());
        _addLeaf(Kind.Pausable, Shipped.pausableHook(_owner, _owner));
        _rateLimit = Shipped.rateLimitedHook(mailbox, _owner, CAPACITY, 60, _limited);
        _addLeaf(Kind.RateLimited, _rateLimit);
        _addLeaf(Kind.Fee, Shipped.protocolFee(MAX_FEE, 7, _beneficiary, _owner));
        _addLeaf(Kind.Fee, Shipped.protocolFee(MAX_FEE, 0, _beneficiary, _owner));
        _addPaymaster(true);
        _addPaymaster(false);
        _nodes.push(Node(Kind.Default, Shipped.defaultHook(mailbox), 1, true, new uint256[](0)));
        _leaves = _nodes.length;
        for (uint256 i; i < SERVED; ++i) {
            _setPrices(_destinations[i], 1e10 + uint128(i), 1 gwei);
        }
    }

    function _addLeaf(Kind kind, IPostDispatchHook hook) internal {
        _nodes.push(Node(kind, hook, 0, false, new uint256[](0)));
    }

    /// @param own Whether it is its own oracle.
    function _addPaymaster(bool own) internal {
        IOwnedGasPaymaster paymaster = Shipped.gasPaymaster(_mailbox, _owner, _beneficiary, _owner);
        IInterchainGasPaymaster.GasParam[] memory params = new IInterchainGasPaymaster.GasParam[](SERVED);
        IInterchainGasPaymaster.TokenGasOracleConfig[] memory tokens =
            new IInterchainGasPaymaster.TokenGasOracleConfig[](SERVED);
        for (uint256 i; i < SERVED; ++i) {
            IStorageGasOracle oracle = own ? IStorageGasOracle(paymaster) : _oracle;
            params[i] = IInterchainGasPaymaster.GasParam(
                _destinations[i], IInterchainGasPaymaster.DomainGasConfig(oracle, OVERHEAD)
            );
            tokens[i] = IInterchainGasPaymaster.TokenGasOracleConfig(address(_token), _destinations[i], _tokenOracle);
        }
        vm.startPrank(_owner);
        paymaster.setDestinationGasConfigs(params);
        paymaster.setTokenGasOracles(tokens);
        vm.stopPrank();
        _addLeaf(Kind.Paymaster, paymaster);
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    function _setPrices(uint32 domain, uint128 rate, uint128 gasPrice) internal {
        IStorageGasOracle.RemoteGasDataConfig memory config =
            IStorageGasOracle.RemoteGasDataConfig(domain, rate, gasPrice);
        vm.startPrank(_owner);
        _oracle.setRemoteGasData(config);
        _tokenOracle.setRemoteGasData(config);
        for (uint256 i; i < _nodes.length; ++i) {
            if (_nodes[i].kind != Kind.Paymaster) continue;
            IStorageGasOracle(address(_nodes[i].hook)).setRemoteGasData(config);
        }
        vm.stopPrank();
    }

    /// @dev A default that holds the hook that stands for it would call itself without end.
    function _setHooks(uint256 required, uint256 default_) internal {
        if (_nodes[default_].holdsDefault) default_ = 0;
        (_required, _default) = (required, default_);
        vm.startPrank(_owner);
        _mailbox.setRequiredHook(_nodes[required].hook);
        _mailbox.setDefaultHook(_nodes[default_].hook);
        vm.stopPrank();
    }

    /* ----------------------------------------------------- growth --------------------------------------------------- */

    /// @dev A hook over hooks that are there. Where that would be too deep, one of the first is taken instead.
    function _grow(uint256 kindSeed, uint256[] memory below) internal {
        Node memory node;
        node.kind = Kind(uint256(Kind.Aggregation) + (kindSeed % 5));
        for (uint256 i; i < below.length; ++i) {
            below[i] %= _nodes.length;
            if (_nodes[below[i]].depth == MAX_DEPTH) below[i] %= _leaves;
            Node storage child = _nodes[below[i]];
            if (child.depth >= node.depth) node.depth = child.depth + 1;
            if (child.holdsDefault) node.holdsDefault = true;
        }
        node.below = node.kind == Kind.Aggregation ? _distinct(below) : below;
        node.hook = _create(node.kind, node.below);
        _nodes.push(node);
    }

    function _create(Kind kind, uint256[] memory below) internal returns (IPostDispatchHook) {
        if (kind == Kind.Aggregation) {
            address[] memory members = new address[](below.length);
            for (uint256 i; i < below.length; ++i) {
                members[i] = address(_nodes[below[i]].hook);
            }
            return IPostDispatchHook(_factory.deploy(members));
        }
        (IPostDispatchHook first, IPostDispatchHook second) = (_nodes[below[0]].hook, _nodes[below[1]].hook);
        if (kind == Kind.Amount) return Shipped.amountRoutingHook(first, second, THRESHOLD);
        if (kind == Kind.Recipient) {
            IRecipientRoutingHook.RecipientHook[] memory recipients = new IRecipientRoutingHook.RecipientHook[](1);
            recipients[0] = IRecipientRoutingHook.RecipientHook(_destinations[0], TO, first);
            return Shipped.recipientRoutingHook(_owner, recipients, second);
        }
        IDomainRoutingHook.HookConfig[] memory configs = new IDomainRoutingHook.HookConfig[](1);
        configs[0] = IDomainRoutingHook.HookConfig(_destinations[0], first);
        if (kind == Kind.Fallback) return Shipped.fallbackRoutingHook(_owner, configs, second);
        IDomainRoutingHook hook = Shipped.domainRoutingHook(_owner, configs);
        vm.prank(_owner);
        hook.setHook(_destinations[1], second);
        return hook;
    }

    function _distinct(uint256[] memory all) internal view returns (uint256[] memory kept) {
        kept = new uint256[](all.length);
        uint256 count;
        for (uint256 i; i < all.length; ++i) {
            bool known;
            for (uint256 j; j < count; ++j) {
                if (_nodes[kept[j]].hook == _nodes[all[i]].hook) known = true;
            }
            if (!known) kept[count++] = all[i];
        }
        assembly ("memory-safe") {
            mstore(kept, count)
        }
    }

    /* ------------------------------------------------------ rule ---------------------------------------------------- */

    /// @dev What the required hook and the one named take of a message.
    function _due(uint256 named, Order memory order) internal view returns (Due memory due) {
        due = _sum(_dueBelow(_required, order, true), _dueBelow(named, order, true));
        if (due.limited > 1) due.refused = true;
    }

    /// @param direct Whether it is the Mailbox that calls.
    function _dueBelow(uint256 index, Order memory order, bool direct) internal view returns (Due memory due) {
        Node storage node = _nodes[index];
        Kind kind = node.kind;
        if (kind == Kind.Default) return _dueBelow(_default, order, false);
        if (kind < Kind.Aggregation) return _dueLeaf(node, order, direct);
        if (kind == Kind.Aggregation) {
            for (uint256 i; i < node.below.length; ++i) {
                due = _sum(due, _dueBelow(node.below[i], order, false));
            }
            return due;
        }
        if (kind == Kind.Domain && order.destination == _destinations[2]) return Due(0, 0, true, 0);
        return _dueBelow(node.below[_isFirst(kind, order) ? 0 : 1], order, false);
    }

    function _dueLeaf(Node storage node, Order memory order, bool direct) internal view returns (Due memory due) {
        if (node.kind == Kind.RateLimited) return _dueRateLimited(order);
        if (node.kind == Kind.Paymaster) return _duePaymaster(order, direct);
        if (node.kind == Kind.Pausable) due.refused = IPausableHook(address(node.hook)).paused();
        if (node.kind == Kind.Fee) due.value = IProtocolFee(address(node.hook)).protocolFee();
    }

    function _dueRateLimited(Order memory order) internal view returns (Due memory due) {
        due.refused = order.sender != _limited || order.amount > _rateLimit.calculateCurrentLevel();
        due.limited = 1;
    }

    function _duePaymaster(Order memory order, bool direct) internal view returns (Due memory due) {
        (uint128 rate, uint128 price) = _oracle.getExchangeRateAndGasPrice(order.destination);
        uint256 fee = ((order.gas + OVERHEAD) * price * rate) / 1e10;
        if (order.feeToken == address(0)) due.value = fee;
        else due.tokens = fee;
        due.refused = rate == 0 || (order.feeToken != address(0) && !direct);
    }

    function _isFirst(Kind kind, Order memory order) internal view returns (bool) {
        if (kind == Kind.Amount) return order.amount < THRESHOLD;
        bool first = order.destination == _destinations[0];
        return kind == Kind.Recipient ? first && order.recipient == TO : first;
    }

    function _sum(Due memory a, Due memory b) internal pure returns (Due memory) {
        return Due(a.value + b.value, a.tokens + b.tokens, a.refused || b.refused, a.limited + b.limited);
    }
}
