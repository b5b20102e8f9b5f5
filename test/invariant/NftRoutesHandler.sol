// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IHypERC721} from "src/interfaces/IHypERC721.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {INonFungibleRouter} from "src/interfaces/INonFungibleRouter.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox, RouterConfig, Shipped} from "../kit/Shipped.sol";
import {AnyCollection} from "../mocks/AnyCollection.sol";

/// @notice Users send tokens of a collection around four domains, one of which has the collection; relayers deliver in any
///         order, starve or fail; the collection freezes accounts; anyone claims. The books say where each token is.
contract NftRoutesHandler is BaseTest {
    struct Transfer {
        bytes message;
        uint256 from;
        uint256 to;
        bytes32 recipient;
        uint256 id;
    }

    uint256 internal constant DOMAINS = 4;
    uint256 internal constant IDS = 6;
    uint256 internal constant RECIPIENTS = 6;
    uint256 internal constant PLENTY = 3_000_000;
    uint256 internal constant IN_FLIGHT = type(uint256).max;

    AnyCollection internal _collection;
    IOwnedMailbox[DOMAINS] internal _mailboxes;
    INonFungibleRouter[DOMAINS] internal _routers;
    address[4] internal _users; // the last one is a contract
    Transfer[] internal _inFlight;
    Transfer[] internal _done;

    /// @dev The books: the domain of a token, or IN_FLIGHT; whose it is there, and whether it waits for that one.
    mapping(uint256 id => uint256) internal _where;
    mapping(uint256 id => bytes32) internal _whose;
    mapping(uint256 id => bool) internal _waits;

    uint256 public sends;
    uint256 public deliveries;
    uint256 public starved;
    uint256 public deferred;
    uint256 public claims;

    constructor() {
        setUp();
        _collection = new AnyCollection();
        (_mailboxes[0], _mailboxes[1]) = (originMailbox, destinationMailbox);
        _users = [alice, bob, attacker, address(recipient)];
        for (uint256 d; d < DOMAINS; ++d) {
            if (d > 1) _mailboxes[d] = Shipped.mailbox(uint32(1000 * (d + 1)), owner, ism);
            RouterConfig memory config = RouterConfig(_mailboxes[d], IPostDispatchHook(address(0)), ism, owner);
            if (d == 0) _routers[d] = Shipped.hypERC721Collateral(true, _collection, config);
            else _routers[d] = Shipped.hypERC721(true, config);
        }
        _enrollAll();
        for (uint256 i; i < _users.length; ++i) {
            vm.prank(_users[i]);
            _collection.setApprovalForAll(address(_routers[0]), true);
        }
        for (uint256 id; id < IDS; ++id) {
            _collection.mint(_users[id % 4], id, _uri(id));
            _whose[id] = Reference.addr32(_users[id % 4]);
        }
    }

    /* ---------------------------------------------------- actions --------------------------------------------------- */

    /// @dev By its holder, or by somebody else, who is refused; also of a token that waits, or is on another chain.
    function send(uint256 id, uint256 from, uint256 to, uint256 sender, uint256 who) external {
        Transfer memory transfer;
        transfer.id = id % IDS;
        bool here = from % 4 != 0 && _where[transfer.id] != IN_FLIGHT;
        transfer.from = here ? _where[transfer.id] : from % DOMAINS;
        transfer.to = (transfer.from + 1 + (to % (DOMAINS - 1))) % DOMAINS;
        transfer.recipient = _recipient(transfer.to, who);
        bool rightly = here && sender % 4 != 0 && !_waits[transfer.id];
        address user = rightly ? _account(_whose[transfer.id]) : _users[sender % 4];
        bool isThere = _where[transfer.id] == transfer.from && !_waits[transfer.id];
        rightly = isThere && _whose[transfer.id] == Reference.addr32(user);

        transfer.message = _next(transfer);
        bytes memory call =
            abi.encodeCall(_routers[0].transferRemote, (_domain(transfer.to), transfer.recipient, transfer.id));
        vm.prank(user);
        (bool sent, bytes memory answer) = address(_routers[transfer.from]).call(call);
        // A frozen router takes nothing.
        bool taken = transfer.from != 0 || !_collection.frozen(address(_routers[0]));
        assertEq(sent, rightly && taken);
        if (!sent) return;

        assertEq(abi.decode(answer, (bytes32)), keccak256(transfer.message));
        _where[transfer.id] = IN_FLIGHT;
        _inFlight.push(transfer);
        ++sends;
    }

    function deliver(uint256 which, uint256 gas, bool honest) external {
        if (_inFlight.length == 0) return;
        which %= _inFlight.length;
        Transfer memory transfer = _inFlight[which];
        bytes memory metadata = _signed(transfer, honest ? validatorKeys[1] : attackerKey);
        if (!honest) {
            vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, attacker));
            _mailboxes[transfer.to].process(metadata, transfer.message);
            return;
        }
        gas = gas % 4 == 0 ? bound(gas, 50_000, 700_000) : PLENTY;
        bytes memory process = abi.encodeCall(IMailbox.process, (metadata, transfer.message));
        (bool delivered,) = address(_mailboxes[transfer.to]).call{gas: gas}(process);
        if (!delivered) {
            assertLt(gas, PLENTY);
            ++starved;
            return;
        }
        _arrived(transfer);
        _inFlight[which] = _inFlight[_inFlight.length - 1];
        _inFlight.pop();
        _done.push(transfer);
        ++deliveries;
    }

    function _arrived(Transfer memory transfer) internal {
        (_where[transfer.id], _whose[transfer.id]) = (transfer.to, transfer.recipient);
        address account = _account(transfer.recipient);
        bool refused = transfer.to == 0 && _collection.frozen(account);
        _waits[transfer.id] = refused || account == address(0) || account == address(_routers[transfer.to]);
        if (_waits[transfer.id]) ++deferred;
    }

    function replay(uint256 which) external {
        if (_done.length == 0) return;
        Transfer memory transfer = _done[which % _done.length];
        bytes memory metadata = _signed(transfer, validatorKeys[1]);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(transfer.message)));
        _mailboxes[transfer.to].process(metadata, transfer.message);
    }

    /// @dev Anyone, to anyone, at any router. Only who may does.
    function claim(uint256 id, uint256 domain, uint256 caller, uint256 to) external {
        id %= IDS;
        domain = domain % 2 == 0 && _where[id] != IN_FLIGHT ? _where[id] : domain % DOMAINS;
        bool nobody = uint256(_whose[id]) >> 160 != 0 || _account(_whose[id]) == address(_routers[domain]);
        address by = caller % 5 == 4 ? owner : _users[caller % 5];
        if (to % 2 == 0) by = nobody ? owner : _account(_whose[id]);
        address heir = _users[(to >> 8) % 4];
        bool may = by == _account(_whose[id]) || heir == _account(_whose[id]) || (by == owner && nobody);
        may = may && _where[id] == domain && _waits[id] && !(domain == 0 && _collection.frozen(heir));

        vm.prank(by);
        (bool claimed,) = address(_routers[domain]).call(abi.encodeCall(INonFungibleRouter.claim, (id, heir)));
        assertEq(claimed, may);
        if (!claimed) return;
        (_whose[id], _waits[id]) = (Reference.addr32(heir), false);
        ++claims;
    }

    function freeze(uint256 who, bool frozen) external {
        _collection.freeze(who % 5 == 4 ? address(_routers[0]) : _users[who % 5], frozen);
    }

    /* ----------------------------------------------------- checks --------------------------------------------------- */

    /// @dev Each token is in one place: with its holder on one chain, where the books have it, or in flight; the one of the
    ///      collection is locked while it is not there.
    function check() external view {
        for (uint256 id; id < IDS; ++id) {
            bool there = _where[id] == 0;
            address holder = !there || _waits[id] ? address(_routers[0]) : _account(_whose[id]);
            assertEq(_collection.ownerOf(id), holder);
            assertEq(_routers[0].claimable(id), there && _waits[id] ? _whose[id] : bytes32(0));
            uint256 places = there ? 1 : 0;
            for (uint256 i; i < _inFlight.length; ++i) {
                if (_inFlight[i].id == id) ++places;
            }
            for (uint256 d = 1; d < DOMAINS; ++d) {
                if (_checkSynthetic(id, d)) ++places;
            }
            assertEq(places, 1);
        }
    }

    function _checkSynthetic(uint256 id, uint256 domain) internal view returns (bool exists) {
        IHypERC721 router = IHypERC721(address(_routers[domain]));
        bool waits = _where[id] == domain && _waits[id];
        assertEq(router.claimable(id), waits ? _whose[id] : bytes32(0));
        try router.ownerOf(id) returns (address holder) {
            assertEq(_where[id], domain);
            assertEq(holder, waits ? address(router) : _account(_whose[id]));
            assertEq(router.tokenURI(id), _uri(id));
            return true;
        } catch {
            assertTrue(_where[id] != domain);
        }
    }

    /* ---------------------------------------------------- the world ------------------------------------------------- */

    function _enrollAll() internal {
        for (uint256 d; d < DOMAINS; ++d) {
            for (uint256 e; e < DOMAINS; ++e) {
                if (d == e) continue;
                uint32 domain = _domain(e);
                vm.prank(owner);
                _routers[d].enrollRemoteRouter(domain, Reference.addr32(address(_routers[e])));
            }
        }
    }

    function _uri(uint256 id) internal pure returns (string memory) {
        return string(new bytes(id * 20));
    }

    function _domain(uint256 index) internal view returns (uint32) {
        return _mailboxes[index].localDomain();
    }

    function _recipient(uint256 domain, uint256 who) internal view returns (bytes32) {
        who %= RECIPIENTS;
        if (who < 4) return Reference.addr32(_users[who]);
        return who == 4 ? bytes32(uint256(0xf0e1) << 200) : Reference.addr32(address(_routers[domain]));
    }

    /// @dev Zero if it is none.
    function _account(bytes32 who) internal pure returns (address) {
        return uint256(who) >> 160 == 0 ? address(uint160(uint256(who))) : address(0);
    }

    function _next(Transfer memory transfer) internal view returns (bytes memory) {
        return Reference.message(
            _mailboxes[transfer.from].nonce(),
            _domain(transfer.from),
            address(_routers[transfer.from]),
            _domain(transfer.to),
            Reference.addr32(address(_routers[transfer.to])),
            abi.encodePacked(transfer.recipient, transfer.id, _uri(transfer.id))
        );
    }

    function _signed(Transfer memory transfer, uint256 second) internal view returns (bytes memory) {
        (bytes32 root, uint32 index) = _mailboxes[transfer.from].merkleTreeHook().latestCheckpoint();
        Reference.Checkpoint memory checkpoint = Reference.Checkpoint({
            origin: _domain(transfer.from),
            tree: Reference.addr32(address(_mailboxes[transfer.from].merkleTreeHook())),
            root: root,
            index: index,
            messageId: keccak256(transfer.message)
        });
        bytes32 hash = Reference.checkpointHash(checkpoint);
        return bytes.concat(Reference.messageIdMetadata(checkpoint), _sign(validatorKeys[0], hash), _sign(second, hash));
    }
}
