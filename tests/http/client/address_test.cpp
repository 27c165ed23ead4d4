#include "http/client/address.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string_view>

namespace stagedoor::http {
namespace {

TEST(Address, PublicUnicastAddressesArePublic) {
    for (const std::string_view text : {"1.1.1.1",           "8.8.8.8",
                                        "9.255.255.255",     "11.0.0.0",
                                        "100.63.255.255",    "100.128.0.0",
                                        "126.255.255.255",   "128.0.0.1",
                                        "169.253.255.255",   "169.255.0.0",
                                        "172.15.255.255",    "172.32.0.0",
                                        "192.0.1.0",         "192.0.3.0",
                                        "192.167.255.255",   "192.169.0.0",
                                        "198.17.255.255",    "198.20.0.0",
                                        "203.0.112.255",     "203.0.114.0",
                                        "223.255.255.255",   "2606:4700:4700::1111",
                                        "2a00:1450:4001::1", "2001:4860:4860::8888",
                                        "2001:200::1",       "2003::1",
                                        "3ffe::1",           "::ffff:8.8.8.8",
                                        "64:ff9b::8.8.8.8",  "[2606:4700:4700::1111]"}) {
        const auto address = parse_ip_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_TRUE(is_public_address(*address)) << text;
    }
}

TEST(Address, WhatOnlyThisNetworkCanSeeIsNot) {
    for (const std::string_view text :
         {"0.0.0.0",
          "0.255.255.255",
          "10.0.0.0",
          "10.255.255.255",
          "100.64.0.0",
          "100.127.255.255",
          "127.0.0.1",
          "127.255.255.255",
          "169.254.169.254",
          "172.16.0.0",
          "172.31.255.255",
          "192.0.0.1",
          "192.0.2.1",
          "192.88.99.1",
          "192.168.0.1",
          "192.168.255.255",
          "198.18.0.0",
          "198.19.255.255",
          "198.51.100.1",
          "203.0.113.1",
          "224.0.0.1",
          "239.255.255.255",
          "240.0.0.1",
          "255.255.255.255",
          "::",
          "::1",
          "::127.0.0.1",
          "::ffff:127.0.0.1",
          "::ffff:10.0.0.1",
          "64:ff9b::10.0.0.1",
          "64:ff9b::7f00:1",
          "64:ff9b:1::1",
          "fe80::1",
          "fec0::1",
          "fc00::1",
          "fd00:ec2::254",
          "ff02::1",
          "2001::1",
          "2001:db8::1",
          "2002:7f00:1::",
          "3fff::1",
          "100::1",
          "4000::1",
          "[::1]"}) {
        const auto address = parse_ip_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_FALSE(is_public_address(*address)) << text;
    }
}

TEST(Address, LoopbackIsTheWholeOf127AndColonColon1) {
    for (const std::string_view text : {"127.0.0.1", "127.255.255.254", "::1", "[::1]", "::ffff:127.0.0.1"}) {
        EXPECT_TRUE(is_loopback_address(parse_ip_address(text).value())) << text;
    }
    for (const std::string_view text :
         {"128.0.0.1", "0.0.0.0", "::", "::2", "10.0.0.1", "::7f00:1", "fe80::1"}) {
        EXPECT_FALSE(is_loopback_address(parse_ip_address(text).value())) << text;
    }
}

TEST(Address, OtherTextsAreNoAddress) {
    for (const std::string_view text :
         {"",
          "localhost",
          "example.com",
          "1.2.3",
          "1.2.3.4.5",
          "1.2.3.256",
          "0x7f.0.0.1",
          "2130706433",
          "[::1",
          "::1]",
          "[]",
          ":::",
          "fe80::1%eth0",
          " 127.0.0.1"}) {
        EXPECT_FALSE(parse_ip_address(text)) << text;
    }
    EXPECT_FALSE(parse_ip_address(std::string_view("127.0.0.1\0x", 11)));
}

TEST(Address, SocketAddressesOfBothFamiliesAreRead) {
    sockaddr_storage storage{};
    auto* ipv4 = reinterpret_cast<sockaddr_in*>(&storage);
    ipv4->sin_family = AF_INET;
    inet_pton(AF_INET, "192.0.2.1", &ipv4->sin_addr);
    EXPECT_EQ(ip_address_of(reinterpret_cast<sockaddr&>(storage)), parse_ip_address("::ffff:192.0.2.1"));
    auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&storage);
    ipv6->sin6_family = AF_INET6;
    inet_pton(AF_INET6, "2001:db8::1", &ipv6->sin6_addr);
    EXPECT_EQ(ip_address_of(reinterpret_cast<sockaddr&>(storage)), parse_ip_address("2001:db8::1"));
    storage.ss_family = AF_UNIX;
    EXPECT_FALSE(ip_address_of(reinterpret_cast<sockaddr&>(storage)));
}

}  // namespace
}  // namespace stagedoor::http
