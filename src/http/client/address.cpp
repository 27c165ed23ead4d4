#include "http/client/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

namespace stagedoor::http {
namespace {

constexpr IpAddress kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr IpAddress kNat64Prefix{0x00, 0x64, 0xff, 0x9b};
constexpr IpAddress kLoopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

// The first `bits` of an address, in network order.
struct Block {
    std::uint32_t first;
    int bits;
};

constexpr bool contains(Block block, std::uint32_t value) {
    return (value ^ block.first) >> (32 - block.bits) == 0;
}

constexpr Block kSpecialIpv4[] = {
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // 10.0.0.0/8, private
    {0x64400000, 10},  // 100.64.0.0/10, carrier-grade NAT
    {0x7f000000, 8},   // loopback
    {0xa9fe0000, 16},  // 169.254.0.0/16, link-local: the metadata services of clouds
    {0xac100000, 12},  // 172.16.0.0/12, private
    {0xc0000000, 24},  // 192.0.0.0/24, protocol assignments
    {0xc0000200, 24},  // 192.0.2.0/24, documentation
    {0xc0586300, 24},  // 192.88.99.0/24, 6to4 relays
    {0xc0a80000, 16},  // 192.168.0.0/16, private
    {0xc6120000, 15},  // 198.18.0.0/15, benchmarks
    {0xc6336400, 24},  // 198.51.100.0/24, documentation
    {0xcb007100, 24},  // 203.0.113.0/24, documentation
    {0xe0000000, 4},   // multicast
    {0xf0000000, 4},   // reserved, and broadcast
};

constexpr Block kGlobalIpv6{0x20000000, 3};

constexpr Block kSpecialIpv6[] = {
    {0x20010000, 23},  // 2001::/23, protocol assignments, Teredo among them
    {0x20010db8, 32},  // documentation
    {0x20020000, 16},  // 6to4: any IPv4 address may be inside
    {0x3fff0000, 20},  // documentation
};

std::uint32_t word_at(const IpAddress& address, std::size_t offset) {
    std::uint32_t word = 0;
    std::memcpy(&word, address.data() + offset, sizeof(word));
    return ntohl(word);
}

bool has_prefix(const IpAddress& address, const IpAddress& prefix) {
    return std::equal(prefix.begin(), prefix.begin() + 12, address.begin());
}

bool is_public_ipv4(std::uint32_t address) {
    return std::ranges::none_of(kSpecialIpv4, [&](Block block) { return contains(block, address); });
}

IpAddress mapped(const in_addr& address) {
    IpAddress out = kMappedPrefix;
    std::memcpy(out.data() + 12, &address, sizeof(address));
    return out;
}

IpAddress from(const in6_addr& address) {
    IpAddress out{};
    std::memcpy(out.data(), &address, sizeof(address));
    return out;
}

}  // namespace

std::optional<IpAddress> ip_address_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in ipv4{};
        std::memcpy(&ipv4, &address, sizeof(ipv4));
        return mapped(ipv4.sin_addr);
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 ipv6{};
        std::memcpy(&ipv6, &address, sizeof(ipv6));
        return from(ipv6.sin6_addr);
    }
    return std::nullopt;
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    const std::string terminated(text);
    if (terminated.find('\0') != std::string::npos) return std::nullopt;
    in_addr ipv4{};
    if (inet_pton(AF_INET, terminated.c_str(), &ipv4) == 1) return mapped(ipv4);
    in6_addr ipv6{};
    if (inet_pton(AF_INET6, terminated.c_str(), &ipv6) == 1) return from(ipv6);
    return std::nullopt;
}

bool is_loopback_address(const IpAddress& address) {
    if (has_prefix(address, kMappedPrefix)) return address[12] == 127;
    return address == kLoopback6;
}

bool is_public_address(const IpAddress& address) {
    if (has_prefix(address, kMappedPrefix) || has_prefix(address, kNat64Prefix)) {
        return is_public_ipv4(word_at(address, 12));
    }
    const std::uint32_t front = word_at(address, 0);
    return contains(kGlobalIpv6, front) &&
           std::ranges::none_of(kSpecialIpv6, [&](Block block) { return contains(block, front); });
}

}  // namespace stagedoor::http
