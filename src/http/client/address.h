#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

struct sockaddr;

namespace stagedoor::http {

// An IPv6 address in network order; an IPv4 address in its mapped form ::ffff:a.b.c.d (RFC 4291,
// section 2.5.5.2).
using IpAddress = std::array<std::uint8_t, 16>;

// Nothing for a socket address that is neither IPv4 nor IPv6.
[[nodiscard]] std::optional<IpAddress> ip_address_of(const sockaddr& address);

// Takes "192.0.2.1", "2001:db8::1" and "[2001:db8::1]". Nothing for any other text, a host name for one.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text);

// 127.0.0.0/8 or ::1.
[[nodiscard]] bool is_loopback_address(const IpAddress& address);

// True if the address is unicast and reachable across the Internet, so that it can't be a machine that only
// this network can see: nothing out of IANA's special-purpose registries (RFC 6890), no multicast, and for
// IPv6 only 2000::/3. An IPv4 address inside of an IPv6 one (mapped, or NAT64 with the well-known prefix of
// RFC 6052) counts by itself.
[[nodiscard]] bool is_public_address(const IpAddress& address);

}  // namespace stagedoor::http
