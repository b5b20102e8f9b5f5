// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {StdConstants} from "forge-std/StdConstants.sol";
import {Vm} from "forge-std/Vm.sol";

import {IStorageAggregationIsm} from "src/interfaces/IAggregationIsm.sol";
import {IAttestationCcipReadIsm} from "src/interfaces/ICcipReadIsm.sol";
import {IStaticAggregationHookFactory} from "src/interfaces/IAggregationHook.sol";
import {IBlsKeyRegistry} from "src/interfaces/IBlsKeyRegistry.sol";
import {IBlsMultisigIsmFactory} from "src/interfaces/IBlsMultisigIsmFactory.sol";
import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypERC20Collateral} from "src/interfaces/IHypERC20Collateral.sol";
import {IHypERC4626Collateral} from "src/interfaces/IHypERC4626Collateral.sol";
import {IHypNative} from "src/interfaces/IHypNative.sol";
import {IHypXERC20} from "src/interfaces/IHypXERC20.sol";
import {IHypXERC20Lockbox} from "src/interfaces/IHypXERC20Lockbox.sol";
import {IXERC20} from "src/interfaces/IXERC20.sol";
import {IXERC20Lockbox} from "src/interfaces/IXERC20Lockbox.sol";
import {IInterchainGasPaymaster} from "src/interfaces/IInterchainGasPaymaster.sol";
import {IDeliveryReceipts} from "src/interfaces/IDeliveryReceipts.sol";
import {IEscrowPaymaster} from "src/interfaces/IEscrowPaymaster.sol";
import {IInterchainAccountRouter} from "src/interfaces/IInterchainAccountRouter.sol";
import {IInterchainQueryRouter} from "src/interfaces/IInterchainQueryRouter.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IStorageMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {IStorageGasOracle} from "src/interfaces/IGasOracle.sol";
import {IProtocolFee} from "src/interfaces/IProtocolFee.sol";
import {IPausableIsm} from "src/interfaces/IPausableIsm.sol";
import {IRateLimitedIsm} from "src/interfaces/IRateLimitedIsm.sol";
import {
    IAmountRoutingIsm,
    IDomainRoutes,
    IDomainRoutingIsm,
    IDomainRoutingIsmFactory,
    IIncrementalDomainRoutingIsm
} from "src/interfaces/IRoutingIsm.sol";
import {IOptimisticIsm} from "src/interfaces/IOptimisticIsm.sol";
import {IPausableHook} from "src/interfaces/IPausableHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IRateLimitedHook} from "src/interfaces/IRateLimitedHook.sol";
import {
    IAmountRoutingHook,
    IDefaultHook,
    IDomainRoutingHook,
    IFallbackDomainRoutingHook,
    IRecipientRoutingHook
} from "src/interfaces/IRoutingHook.sol";
import {IMessageIdAuthHook} from "src/interfaces/IMessageIdAuthHook.sol";
import {IMessageIdAuthorizedIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";
import {IStakeTerms} from "src/interfaces/IStakeTerms.sol";
import {ISlasher} from "src/interfaces/ISlasher.sol";
import {ISlashingTerms} from "src/interfaces/ISlashingTerms.sol";
import {IStakedMultisigIsm} from "src/interfaces/IStakedMultisigIsm.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {ITokenFee} from "src/interfaces/ITokenFee.sol";
import {ITrustedRelayerIsm} from "src/interfaces/ITrustedRelayerIsm.sol";
import {IValidatorAnnounce} from "src/interfaces/IValidatorAnnounce.sol";
import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IHypERC721} from "src/interfaces/IHypERC721.sol";
import {IHypERC721Collateral} from "src/interfaces/IHypERC721Collateral.sol";
import {IStaticWeightedMultisigIsmFactory} from "src/interfaces/IWeightedMultisigIsm.sol";

/// @notice What every router is created with.
struct RouterConfig {
    IMailbox mailbox;
    IPostDispatchHook hook;
    IInterchainSecurityModule module;
    address owner;
}

/// @notice The Mailbox with what it inherits: its interface alone is what other contracts may call.
interface IOwnedMailbox is IMailbox {
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
    function PACKAGE_VERSION() external view returns (string memory);
}

/// @notice DefaultFallbackRoutingIsm, which has no interface of its own.
interface IFallbackRoutingIsm is IDomainRoutingIsm {
    function mailbox() external view returns (IMailbox);
}

/// @notice The optimistic module with what it inherits.
interface IOwnedOptimisticIsm is IOptimisticIsm {
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
}

/// @notice The stake with what it inherits.
interface IVersionedValidatorStake is IValidatorStake {
    function PACKAGE_VERSION() external view returns (string memory);
}

/// @notice The staked module with what it inherits.
interface IOwnedStakedMultisigIsm is IStakedMultisigIsm {
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
    function mailbox() external view returns (IMailbox);
}

/// @notice The paymaster with what it inherits.
interface IOwnedGasPaymaster is IInterchainGasPaymaster {
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
    function PACKAGE_VERSION() external view returns (string memory);
}

/// @title Shipped
/// @notice Deploys what ships, byte for byte: the contracts of src as compiled through via-IR. Tests are compiled without it
/// (foundry.toml), so a test that imported Mailbox.sol for `new Mailbox(...)` would test a second, different Mailbox; forge
/// refuses to compile it ("incompatible settings restrictions"). Errors and events are in the interfaces.
library Shipped {
    Vm private constant VM = StdConstants.VM;

    function mailbox(uint32 domain, address owner, IInterchainSecurityModule defaultIsm)
        internal
        returns (IOwnedMailbox)
    {
        return IOwnedMailbox(_deploy("src/Mailbox.sol:Mailbox", abi.encode(domain, owner, defaultIsm)));
    }

    function validatorAnnounce(IMailbox forMailbox) internal returns (IValidatorAnnounce) {
        return IValidatorAnnounce(_deploy("src/ValidatorAnnounce.sol:ValidatorAnnounce", abi.encode(forMailbox)));
    }

    function messageIdMultisigIsmFactory() internal returns (IStaticAddressSetFactory) {
        return IStaticAddressSetFactory(
            _deploy("src/isms/multisig/StaticMessageIdMultisigIsmFactory.sol:StaticMessageIdMultisigIsmFactory", "")
        );
    }

    function merkleRootMultisigIsmFactory() internal returns (IStaticAddressSetFactory) {
        return IStaticAddressSetFactory(
            _deploy("src/isms/multisig/StaticMerkleRootMultisigIsmFactory.sol:StaticMerkleRootMultisigIsmFactory", "")
        );
    }

    function messageIdWeightedMultisigIsmFactory() internal returns (IStaticWeightedMultisigIsmFactory) {
        return IStaticWeightedMultisigIsmFactory(
            _deploy(
                "src/isms/multisig/StaticMessageIdWeightedMultisigIsmFactory.sol:StaticMessageIdWeightedMultisigIsmFactory",
                ""
            )
        );
    }

    function merkleRootWeightedMultisigIsmFactory() internal returns (IStaticWeightedMultisigIsmFactory) {
        return IStaticWeightedMultisigIsmFactory(
            _deploy(
                "src/isms/multisig/StaticMerkleRootWeightedMultisigIsmFactory.sol:StaticMerkleRootWeightedMultisigIsmFactory",
                ""
            )
        );
    }

    function storageMessageIdMultisigIsm(address owner, address[] memory validators, uint8 threshold)
        internal
        returns (IStorageMultisigIsm)
    {
        return IStorageMultisigIsm(
            _deploy(
                "src/isms/multisig/StorageMessageIdMultisigIsm.sol:StorageMessageIdMultisigIsm",
                abi.encode(owner, validators, threshold)
            )
        );
    }

    function storageMerkleRootMultisigIsm(address owner, address[] memory validators, uint8 threshold)
        internal
        returns (IStorageMultisigIsm)
    {
        return IStorageMultisigIsm(
            _deploy(
                "src/isms/multisig/StorageMerkleRootMultisigIsm.sol:StorageMerkleRootMultisigIsm",
                abi.encode(owner, validators, threshold)
            )
        );
    }

    function aggregationIsmFactory() internal returns (IStaticAddressSetFactory) {
        return IStaticAddressSetFactory(
            _deploy("src/isms/aggregation/StaticAggregationIsmFactory.sol:StaticAggregationIsmFactory", "")
        );
    }

    function storageAggregationIsm(address owner, address[] memory modules, uint8 threshold)
        internal
        returns (IStorageAggregationIsm)
    {
        return IStorageAggregationIsm(
            _deploy(
                "src/isms/aggregation/StorageAggregationIsm.sol:StorageAggregationIsm",
                abi.encode(owner, modules, threshold)
            )
        );
    }

    function domainRoutingIsm(address owner, IDomainRoutes.DomainModule[] memory routes)
        internal
        returns (IDomainRoutingIsm)
    {
        return IDomainRoutingIsm(
            _deploy("src/isms/routing/DomainRoutingIsm.sol:DomainRoutingIsm", abi.encode(owner, routes))
        );
    }

    function domainRoutingIsmFactory() internal returns (IDomainRoutingIsmFactory) {
        return
            IDomainRoutingIsmFactory(
                _deploy("src/isms/routing/DomainRoutingIsmFactory.sol:DomainRoutingIsmFactory", "")
            );
    }

    function incrementalDomainRoutingIsm(address owner, IDomainRoutes.DomainModule[] memory routes)
        internal
        returns (IIncrementalDomainRoutingIsm)
    {
        return IIncrementalDomainRoutingIsm(
            _deploy(
                "src/isms/routing/IncrementalDomainRoutingIsm.sol:IncrementalDomainRoutingIsm",
                abi.encode(owner, routes)
            )
        );
    }

    function fallbackRoutingIsm(IMailbox forMailbox, address owner, IDomainRoutes.DomainModule[] memory routes)
        internal
        returns (IFallbackRoutingIsm)
    {
        return IFallbackRoutingIsm(
            _deploy(
                "src/isms/routing/DefaultFallbackRoutingIsm.sol:DefaultFallbackRoutingIsm",
                abi.encode(forMailbox, owner, routes)
            )
        );
    }

    function amountRoutingIsm(IInterchainSecurityModule lower, IInterchainSecurityModule upper, uint256 threshold)
        internal
        returns (IAmountRoutingIsm)
    {
        return IAmountRoutingIsm(
            _deploy("src/isms/routing/AmountRoutingIsm.sol:AmountRoutingIsm", abi.encode(lower, upper, threshold))
        );
    }

    function pausableIsm(address owner, address guardian) internal returns (IPausableIsm) {
        return IPausableIsm(_deploy("src/isms/null/PausableIsm.sol:PausableIsm", abi.encode(owner, guardian)));
    }

    function trustedRelayerIsm(IMailbox forMailbox, address relayer) internal returns (ITrustedRelayerIsm) {
        return ITrustedRelayerIsm(
            _deploy("src/isms/null/TrustedRelayerIsm.sol:TrustedRelayerIsm", abi.encode(forMailbox, relayer))
        );
    }

    function rateLimitedIsm(IMailbox forMailbox, address owner, uint256 capacity, uint256 duration, address recipient)
        internal
        returns (IRateLimitedIsm)
    {
        return IRateLimitedIsm(
            _deploy(
                "src/isms/null/RateLimitedIsm.sol:RateLimitedIsm",
                abi.encode(forMailbox, owner, capacity, duration, recipient)
            )
        );
    }

    function noopIsm() internal returns (IInterchainSecurityModule) {
        return IInterchainSecurityModule(_deploy("src/isms/null/NoopIsm.sol:NoopIsm", ""));
    }

    function attestationCcipReadIsm(address owner, string[] memory urls, address attester)
        internal
        returns (IAttestationCcipReadIsm)
    {
        return IAttestationCcipReadIsm(
            _deploy(
                "src/isms/ccip-read/AttestationCcipReadIsm.sol:AttestationCcipReadIsm",
                abi.encode(owner, urls, attester)
            )
        );
    }

    function optimisticIsm(
        address owner,
        IInterchainSecurityModule submodule,
        uint48 fraudWindow,
        address[] memory watchers,
        uint8 threshold
    ) internal returns (IOwnedOptimisticIsm) {
        bytes memory arguments = abi.encode(owner, submodule, fraudWindow, watchers, threshold);
        return IOwnedOptimisticIsm(_deploy("src/isms/optimistic/OptimisticIsm.sol:OptimisticIsm", arguments));
    }

    /* ---------------------------------------------------- bridges --------------------------------------------------- */

    /// @param name Of a contract in src/isms/bridge or src/hooks/bridge that has a file of its own.
    function bridgeIsm(string memory name, bytes memory args) internal returns (IMessageIdAuthorizedIsm) {
        return IMessageIdAuthorizedIsm(_deploy(string.concat("src/isms/bridge/", name, ".sol:", name), args));
    }

    function bridgeHook(string memory name, bytes memory args) internal returns (IMessageIdAuthHook) {
        return IMessageIdAuthHook(_deploy(string.concat("src/hooks/bridge/", name, ".sol:", name), args));
    }

    function blsKeyRegistry() internal returns (IBlsKeyRegistry) {
        return IBlsKeyRegistry(_deploy("src/isms/bls/BlsKeyRegistry.sol:BlsKeyRegistry", ""));
    }

    function blsMultisigIsmFactory(IBlsKeyRegistry registry) internal returns (IBlsMultisigIsmFactory) {
        return IBlsMultisigIsmFactory(
            _deploy("src/isms/bls/BlsMultisigIsmFactory.sol:BlsMultisigIsmFactory", abi.encode(registry))
        );
    }

    /* ---------------------------------------------------- staking --------------------------------------------------- */

    function validatorStake(
        IMailbox forMailbox,
        IBlsKeyRegistry registry,
        IStakeTerms.Terms memory terms,
        ISlashingTerms.Terms memory slashingTerms
    ) internal returns (IVersionedValidatorStake) {
        bytes memory arguments = abi.encode(forMailbox, registry, terms, slashingTerms);
        return IVersionedValidatorStake(_deploy("src/staking/ValidatorStake.sol:ValidatorStake", arguments));
    }

    function checkpointFraudProofs() internal returns (ICheckpointFraudProofs) {
        return ICheckpointFraudProofs(_deploy("src/staking/CheckpointFraudProofs.sol:CheckpointFraudProofs", ""));
    }

    function slasher(
        IMailbox forMailbox,
        IValidatorStake stake,
        ICheckpointFraudProofs proofs,
        ISlashingTerms.Terms memory terms
    ) internal returns (ISlasher) {
        return ISlasher(_deploy("src/staking/Slasher.sol:Slasher", abi.encode(forMailbox, stake, proofs, terms)));
    }

    function stakedMultisigIsm(IMailbox forMailbox, address owner, uint48 setLifetime, uint48 delay)
        internal
        returns (IOwnedStakedMultisigIsm)
    {
        return IOwnedStakedMultisigIsm(
            _deploy(
                "src/isms/staked/StakedMultisigIsm.sol:StakedMultisigIsm",
                abi.encode(forMailbox, owner, setLifetime, delay)
            )
        );
    }

    /* ----------------------------------------------------- hooks ---------------------------------------------------- */

    function aggregationHookFactory() internal returns (IStaticAggregationHookFactory) {
        return IStaticAggregationHookFactory(
            _deploy("src/hooks/aggregation/StaticAggregationHookFactory.sol:StaticAggregationHookFactory", "")
        );
    }

    function domainRoutingHook(address owner, IDomainRoutingHook.HookConfig[] memory configs)
        internal
        returns (IDomainRoutingHook)
    {
        return IDomainRoutingHook(
            _deploy("src/hooks/routing/DomainRoutingHook.sol:DomainRoutingHook", abi.encode(owner, configs))
        );
    }

    function fallbackRoutingHook(
        address owner,
        IDomainRoutingHook.HookConfig[] memory configs,
        IPostDispatchHook fallbackHook
    ) internal returns (IFallbackDomainRoutingHook) {
        bytes memory arguments = abi.encode(owner, configs, fallbackHook);
        return IFallbackDomainRoutingHook(
            _deploy("src/hooks/routing/FallbackDomainRoutingHook.sol:FallbackDomainRoutingHook", arguments)
        );
    }

    function recipientRoutingHook(
        address owner,
        IRecipientRoutingHook.RecipientHook[] memory configs,
        IPostDispatchHook fallbackHook
    ) internal returns (IRecipientRoutingHook) {
        bytes memory arguments = abi.encode(owner, configs, fallbackHook);
        return
            IRecipientRoutingHook(_deploy("src/hooks/routing/RecipientRoutingHook.sol:RecipientRoutingHook", arguments));
    }

    function amountRoutingHook(IPostDispatchHook lower, IPostDispatchHook upper, uint256 threshold)
        internal
        returns (IAmountRoutingHook)
    {
        return IAmountRoutingHook(
            _deploy("src/hooks/routing/AmountRoutingHook.sol:AmountRoutingHook", abi.encode(lower, upper, threshold))
        );
    }

    function defaultHook(IMailbox forMailbox) internal returns (IDefaultHook) {
        return IDefaultHook(_deploy("src/hooks/routing/DefaultHook.sol:DefaultHook", abi.encode(forMailbox)));
    }

    function pausableHook(address owner, address guardian) internal returns (IPausableHook) {
        return IPausableHook(_deploy("src/hooks/limits/PausableHook.sol:PausableHook", abi.encode(owner, guardian)));
    }

    function rateLimitedHook(IMailbox forMailbox, address owner, uint256 capacity, uint256 duration, address sender)
        internal
        returns (IRateLimitedHook)
    {
        bytes memory arguments = abi.encode(forMailbox, owner, capacity, duration, sender);
        return IRateLimitedHook(_deploy("src/hooks/limits/RateLimitedHook.sol:RateLimitedHook", arguments));
    }

    /* ---------------------------------------------------- payment --------------------------------------------------- */

    function gasPaymaster(IMailbox forMailbox, address owner, address beneficiary, address updater)
        internal
        returns (IOwnedGasPaymaster)
    {
        return IOwnedGasPaymaster(
            _deploy(
                "src/hooks/payment/InterchainGasPaymaster.sol:InterchainGasPaymaster",
                abi.encode(forMailbox, owner, beneficiary, updater)
            )
        );
    }

    function storageGasOracle(address owner, address updater) internal returns (IStorageGasOracle) {
        return IStorageGasOracle(
            _deploy("src/hooks/payment/StorageGasOracle.sol:StorageGasOracle", abi.encode(owner, updater))
        );
    }

    function protocolFee(uint256 cap, uint256 fee, address beneficiary, address owner) internal returns (IProtocolFee) {
        return IProtocolFee(
            _deploy("src/hooks/payment/ProtocolFee.sol:ProtocolFee", abi.encode(cap, fee, beneficiary, owner))
        );
    }

    /* ------------------------------------------------ pay on delivery ----------------------------------------------- */

    function escrowPaymaster(IMailbox forMailbox, IPostDispatchHook prices) internal returns (IEscrowPaymaster) {
        return IEscrowPaymaster(
            _deploy("src/hooks/payment/EscrowPaymaster.sol:EscrowPaymaster", abi.encode(forMailbox, prices))
        );
    }

    function deliveryReceipts(IMailbox forMailbox) internal returns (IDeliveryReceipts) {
        return IDeliveryReceipts(_deploy("src/receipts/DeliveryReceipts.sol:DeliveryReceipts", abi.encode(forMailbox)));
    }

    /* -------------------------------------------------- token routes ------------------------------------------------ */

    /// @dev Eighteen decimals.
    function hypERC20(uint256 numerator, uint256 denominator, RouterConfig memory config) internal returns (IHypERC20) {
        bytes memory arguments = abi.encode(
            "Synthetic", "SYN", 18, numerator, denominator, config.mailbox, config.hook, config.module, config.owner
        );
        return IHypERC20(_deploy("src/apps/token/HypERC20.sol:HypERC20", arguments));
    }

    function hypERC20Collateral(IERC20 token, uint256 numerator, uint256 denominator, RouterConfig memory config)
        internal
        returns (IHypERC20Collateral)
    {
        return IHypERC20Collateral(
            _deploy(
                "src/apps/token/HypERC20Collateral.sol:HypERC20Collateral",
                abi.encode(token, numerator, denominator, config.mailbox, config.hook, config.module, config.owner)
            )
        );
    }

    function hypNative(uint256 numerator, uint256 denominator, RouterConfig memory config)
        internal
        returns (IHypNative)
    {
        return IHypNative(
            _deploy(
                "src/apps/token/HypNative.sol:HypNative",
                abi.encode(numerator, denominator, config.mailbox, config.hook, config.module, config.owner)
            )
        );
    }

    function linearFee(address token, uint256 maxFee, uint256 halfAmount, address owner) internal returns (ITokenFee) {
        return
            ITokenFee(
                _deploy("src/apps/token/fees/LinearFee.sol:LinearFee", abi.encode(token, maxFee, halfAmount, owner))
            );
    }

    function progressiveFee(address token, uint256 maxFee, uint256 halfAmount, address owner)
        internal
        returns (ITokenFee)
    {
        return ITokenFee(
            _deploy(
                "src/apps/token/fees/ProgressiveFee.sol:ProgressiveFee", abi.encode(token, maxFee, halfAmount, owner)
            )
        );
    }

    function hypXERC20(IXERC20 token, uint256 numerator, uint256 denominator, RouterConfig memory config)
        internal
        returns (IHypXERC20)
    {
        bytes memory arguments =
            abi.encode(token, numerator, denominator, config.mailbox, config.hook, config.module, config.owner);
        return IHypXERC20(_deploy("src/apps/token/HypXERC20.sol:HypXERC20", arguments));
    }

    function hypXERC20Lockbox(
        IXERC20Lockbox lockbox,
        uint256 numerator,
        uint256 denominator,
        RouterConfig memory config
    ) internal returns (IHypXERC20Lockbox) {
        bytes memory arguments = abi.encode(
            lockbox, numerator, denominator, config.mailbox, config.hook, config.module, config.owner
        );
        return IHypXERC20Lockbox(_deploy("src/apps/token/HypXERC20Lockbox.sol:HypXERC20Lockbox", arguments));
    }

    function hypERC4626Collateral(IERC4626 vault, uint256 numerator, uint256 denominator, RouterConfig memory config)
        internal
        returns (IHypERC4626Collateral)
    {
        return IHypERC4626Collateral(
            _deploy(
                "src/apps/token/HypERC4626Collateral.sol:HypERC4626Collateral",
                abi.encode(vault, numerator, denominator, config.mailbox, config.hook, config.module, config.owner)
            )
        );
    }

    /* ------------------------------------------------ routes of ERC-721 --------------------------------------------- */

    /// @dev With URIs or without.
    function hypERC721(bool uris, RouterConfig memory config) internal returns (IHypERC721) {
        string memory artifact = uris
            ? "src/apps/token/HypERC721URIStorage.sol:HypERC721URIStorage"
            : "src/apps/token/HypERC721.sol:HypERC721";
        bytes memory arguments =
            abi.encode("Synthetic", "SYN", config.mailbox, config.hook, config.module, config.owner);
        return IHypERC721(_deploy(artifact, arguments));
    }

    /// @dev With URIs or without.
    function hypERC721Collateral(bool uris, IERC721Metadata collection, RouterConfig memory config)
        internal
        returns (IHypERC721Collateral)
    {
        string memory artifact = uris
            ? "src/apps/token/HypERC721URICollateral.sol:HypERC721URICollateral"
            : "src/apps/token/HypERC721Collateral.sol:HypERC721Collateral";
        bytes memory arguments = abi.encode(collection, config.mailbox, config.hook, config.module, config.owner);
        return IHypERC721Collateral(_deploy(artifact, arguments));
    }

    /* ---------------------------------------------- accounts and queries -------------------------------------------- */

    function accountRouter(
        IMailbox forMailbox,
        IPostDispatchHook hook,
        address owner,
        uint256 commitGas,
        string[] memory urls
    ) internal returns (IInterchainAccountRouter) {
        return IInterchainAccountRouter(
            _deploy(
                "src/apps/account/InterchainAccountRouter.sol:InterchainAccountRouter",
                abi.encode(forMailbox, hook, owner, commitGas, urls)
            )
        );
    }

    function queryRouter(
        IMailbox forMailbox,
        IPostDispatchHook hook,
        IInterchainSecurityModule module,
        address owner,
        uint256 gasPerCall
    ) internal returns (IInterchainQueryRouter) {
        return IInterchainQueryRouter(
            _deploy(
                "src/apps/query/InterchainQueryRouter.sol:InterchainQueryRouter",
                abi.encode(forMailbox, hook, module, owner, gasPerCall)
            )
        );
    }

    /// @dev Not by vm.deployCode: where a constructor reverts, as expected, that would end the test that expects it, as
    ///      passed.
    function _deploy(string memory artifact, bytes memory arguments) private returns (address deployed) {
        bytes memory code = bytes.concat(VM.getCode(artifact), arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
            if iszero(deployed) {
                let data := mload(64)
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
        }
    }
}
