// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a Slasher needs of a ValidatorStake, and no more: whom keys belong to, who is active, and a list of what it was
///         told to do. Pools are one number each.
contract StakeMock {
    struct Slash {
        address validator;
        uint256 share;
        address reporter;
        bool forever;
    }

    struct Activation {
        bool active;
        uint32 fromIndex;
    }

    error NotSlasher(address account);
    error NotFrozen(address validator, uint48 sinceEpoch);

    address public slasher;
    uint48 public epoch;
    mapping(address key => address) public validatorOf;
    mapping(address validator => Activation) public activation;
    mapping(address validator => uint256) public stakeOf;
    mapping(address validator => mapping(uint48 epoch => uint256)) public frozen;
    Slash[] internal _slashes;

    modifier onlySlasher() {
        if (msg.sender != slasher) revert NotSlasher(msg.sender);
        _;
    }

    function setSlasher(address slasher_) external {
        slasher = slasher_;
    }

    function setKey(address key, address validator) external {
        validatorOf[key] = validator;
    }

    function setActivation(address validator, bool active, uint32 fromIndex) external {
        activation[validator] = Activation(active, fromIndex);
    }

    function setStake(address validator, uint256 amount) external {
        stakeOf[validator] = amount;
    }

    function setEpoch(uint48 epoch_) external {
        epoch = epoch_;
    }

    function slash(address validator, uint256 share, address reporter, bool forever)
        external
        onlySlasher
        returns (uint256 slashed)
    {
        _slashes.push(Slash(validator, share, reporter, forever));
        slashed = (stakeOf[validator] * share) / 1e18;
        stakeOf[validator] -= slashed;
        activation[validator].active = false;
    }

    function freeze(address validator) external onlySlasher returns (uint48) {
        ++frozen[validator][epoch];
        return epoch;
    }

    function unfreeze(address validator, uint48 sinceEpoch) external onlySlasher {
        if (frozen[validator][sinceEpoch] == 0) revert NotFrozen(validator, sinceEpoch);
        --frozen[validator][sinceEpoch];
    }

    function slashes() external view returns (Slash[] memory) {
        return _slashes;
    }
}
