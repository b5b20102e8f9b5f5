// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @notice A collection that does what it is told: its honest self, or anything that a hostile one may.
contract AnyCollection is ERC721 {
    enum Mode {
        Honest,
        MovesNothing,
        BurnsGas
    }

    error Frozen(address account);

    Mode public mode;
    mapping(address account => bool) public frozen;
    mapping(uint256 id => address) public lies;
    mapping(uint256 id => string) internal _uris;

    /// @dev Called once, in the middle of the next transfer.
    address public target;
    bytes public plan;
    bool public called;
    bytes public returned;

    constructor() ERC721("Any", "ANY") {}

    function mint(address to, uint256 id, string memory uri) external {
        _mint(to, id);
        _uris[id] = uri;
    }

    function set(Mode mode_) external {
        mode = mode_;
    }

    function freeze(address account, bool is_) external {
        frozen[account] = is_;
    }

    /// @dev By the collection's administrator.
    function seize(uint256 id, address to) external {
        _update(to, id, address(0));
    }

    function lie(uint256 id, address holder) external {
        lies[id] = holder;
    }

    function reenter(address target_, bytes memory plan_) external {
        (target, plan) = (target_, plan_);
    }

    function transferFrom(address from, address to, uint256 id) public override {
        if (frozen[to]) revert Frozen(to);
        if (mode == Mode.MovesNothing) return;
        if (mode == Mode.BurnsGas) while (true) {}
        super.transferFrom(from, to, id);
        if (target == address(0)) return;
        address once = target;
        target = address(0);
        (called, returned) = once.call(plan);
    }

    function ownerOf(uint256 id) public view override returns (address) {
        return lies[id] == address(0) ? super.ownerOf(id) : lies[id];
    }

    function tokenURI(uint256 id) public view override returns (string memory) {
        return _uris[id];
    }
}
