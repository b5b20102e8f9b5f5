// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {ITokenFee} from "src/interfaces/ITokenFee.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox, RouterConfig, Shipped} from "../kit/Shipped.sol";
import {FreezableToken} from "../mocks/FreezableToken.sol";
import {LimitedXERC20} from "../mocks/LimitedXERC20.sol";
import {Lockbox} from "../mocks/Lockbox.sol";
import {Payee} from "../mocks/Payee.sol";

/// @notice Four domains, each with routers of every kind and scale; two routes over all domains, of a random router on each.
///         The books of what was sent and received are by the definition, in units that all others are multiples of.
abstract contract TokenRoutesWorld is BaseTest {
    enum Kind {
        Synthetic,
        Collateral,
        Native,
        XERC20,
        XERC20Lockbox
    }

    struct Node {
        IFungibleRouter router;
        Kind kind;
        IERC20 token; // zero for the native one
        LimitedXERC20 limited; // of the kinds that have one
        address vault; // who has what is locked
        uint32 domain;
        ITokenFee fee;
        uint256 weight; // of a unit of the token there
        uint256 donated;
        uint256 fees;
    }

    struct Transfer {
        bytes message;
        uint256 route;
        uint256 from;
        uint256 to;
        bytes32 recipient;
        uint256 amount;
    }

    uint256 internal constant DOMAINS = 4;
    uint256 internal constant KINDS = 5;
    uint256 internal constant VARIANTS = 3 * KINDS;
    uint256 internal constant ROUTES = 2;
    uint256 internal constant FACTOR = 1000;
    uint256 internal constant WEALTH = 1e30;
    uint256 internal constant MAX_FEE = 5_000;
    uint256 internal constant HALF_AMOUNT = 100_000;

    FreezableToken internal token;
    IOwnedMailbox[DOMAINS] internal _mailboxes;
    Node[VARIANTS][DOMAINS] internal _pool;

    /// @dev Which of its variants a domain has for a route.
    uint256[DOMAINS][ROUTES] internal _graph;
    bool internal _built;

    address[3] internal _users;
    Payee[2] internal _payees;
    bytes32 internal constant FOREIGN = bytes32(uint256(0xf0e1) << 200);

    Transfer[] internal _inFlight;
    Transfer[] internal _done;
    mapping(IFungibleRouter router => mapping(bytes32 recipient => uint256)) internal _received; // in units of messages
    mapping(IFungibleRouter router => mapping(bytes32 recipient => uint256)) internal _paid; // in the token's

    function setUp() public virtual override {
        super.setUp();
        token = new FreezableToken(18);
        for (uint256 i; i < _users.length; ++i) {
            _users[i] = makeAddr(string.concat("user ", vm.toString(i)));
            token.mint(_users[i], WEALTH);
        }
        (_payees[0], _payees[1]) = (new Payee(), new Payee());
        _mailboxes[0] = originMailbox;
        _mailboxes[1] = destinationMailbox;
        for (uint256 i = 2; i < DOMAINS; ++i) {
            _mailboxes[i] = Shipped.mailbox(uint32(1000 * (i + 1)), owner, ism);
        }
        for (uint256 i; i < DOMAINS; ++i) {
            for (uint256 j; j < VARIANTS; ++j) {
                _deployNode(i, j);
            }
        }
    }

    /// @dev Kinds and scales: the token's unit is the message's, finer, or coarser.
    function _deployNode(uint256 domain, uint256 variant) internal {
        Node storage node = _pool[domain][variant];
        node.kind = Kind(variant % KINDS);
        node.domain = _mailboxes[domain].localDomain();
        uint256 scale = variant / KINDS;
        (uint256 numerator, uint256 denominator) =
            scale == 0 ? (uint256(1), uint256(1)) : scale == 1 ? (uint256(1), FACTOR) : (FACTOR, uint256(1));
        node.weight = (FACTOR * numerator) / denominator;
        IPostDispatchHook none;
        _deployRouter(node, numerator, denominator, RouterConfig(_mailboxes[domain], none, ism, owner));
        node.token = IERC20(node.router.token());
        node.fee = Shipped.linearFee(address(node.token), MAX_FEE, HALF_AMOUNT, owner);
        for (uint256 i; i < _users.length && node.kind != Kind.Native; ++i) {
            vm.prank(_users[i]);
            node.token.approve(address(node.router), type(uint256).max);
        }
    }

    function _deployRouter(Node storage node, uint256 numerator, uint256 denominator, RouterConfig memory config)
        internal
    {
        if (node.kind == Kind.XERC20 || node.kind == Kind.XERC20Lockbox) {
            _deployXERC20(node, numerator, denominator, config);
            return;
        }
        if (node.kind == Kind.Synthetic) node.router = Shipped.hypERC20(numerator, denominator, config);
        else if (node.kind == Kind.Native) node.router = Shipped.hypNative(numerator, denominator, config);
        else node.router = Shipped.hypERC20Collateral(token, numerator, denominator, config);
        node.vault = address(node.router);
    }

    /// @dev Nothing but the router, and the lockbox, mints it.
    function _deployXERC20(Node storage node, uint256 numerator, uint256 denominator, RouterConfig memory config)
        internal
    {
        node.limited = new LimitedXERC20();
        if (node.kind == Kind.XERC20) {
            node.router = Shipped.hypXERC20(node.limited, numerator, denominator, config);
        } else {
            Lockbox box = new Lockbox(node.limited, token);
            node.vault = address(box);
            node.limited.setLimits(address(box), type(uint256).max, type(uint256).max);
            node.router = Shipped.hypXERC20Lockbox(box, numerator, denominator, config);
        }
        _setLimit(node, type(uint256).max);
    }

    /// @dev What the router may mint of an xERC20.
    function _setLimit(Node storage node, uint256 minting) internal {
        node.limited.setLimits(address(node.router), minting, type(uint256).max);
    }

    /// @dev Whether the token is minted and burnt there, and not locked.
    function _isSupplied(Node storage node) internal view returns (bool) {
        return node.kind == Kind.Synthetic || node.kind == Kind.XERC20;
    }

    /// @dev Chooses the routers of the routes, and which directions of which pairs are open.
    function _build(uint256 seed) internal {
        if (_built) return;
        _built = true;
        for (uint256 d; d < DOMAINS; ++d) {
            uint256 first = uint256(keccak256(abi.encode(seed, d))) % VARIANTS;
            _graph[0][d] = first;
            _graph[1][d] = (first + 1 + (uint256(keccak256(abi.encode(seed, "second", d))) % (VARIANTS - 1))) % VARIANTS;
        }
        for (uint256 r; r < ROUTES; ++r) {
            for (uint256 d; d < DOMAINS; ++d) {
                for (uint256 e; e < DOMAINS; ++e) {
                    if (d != e) _enroll(_node(r, d), _node(r, e));
                }
            }
        }
    }

    function _enroll(Node storage here, Node storage there) internal {
        vm.prank(owner);
        here.router.enrollRemoteRouter(there.domain, Reference.addr32(address(there.router)));
    }

    function _node(uint256 route, uint256 domain) internal view returns (Node storage) {
        return _pool[domain][_graph[route][domain]];
    }

    /// @dev Whoever is sent to: accounts, contracts of moods, one of another chain, and the router itself.
    function _recipient(Node storage there, uint256 seed) internal view returns (bytes32) {
        seed %= 7;
        if (seed < 3) return Reference.addr32(_users[seed]);
        if (seed < 5) return Reference.addr32(address(_payees[seed - 3]));
        return seed == 5 ? FOREIGN : Reference.addr32(address(there.router));
    }

    function _signed(bytes memory message, uint256 from, uint256 first, uint256 second)
        internal
        view
        returns (bytes memory)
    {
        (bytes32 root, uint32 index) = _mailboxes[from].merkleTreeHook().latestCheckpoint();
        Reference.Checkpoint memory checkpoint = Reference.Checkpoint({
            origin: _mailboxes[from].localDomain(),
            tree: Reference.addr32(address(_mailboxes[from].merkleTreeHook())),
            root: root,
            index: index,
            messageId: keccak256(message)
        });
        return bytes.concat(
            Reference.messageIdMetadata(checkpoint),
            _sign(first, Reference.checkpointHash(checkpoint)),
            _sign(second, Reference.checkpointHash(checkpoint))
        );
    }
}
