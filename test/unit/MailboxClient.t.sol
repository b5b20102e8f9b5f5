// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "src/MailboxClient.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IMessageRecipient} from "src/interfaces/IMessageRecipient.sol";

import {BaseTest} from "../kit/BaseTest.sol";

contract ClientRecipient is MailboxClient, IMessageRecipient {
    uint256 public received;

    constructor(IMailbox mailbox_) MailboxClient(mailbox_) {}

    function handle(uint32, bytes32, bytes calldata) external payable onlyMailbox {
        ++received;
    }
}

contract MailboxClientTest is BaseTest {
    ClientRecipient internal client;

    function setUp() public override {
        super.setUp();
        client = new ClientRecipient(destinationMailbox);
    }

    function test_constructor_bindsToTheMailbox() public view {
        assertEq(address(client.mailbox()), address(destinationMailbox));
        assertEq(client.localDomain(), DESTINATION);
        assertEq(client.PACKAGE_VERSION(), "0.1.0");
    }

    function test_constructor_mailboxWithoutCode_reverts() public {
        vm.expectRevert(bytes(""));
        new ClientRecipient(IMailbox(bob));
    }

    function test_handle_byTheMailbox() public {
        bytes memory message = _dispatch(address(client), "");
        destinationMailbox.process(_metadata(message), message);
        assertEq(client.received(), 1);
    }

    function testFuzz_handle_byAnyoneElse_reverts(address caller) public {
        vm.assume(caller != address(destinationMailbox));
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, caller));
        vm.prank(caller);
        client.handle(ORIGIN, 0, "");
    }

    function test_handle_byAnotherMailbox_reverts() public {
        // Attempt: deliver the message through a Mailbox that the attacker made, with a module of his own.
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, address(originMailbox)));
        vm.prank(address(originMailbox));
        client.handle(ORIGIN, 0, "");
    }
}
