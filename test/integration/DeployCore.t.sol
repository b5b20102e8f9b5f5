// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {IValidatorAnnounce} from "src/interfaces/IValidatorAnnounce.sol";

import {IOwnedMailbox} from "../kit/Shipped.sol";

/// @dev The script imports what ships, so a test knows it by its interface only (see foundry.toml).
interface IDeployCore {
    error UnsafeThreshold(uint256 threshold, uint256 validators);

    function deploy(uint32 domain, address owner, address[] memory validators, uint8 threshold)
        external
        returns (IOwnedMailbox mailbox, IValidatorAnnounce validatorAnnounce);
}

contract DeployCoreTest is Test {
    IDeployCore internal script;
    address internal owner = makeAddr("owner");
    address[] internal validators;

    function setUp() public {
        script = IDeployCore(vm.deployCode("DeployCore.s.sol:DeployCore"));
        for (uint256 i; i < 3; ++i) {
            validators.push(makeAddr(string.concat("validator ", vm.toString(i))));
        }
    }

    function test_deploy_isAsAskedFor() public {
        (IOwnedMailbox mailbox, IValidatorAnnounce validatorAnnounce) = script.deploy(1234, owner, validators, 2);

        assertEq(mailbox.localDomain(), 1234);
        assertEq(mailbox.owner(), owner);
        (address[] memory set, uint8 threshold) = IMultisigIsm(address(mailbox.defaultIsm())).validatorsAndThreshold("");
        assertEq(set, validators);
        assertEq(threshold, 2);
        string memory location = "s3://bucket/region";
        assertTrue(validatorAnnounce.getAnnouncementDigest(location) != 0);
    }

    function test_deploy_thresholdThatOneStolenKeyMeets_reverts() public {
        for (uint8 threshold; threshold < 2; ++threshold) {
            vm.expectRevert(abi.encodeWithSelector(IDeployCore.UnsafeThreshold.selector, threshold, 3));
            script.deploy(1234, owner, validators, threshold);
        }
    }
}
