// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Script} from "forge-std/Script.sol";

import {Mailbox} from "src/Mailbox.sol";
import {ValidatorAnnounce} from "src/ValidatorAnnounce.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {StaticMessageIdMultisigIsmFactory} from "src/isms/multisig/StaticMessageIdMultisigIsmFactory.sol";

/// @notice Deploys a Mailbox whose default module is a message-id multisig, for those who deploy with forge.
///         `causeway deploy` does the same and more.
/// @dev Environment: VALIDATORS (addresses separated by commas), THRESHOLD, OWNER; DOMAIN (default: the chain id).
///
///      VALIDATORS=0x..,0x..,0x.. THRESHOLD=2 OWNER=0x.. \
///        forge script script/DeployCore.s.sol --rpc-url .. --account .. --broadcast
contract DeployCore is Script {
    using SafeCast for uint256;

    /// @notice One stolen key could forge every message. `causeway deploy --development` is for chains without value.
    error UnsafeThreshold(uint256 threshold, uint256 validators);

    /// @notice Deploys as the environment says.
    function run() external returns (Mailbox mailbox, ValidatorAnnounce validatorAnnounce) {
        return deploy(
            vm.envOr("DOMAIN", block.chainid).toUint32(),
            vm.envAddress("OWNER"),
            vm.envAddress("VALIDATORS", ","),
            vm.envUint("THRESHOLD").toUint8()
        );
    }

    /// @notice Deploys from the broadcasting account, which keeps no power.
    function deploy(uint32 domain, address owner, address[] memory validators, uint8 threshold)
        public
        returns (Mailbox mailbox, ValidatorAnnounce validatorAnnounce)
    {
        if (threshold < 2) revert UnsafeThreshold(threshold, validators.length);

        vm.startBroadcast();
        address ism = new StaticMessageIdMultisigIsmFactory().deploy(validators, threshold);
        mailbox = new Mailbox(domain, owner, IInterchainSecurityModule(ism));
        validatorAnnounce = new ValidatorAnnounce(mailbox);
        vm.stopBroadcast();
    }
}
