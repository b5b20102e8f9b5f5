// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Router} from "src/apps/Router.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

/// @notice The least application of routers: it sends notes and keeps the last one of each domain.
contract NoteRouter is Router {
    mapping(uint32 domain => bytes body) public notes;

    constructor(IMailbox mailbox_, IPostDispatchHook hook_, IInterchainSecurityModule module, address owner_)
        Router(mailbox_, hook_, module, owner_)
    {}

    function post(uint32 domain, bytes calldata note) external payable returns (bytes32) {
        return _dispatch(domain, msg.value, note);
    }

    function _handle(uint32 origin, bytes calldata body) internal override {
        notes[origin] = body;
    }
}
