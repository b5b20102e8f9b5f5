// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CommonBase} from "forge-std/Base.sol";

import {Mailbox} from "../../src/Mailbox.sol";
import {IInterchainSecurityModule} from "../../src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../src/interfaces/IMailbox.sol";
import {IMessageRecipient} from "../../src/interfaces/IMessageRecipient.sol";
import {IPostDispatchHook} from "../../src/interfaces/IPostDispatchHook.sol";
import {StaticMerkleRootMultisigIsmFactory} from "../../src/isms/multisig/StaticMerkleRootMultisigIsmFactory.sol";
import {StaticMessageIdMultisigIsmFactory} from "../../src/isms/multisig/StaticMessageIdMultisigIsmFactory.sol";
import {Message} from "../../src/libraries/Message.sol";
import {TypeCasts} from "../../src/libraries/TypeCasts.sol";
import {Reference} from "./Reference.sol";

/// @title Interchain
/// @notice Any number of chains in one EVM, for tests of applications: a real Mailbox each, real multisig modules, real
///         signatures of three validators of whom two must sign. Nothing arrives until it is relayed.
/// @dev See docs/build-on-it.md. It learns of messages as the required hook of its Mailboxes. It compiles with any settings and
///      needs no file: other projects import it as it is.
contract Interchain is IPostDispatchHook, CommonBase {
    using Message for bytes;
    using TypeCasts for address;
    using TypeCasts for bytes32;

    /// @notice The fields of a message.
    struct Letter {
        uint32 nonce;
        uint32 origin;
        bytes32 sender;
        uint32 destination;
        bytes32 recipient;
        bytes body;
    }

    /// @notice No such message was dispatched.
    error UnknownMessage(bytes32 id);

    /// @notice No message is under way, or all that are, are held.
    error NothingToRelay();

    /// @notice The recipient's module is none that this can make metadata for: give yours to `relay(id, metadata)`.
    error UnsupportedModule(uint8 moduleType);

    /// @notice The recipient obeyed what nobody sent.
    error ForgeryAccepted(string forgery);

    uint256 public constant VALIDATORS = 3;
    uint8 public constant THRESHOLD = 2;

    /// @notice Module of two of the three validators, by message id: the default module of every chain.
    IInterchainSecurityModule public immutable messageIdIsm;

    /// @notice Module of two of the three validators, by merkle root.
    IInterchainSecurityModule public immutable merkleRootIsm;

    /// @notice Wei that every dispatch costs.
    uint256 public fee;

    mapping(uint32 domain => IMailbox) internal _mailboxes;
    mapping(uint32 domain => bytes32[] ids) internal _leaves;
    mapping(bytes32 id => Letter) internal _letters;
    mapping(bytes32 id => bool) internal _held;
    bytes32[] internal _ids;

    constructor() {
        uint256[] memory keys = _keys("validator", VALIDATORS);
        address[] memory validators = new address[](VALIDATORS);
        for (uint256 i; i < VALIDATORS; ++i) {
            validators[i] = vm.addr(keys[i]);
        }
        messageIdIsm = IInterchainSecurityModule(new StaticMessageIdMultisigIsmFactory().deploy(validators, THRESHOLD));
        merkleRootIsm =
            IInterchainSecurityModule(new StaticMerkleRootMultisigIsmFactory().deploy(validators, THRESHOLD));
    }

    /* ----------------------------------------------------- chains --------------------------------------------------- */

    /// @notice The Mailbox of a chain, which is there from its first mention on.
    function mailbox(uint32 domain) public returns (IMailbox) {
        if (address(_mailboxes[domain]) == address(0)) {
            _mailboxes[domain] = new Mailbox(domain, address(this), messageIdIsm);
            _mailboxes[domain].setRequiredHook(this);
        }
        return _mailboxes[domain];
    }

    /// @notice Has every dispatch cost this many wei from now on: an application that does not pass them on is found out.
    function setFee(uint256 fee_) external {
        fee = fee_;
    }

    /* ---------------------------------------------------- messages -------------------------------------------------- */

    /// @notice The messages that were dispatched and neither delivered nor held, the oldest first.
    function pending() public view returns (bytes32[] memory ids) {
        ids = new bytes32[](_ids.length);
        uint256 count;
        for (uint256 i; i < _ids.length; ++i) {
            if (_isPending(_ids[i])) ids[count++] = _ids[i];
        }
        assembly ("memory-safe") {
            mstore(ids, count)
        }
    }

    /// @notice What was dispatched under this id.
    function letter(bytes32 id) public view returns (Letter memory found) {
        found = _letters[id];
        if (found.recipient == 0) revert UnknownMessage(id);
    }

    /// @notice Delivers the oldest message that is pending. Reverts as the delivery does.
    function relay() external payable returns (bytes32 id) {
        bytes32[] memory ids = pending();
        if (ids.length == 0) revert NothingToRelay();
        id = ids[0];
        relay(id);
    }

    /// @notice Delivers a message, in any order; also one that is held, or that was delivered before, which must fail.
    function relay(bytes32 id) public payable {
        relay(id, metadata(id));
    }

    /// @notice The same with metadata of one's own, for modules of other kinds.
    function relay(bytes32 id, bytes memory metadata_) public payable {
        Letter memory found = letter(id);
        mailbox(found.destination).process{value: msg.value}(metadata_, _encode(found));
    }

    /// @notice Delivers all that is pending, and what those deliveries dispatch, the oldest first.
    function relayAll() external returns (uint256 count) {
        for (uint256 i; i < _ids.length; ++i) {
            if (!_isPending(_ids[i])) continue;
            relay(_ids[i]);
            ++count;
        }
    }

    /// @notice `relay()` and `relayAll()` leave the message out: it is late until `relay(id)`, and lost without.
    function hold(bytes32 id) external {
        _held[id] = true;
    }

    /// @notice What the recipient's module wants for a message, signed by a quorum.
    function metadata(bytes32 id) public returns (bytes memory) {
        return _metadata(letter(id), _keys("validator", THRESHOLD));
    }

    /// @notice Tries all that an attacker can make of a message that is pending, then delivers the message itself. For
    ///         recipients that obey one sender a chain, as routers do.
    /// @dev Reverts with `ForgeryAccepted` at the first forgery that the recipient obeys.
    function assertRefusesForgeries(bytes32 id) external {
        uint256[] memory quorum = _keys("validator", THRESHOLD);
        Letter memory real = letter(id);
        _tryForgery("no metadata", real, "");
        _tryForgery("signed by strangers", real, _metadata(real, _keys("stranger", THRESHOLD)));
        _tryForgery("signed by too few", real, _metadata(real, _keys("validator", THRESHOLD - 1)));

        Letter memory forged = letter(id);
        forged.body = bytes.concat(real.body, hex"00");
        _tryForgery("another body under the signatures of the message", forged, metadata(id));

        forged = letter(id);
        forged.sender = address(~uint160(uint256(real.sender))).toBytes32();
        _tryForgery("sent by a stranger", forged, _metadata(forged, quorum));

        forged = letter(id);
        forged.origin = ~real.origin;
        _tryForgery("sent by the sender's address on another chain", forged, _metadata(forged, quorum));

        try IMessageRecipient(real.recipient.toAddress()).handle(real.origin, real.sender, real.body) {
            revert ForgeryAccepted("handle called by a stranger");
        } catch {}

        relay(id);
    }

    /* --------------------------------------------------- hook of all ------------------------------------------------ */

    /// @inheritdoc IPostDispatchHook
    function postDispatch(bytes calldata, bytes calldata message) external payable {
        if (msg.value < fee) revert Underpaid(msg.value, fee);

        bytes32 id = message.id();
        _ids.push(id);
        _leaves[message.origin()].push(id);
        _letters[id] = Letter({
            nonce: message.nonce(),
            origin: message.origin(),
            sender: message.sender(),
            destination: message.destination(),
            recipient: message.recipient(),
            body: message.body()
        });
    }

    /// @inheritdoc IPostDispatchHook
    function quoteDispatch(bytes calldata, bytes calldata) external view returns (uint256) {
        return fee;
    }

    /// @inheritdoc IPostDispatchHook
    function supportsMetadata(bytes calldata) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 8;
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _tryForgery(string memory forgery, Letter memory forged, bytes memory metadata_) internal {
        try mailbox(forged.destination).process(metadata_, _encode(forged)) {
            revert ForgeryAccepted(forgery);
        } catch {}
    }

    /// @dev What the module of the letter's recipient wants, as validators with these keys would make it, had the letter been
    ///      dispatched on its origin.
    function _metadata(Letter memory sent, uint256[] memory keys) internal returns (bytes memory result) {
        bytes32[] memory leaves = new bytes32[](sent.nonce + 1);
        for (uint256 i; i < sent.nonce && i < _leaves[sent.origin].length; ++i) {
            leaves[i] = _leaves[sent.origin][i];
        }
        leaves[sent.nonce] = keccak256(_encode(sent));
        Reference.Checkpoint memory checkpoint = Reference.Checkpoint({
            origin: sent.origin,
            tree: address(mailbox(sent.origin).merkleTreeHook()).toBytes32(),
            root: Reference.root(leaves),
            index: sent.nonce,
            messageId: leaves[sent.nonce]
        });

        uint8 moduleType = mailbox(sent.destination).recipientIsm(sent.recipient.toAddress()).moduleType();
        if (moduleType == 5) {
            result = Reference.messageIdMetadata(checkpoint);
        } else if (moduleType == 4) {
            result = Reference.merkleRootMetadata(checkpoint, sent.nonce, Reference.proof(leaves, sent.nonce));
        } else if (moduleType == 6) {
            return ""; // it wants nothing, and verifies everything or by itself
        } else {
            revert UnsupportedModule(moduleType);
        }
        for (uint256 i; i < keys.length; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[i], Reference.checkpointHash(checkpoint));
            result = bytes.concat(result, abi.encodePacked(r, s, v));
        }
    }

    function _isPending(bytes32 id) internal view returns (bool) {
        IMailbox destination = _mailboxes[_letters[id].destination];
        return !_held[id] && (address(destination) == address(0) || !destination.delivered(id));
    }

    function _encode(Letter memory sent) internal pure returns (bytes memory) {
        return
            abi.encodePacked(
                uint8(3), sent.nonce, sent.origin, sent.sender, sent.destination, sent.recipient, sent.body
            );
    }

    function _keys(string memory whose, uint256 count) internal pure returns (uint256[] memory keys) {
        keys = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            keys[i] = uint256(keccak256(abi.encode(whose, i)));
        }
    }
}
